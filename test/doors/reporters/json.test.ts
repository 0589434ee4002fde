import { expect, test } from 'vitest';
import { renderJson } from '../../../server/src/doors/reporters/json.ts';
import { ASSESSMENT, REFUND, REFUND_HUNK, REPORT } from './sample.ts';

test('a field that the model gains does not reach scripts by accident', () => {
  const finding = { ...REFUND, secret: 'x', blastRadius: REFUND.blastRadius === null ? null : { ...REFUND.blastRadius, secret: 'x' } };
  const hunk = { ...REFUND_HUNK, secret: 'x', origin: { ...REFUND_HUNK.origin, secret: 'x' }, findings: [finding] };
  const spots = ASSESSMENT.blindSpots.map((spot) => ({ ...spot, secret: 'x' }));
  const text = renderJson({ ...REPORT, assessment: { ...ASSESSMENT, hunks: [hunk], blindSpots: spots } });
  expect(text).not.toContain('secret');
});

test('the document has the keys of the contract, in its order', () => {
  const document: Record<string, unknown> = JSON.parse(renderJson(REPORT));
  expect(Object.keys(document)).toEqual([
    'schemaVersion',
    'base',
    'head',
    'score',
    'severity',
    'hunkCount',
    'hunks',
    'blindSpots',
    'engine',
    'policy',
  ]);
  expect(document).toMatchObject({
    schemaVersion: 1,
    head: 'worktree',
    engine: { name: 'brakeline' },
    policy: { digest: 'd4'.repeat(32) },
  });
});

test('a hunk says whether it was acknowledged, and where it was before a rename', () => {
  const { hunks }: { hunks: Record<string, unknown>[] } = JSON.parse(renderJson(REPORT));
  expect(hunks.map((hunk) => [hunk.acknowledged, hunk.previousPath])).toEqual([
    [true, 'src/checkout.ts'],
    [false, undefined],
  ]);
});
