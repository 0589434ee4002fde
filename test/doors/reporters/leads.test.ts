import { expect, test } from 'vitest';
import type { BlastRadius } from '../../../server/src/core/model/radius.ts';
import { alsoOf, leadsOf, radiusOf } from '../../../server/src/doors/reporters/leads.ts';
import { makeFinding } from '../../support/attest.ts';

const RADIUS: BlastRadius = {
  references: 3,
  files: 2,
  transitiveFiles: 2,
  packages: 1,
  tests: 0,
  exported: true,
  method: 'types',
  atMost: false,
  dependents: [],
};
const AT = { start: { line: 4, character: 2 }, end: { line: 4, character: 20 } };

test('what several rules say of one place is led by the most severe and surest', () => {
  const bound = makeFinding('a', { rule: 'money/bound-removed', severity: 'high', confidence: 'medium', range: AT });
  const limit = makeFinding('b', { rule: 'safeguard/limit-check-removed', severity: 'high', confidence: 'high', range: AT });
  const drop = makeFinding('c', { rule: 'safeguard/constraint-dropped', severity: 'medium', confidence: 'high', range: AT });
  const leads = leadsOf([bound, drop, limit]);
  expect(leads.map(({ finding }) => finding.rule)).toEqual(['safeguard/limit-check-removed']);
  expect(leads.flatMap(alsoOf).map(({ rule }) => rule)).toEqual(['money/bound-removed', 'safeguard/constraint-dropped']);
});

test('another stretch, another side and the same rule twice keep a line each', () => {
  const one = makeFinding('a', { rule: 'money/bound-removed', range: AT });
  const longer = makeFinding('b', { rule: 'safeguard/limit-check-removed', range: { ...AT, end: { line: 5, character: 1 } } });
  const removed = makeFinding('c', { rule: 'safeguard/limit-check-removed', range: AT, side: one.side === 'before' ? 'after' : 'before' });
  const again = makeFinding('d', { rule: 'money/bound-removed', range: AT, message: 'another bound' });
  const leads = leadsOf([one, longer, removed, again]);
  expect(leads.map(({ finding }) => finding.fingerprint).sort()).toEqual(
    [one, longer, removed, again].map(({ fingerprint }) => fingerprint).sort(),
  );
  expect(leads.every(({ also }) => also.length === 0)).toBe(true);
});

test('what stands behind a lead is told once by its fingerprint, and the widest reach is that of the place', () => {
  const lead = makeFinding('a', { rule: 'money/bound-removed', severity: 'critical', range: AT });
  const other = makeFinding('b', { rule: 'safeguard/limit-check-removed', range: AT, blastRadius: RADIUS });
  const [one] = leadsOf([lead, other, { ...other, message: 'said otherwise' }]);
  if (one === undefined) throw new Error('expected a lead, found none');
  expect(alsoOf(one).map(({ fingerprint }) => fingerprint)).toEqual([other.fingerprint]);
  expect(radiusOf(one)).toBe(RADIUS);
});
