import path from 'node:path';
import type { TakenRecord } from '../../host/signoff/take-answer.ts';
import type { SignoffReport } from '../../protocol.ts';
import { codeSpan, escapeMarkdown } from './markdown.ts';
import { plural, shortFingerprint } from './review-report.ts';

/** What became of each record of an answer, as Markdown. Names and words in it are somebody else's. */
export function renderTaken(records: readonly TakenRecord[], file: string): SignoffReport {
  const taken = records.filter(({ refusal }) => refusal === undefined);
  const imported = taken.filter(({ isHeld }) => !isHeld).length;
  const leftOut = records.length - taken.length;
  const sum = `${plural(imported, 'record')} of ${codeSpan(path.basename(file))} imported${leftOut === 0 ? '' : `, ${leftOut} left out`}.`;
  const next =
    taken.length === 0
      ? []
      : ['It is in the ledger of this clone now: `brakeline export` sends it with commits, *Export Acknowledgements* with what is staged.'];
  return { imported, leftOut, report: `${['## Sign-off', [sum, ...next].join(' '), records.map(recordLine).join('\n')].join('\n\n')}\n` };
}

function recordLine({ record, personId, refusal, warnings, isHeld }: TakenRecord): string {
  const { decision, findings, reason } = record.acknowledgement;
  const places = [...new Set(findings.map((one) => one.path))].map(codeSpan).join(' ');
  const names = [...new Set(findings.map((one) => shortFingerprint(one.fingerprint)))].map(codeSpan).join(' ');
  const fate = refusal !== undefined ? 'left out' : isHeld ? 'here already' : 'imported';
  const details = [
    ...(refusal === undefined ? [] : [escapeMarkdown(refusal)]),
    ...(refusal !== undefined || reason === '' ? [] : [`“${escapeMarkdown(reason)}”`]),
    ...warnings.map((warning) => `not for every finding of it: ${escapeMarkdown(warning)}`),
  ];
  return [
    `- **${fate}** · ${decision} by ${escapeMarkdown(personId)}: ${places} ${names}`,
    ...details.map((detail) => `  - ${detail}`),
  ].join('\n');
}
