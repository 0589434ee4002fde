import { expect, test } from 'vitest';
import type { BlastRadius } from '../../../server/src/core/model/radius.ts';
import { alsoOf, joinEqual, leadsOf, radiusOf } from '../../../server/src/doors/reporters/leads.ts';
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

test('findings of one fingerprint are one block: what each says, once, and how often', () => {
  const first = makeFinding('a', { range: AT, message: 'asks for less' });
  const second = makeFinding('a', { range: AT, message: 'has no LIMIT any more' });
  const again = makeFinding('a', { range: { start: { line: 9, character: 0 }, end: { line: 9, character: 4 } }, message: 'asks for less' });
  const other = makeFinding('b', { rule: 'safeguard/limit-check-removed', message: 'another' });
  const joined = joinEqual(leadsOf([first, second, again, other]));
  expect(joined.map(({ messages }) => messages)).toEqual([
    [
      { text: 'asks for less', times: 2 },
      { text: 'has no LIMIT any more', times: 1 },
    ],
    [{ text: 'another', times: 1 }],
  ]);
  expect(joined.map(({ findings }) => findings.length)).toEqual([3, 1]);
});

test('what stands behind several of one fingerprint is told once', () => {
  const elsewhere = { start: { line: 9, character: 0 }, end: { line: 9, character: 4 } };
  const behind = (range: typeof AT) => makeFinding('c', { rule: 'safeguard/limit-check-removed', severity: 'low', range });
  const joined = joinEqual(leadsOf([AT, elsewhere].flatMap((range) => [makeFinding('a', { range }), behind(range)])));
  expect(joined.map(({ also }) => also.length)).toEqual([1]);
});
