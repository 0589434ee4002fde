import { expect, test } from 'vitest';
import { placeOf } from '../../../server/src/core/place.ts';
import { changedLines, type ShownLine } from '../../../server/src/doors/reporters/changed-lines.ts';
import { REFUND, REFUND_HUNK } from './sample.ts';

const LONG = {
  ...REFUND_HUNK,
  removed: Array.from({ length: 60 }, (_, index) => (index === 30 ? REFUND.region.removed : `  step(${index});\n`)),
  before: { start: 11, lines: 60 },
  added: Array.from({ length: 50 }, (_, index) => `  next(${index});\n`),
  after: { start: 11, lines: 50 },
};

test('a short hunk is shown whole, its flagged lines marked', () => {
  expect(changedLines(REFUND_HUNK).map(draw)).toEqual(['-40', '-41!', '-42', '+38', '+39']);
});

test('of a long hunk only flagged lines and their neighbours are shown, and what is left out is counted', () => {
  expect(changedLines(LONG).map(draw)).toEqual(['…29', '-40', '-41!', '-42', '…78']);
});

test('the lines that replace flagged ones are flagged too', () => {
  const finding = { ...REFUND, region: { ...REFUND.region, added: '  next(7);\n' } };
  expect(
    changedLines({ ...LONG, findings: [finding] })
      .filter((line) => line.kind === 'line' && line.flagged)
      .map(draw),
  ).toEqual(['-41!', '+18!']);
});

test('a removed line is placed inside its hunk of the new file, and never at line 0', () => {
  expect(placeOf(REFUND_HUNK, REFUND)).toEqual({ line: 39, exact: false });
  expect(placeOf({ ...REFUND_HUNK, after: { start: 0, lines: 0 } }, REFUND)).toEqual({ line: 1, exact: false });
  expect(placeOf({ ...REFUND_HUNK, after: { start: 12, lines: 0 } }, REFUND)).toEqual({ line: 12, exact: false });
  expect(placeOf(REFUND_HUNK, { ...REFUND, side: 'after' })).toEqual({ line: 41, exact: true });
});

function draw(line: ShownLine): string {
  return line.kind === 'skipped' ? `…${line.count}` : `${line.mark}${line.line}${line.flagged ? '!' : ''}`;
}
