import { expect, test } from 'vitest';
import { alsoText, leadsOf } from '../../../server/src/doors/reporters/leads.ts';
import { makeFinding } from '../../support/attest.ts';

const AT = { start: { line: 4, character: 2 }, end: { line: 4, character: 20 } };

test('what several rules say of one place is led by the most severe and surest', () => {
  const bound = makeFinding('a', { rule: 'money/bound-removed', severity: 'high', confidence: 'medium', range: AT });
  const limit = makeFinding('b', { rule: 'safeguard/limit-check-removed', severity: 'high', confidence: 'high', range: AT });
  const drop = makeFinding('c', { rule: 'safeguard/constraint-dropped', severity: 'medium', confidence: 'high', range: AT });
  const leads = leadsOf([bound, drop, limit]);
  expect(leads.map(({ finding }) => finding.rule)).toEqual(['safeguard/limit-check-removed']);
  expect(leads.map(({ also }) => alsoText(also))).toEqual(['also money/bound-removed, safeguard/constraint-dropped']);
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
