import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import type { Assertion } from '../code/assertions.ts';
import { shorten } from '../code/call-names.ts';
import { isIn, thinned, without } from '../code/lost-assertions.ts';

/** So many times the old tolerance is no rounding of its own. */
const LOOSER = 10;

/** A test that took a value as right within `1e-9` and takes it within `3` now, in whichever library's words. */
export function* looserTolerances(input: RuleInput): Iterable<FindingDraft> {
  if (input.before === undefined || input.after === undefined) return;
  for (const { old, now, missing } of thinned(input.before, input.after)) {
    const [was, ...more] = missing.filter((assertion) => toleranceOf(assertion) !== undefined);
    const gained = was === undefined ? [] : without(now.assertions, old.assertions);
    const [fresh, ...others] = gained.filter((assertion) => toleranceOf(assertion) !== undefined);
    if (was === undefined || fresh === undefined || more.length > 0 || others.length > 0 || !isIn(fresh, input.hunk.after)) continue;
    const [from, to] = [toleranceOf(was), toleranceOf(fresh)];
    if (from === undefined || to === undefined || from <= 0 || to < from * LOOSER) continue;
    const message = fitMessage(`\`${shorten(old.title, 34)}\` takes what is within ${to}, where it was ${from}`);
    yield { side: 'after', range: fresh.range, message };
  }
}

const NUMBER = String.raw`(\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?)`;
const WITHIN = [
  // `abs(a - b) < 0.01`, also where a test fails on the opposite.
  new RegExp(String.raw`\b(?:abs|Abs)\(.{1,200}\)[<>]=?${NUMBER}`),
  new RegExp(String.raw`\bapprox\(.{1,200}\b(?:abs|rel)=${NUMBER}`),
  new RegExp(String.raw`\b(?:delta|abs_tol|rel_tol|epsilon)=>?${NUMBER}`),
  new RegExp(String.raw`\b(?:within|offset|byLessThan|withPercentage)\(${NUMBER}`),
  new RegExp(String.raw`\b(?:InDelta|InEpsilon|assertEquals|closeTo|approximately)\(.{1,300},${NUMBER}[dDfF]?\)$`),
];
const PLACES = /\bplaces=(\d+)|\btoBeCloseTo\(.{1,200},(\d+)\)$/;

/** How far a value may be from the expected one; undefined where an assertion says none. */
function toleranceOf({ text, strength }: Assertion): number | undefined {
  if (strength === 'present') return undefined;
  const places = PLACES.exec(text);
  if (places !== null) return 10 ** -Number(places[1] ?? places[2]);
  if (/\bapprox\([^,]*\)\)?$/.test(text)) return 1e-6;
  // Three arguments: what is expected, what came, and how far apart they may be.
  if (/^\w*\.?assertEquals\(/.test(text) && text.split(',').length < 3) return undefined;
  for (const pattern of WITHIN) {
    const found = pattern.exec(text)?.[1];
    if (found !== undefined) return Number(found.replace(/_/g, ''));
  }
  return undefined;
}
