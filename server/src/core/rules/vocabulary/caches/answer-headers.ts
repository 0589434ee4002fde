import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { CACHE_LIFETIME_FACTOR } from '../../thresholds.ts';
import { lineChanges } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { tokensOf } from '../code/token-lines.ts';
import { changedSettings } from '../settings/settings.ts';

/**
 * What an answer tells the caches on its way, in code or in configuration: `Cache-Control: public, max-age=300, stale-while-revalidate=3600`
 * that is kept far shorter now, or whose old value nobody may serve meanwhile. One that is not kept at all any more is another matter.
 */
export function* answerHeaders(input: RuleInput): Generator<FindingDraft> {
  for (const { before, after } of lineChanges(input)) {
    const lost = HEADER.test(before.text) && HEADER.test(after.text) ? lossOf(before.text, after.text) : undefined;
    // A helper of the function may say it now, with the number that it is handed.
    if (lost !== undefined && !(lost.startsWith('no') && STALE.test(tokensOf(input.after, after.scope))))
      yield { side: 'after', range: rangeOfLine(input, 'after', after.line), message: fitMessage(lost) };
  }
  for (const { before, after } of changedSettings(input)) {
    if (before === undefined || after === undefined) continue;
    const lost = lossOf(String(before.value), String(after.value));
    if (lost !== undefined) yield { side: 'after', range: after.range, message: fitMessage(lost) };
  }
}

const HEADER = /cache-?_?control/i;
const STALE = /\bstale-(?:while-revalidate|if-error)\b/;
const AGE = /\b(?:s-maxage|max-age) ?= ?(\d{1,9})\b/;

function lossOf(was: string, is: string): string | undefined {
  const [old, now] = [AGE.exec(was)?.[1], AGE.exec(is)?.[1]];
  if (old === undefined || now === undefined || /\bno-(?:store|cache)\b|\bprivate\b/.test(is)) return undefined;
  if (Number(now) * CACHE_LIFETIME_FACTOR < Number(old)) return `answers are kept for ${now} s, they were for ${old} s`;
  return STALE.test(was) && !STALE.test(is) && Number(now) <= Number(old)
    ? 'no old answer is served while a new one is fetched'
    : undefined;
}
