import type { Gap } from '../../core/model/result.ts';
import { printable } from './terminal.ts';
import type { VerificationReport } from './verification.ts';
import { gapText } from './verification-sarif.ts';

/** GitHub shows ten annotations of a kind for a step; the rest is in the summary. */
const MOST_ANNOTATIONS = 50;

/**
 * The gaps as workflow commands of GitHub Actions, an annotation each. A path or a message cannot start a command of its own: what
 * would end a line or a property is escaped as the runner reads it back (actions/toolkit, command.ts), and what a terminal would act
 * on is shown: a file of such a name gets no place in the view of the change, and its gap is told all the same.
 */
export function renderVerificationGithub({ result }: VerificationReport): string {
  return result.gaps.slice(0, MOST_ANNOTATIONS).map(annotation).join('');
}

function annotation(gap: Gap): string {
  const level = gap.code === 'overridden' ? 'warning' : 'error';
  const title = `title=${property(`Brakeline: ${gap.rule === '' ? gap.code : gap.rule}`)}`;
  const place = gap.path === '' ? title : `file=${property(printable(gap.path))},line=${gap.line},${title}`;
  return `::${level} ${place}::${data(printable(gapText(gap)))}\n`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
