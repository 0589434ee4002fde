import { expect, test } from 'vitest';
import type { AssessedHunk } from '../../server/src/core/model/assessment.ts';
import { placeOf } from '../../server/src/core/place.ts';
import { gapOf } from '../../server/src/core/verify/gaps.ts';
import { renderVerificationText } from '../../server/src/doors/reporters/verification-text.ts';
import { makeAssessment, makeFinding } from '../support/attest.ts';

const OBSTACLE = { code: 'uncovered', message: 'expected an acknowledgement, found none' } as const;

function at(line: number) {
  return { start: { line, character: 0 }, end: { line, character: 1 } };
}

/** Lines 14 to 15 of the base became line 12. */
function hunk(): AssessedHunk {
  const [one] = makeAssessment([makeFinding('a', { side: 'before', range: at(15) })]).hunks;
  if (one === undefined) throw new Error('expected a hunk, found none');
  return { ...one, before: { start: 14, lines: 2 }, after: { start: 12, lines: 1 } };
}

test('a gap names the line that a review names, and where in the base removed text stood', () => {
  const [finding] = hunk().findings;
  if (finding === undefined) throw new Error('expected a finding, found none');
  const gap = gapOf(hunk(), finding, OBSTACLE, { self: true });
  expect([gap.line, gap.removedAt]).toEqual([placeOf(hunk(), finding).line, 15]);
  const added = gapOf(hunk(), { ...finding, side: 'after', range: at(12) }, OBSTACLE, { self: true });
  expect([added.line, added.removedAt]).toEqual([12, undefined]);
});

test('findings of one fingerprint are one block: what each says, how many, and where', () => {
  const said = ['asks for less', 'has no LIMIT any more'];
  const gaps = said.map((message, index) =>
    gapOf(
      hunk(),
      makeFinding('a', { side: 'before', range: at(14), message }),
      index === 0 ? OBSTACLE : { ...OBSTACLE, message: 'expected an acknowledgement for equal finding number 2, found none' },
      { self: true },
    ),
  );
  const result = { passed: false, gaps, covered: [], warnings: [] };
  const text = renderVerificationText(
    { result, base: 'a'.repeat(40), head: 'b'.repeat(40) },
    { colour: false, columns: 100, isTerminal: true },
  );
  expect(text).toContain('2 gaps');
  for (const message of said) expect(text).toContain(`  ${message}\n`);
  expect(text.match(/to close it/g)).toHaveLength(1);
  expect(text).toContain('· 2 findings · line 14 of the base');
});
