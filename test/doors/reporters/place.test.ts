import { expect, test } from 'vitest';
import type { AssessedHunk } from '../../../server/src/core/model/assessment.ts';
import { endLine, placeOf, startLine } from '../../../server/src/core/place.ts';
import { makeAssessment, makeFinding } from '../../support/attest.ts';

function hunk(after: AssessedHunk['after']): AssessedHunk {
  const [one] = makeAssessment([makeFinding('a', { side: 'before' })]).hunks;
  if (one === undefined) throw new Error('expected a hunk, found none');
  return { ...one, before: { start: 3, lines: 2 }, after };
}

test('a pure deletion has one line in every door, inside the file', () => {
  for (const [start, line] of [
    [0, 1],
    [2, 2],
  ] as const) {
    const deleted = hunk({ start, lines: 0 });
    const [finding] = deleted.findings;
    if (finding === undefined) throw new Error('expected a finding, found none');
    expect([startLine(deleted), endLine(deleted), placeOf(deleted, finding).line]).toEqual([line, line, line]);
  }
});

test('what was removed is shown as far into the hunk as it stood, and never beyond it', () => {
  const replaced = hunk({ start: 7, lines: 2 });
  const at = (line: number): number =>
    placeOf(replaced, makeFinding('a', { side: 'before', range: { start: { line, character: 0 }, end: { line, character: 1 } } })).line;
  expect([at(3), at(4), at(9)]).toEqual([7, 8, 8]);
  expect(placeOf(replaced, makeFinding('a'))).toEqual({ line: 3, exact: true });
});
