import { expect, test } from 'vitest';
import type { BlastRadius } from '../../../server/src/core/model/radius.ts';
import { DEFAULT_POLICY } from '../../../server/src/core/policy/default-policy.ts';
import { demandsOf } from '../../../server/src/doors/reporters/demands.ts';
import { renderHunk } from '../../../server/src/doors/reporters/text.ts';
import { REFUND, REFUND_HUNK, repoPath } from './sample.ts';

const TERMINAL = { colour: false, columns: 100, isTerminal: true };
const RADIUS: BlastRadius = {
  references: 0,
  files: 0,
  transitiveFiles: 0,
  packages: 1,
  tests: 0,
  exported: true,
  method: 'types',
  atMost: false,
  dependents: [],
};
const ROUTES = { path: repoPath('src/api/routes.ts'), line: 14, message: 'calls refund' };

/** The refund hunk, critical, with a radius of these dependents and a note beside them. */
function hunkOf(radius: Partial<BlastRadius>) {
  const blastRadius = REFUND.blastRadius === null ? null : { ...REFUND.blastRadius, ...radius };
  const related = [...(blastRadius?.dependents ?? []), { path: repoPath('src/api/routes.ts'), line: 90, message: 'the route now' }];
  return { ...REFUND_HUNK, findings: [{ ...REFUND, severity: 'critical' as const, blastRadius, related }] };
}

test('what a person confirms are dependents, and their number is the one typed', () => {
  const { dependents, dependentCount } = demandsOf(hunkOf({ references: 3, files: 2, dependents: [ROUTES] }), DEFAULT_POLICY);
  expect(dependents.map(({ id }) => id)).toEqual(['src/api/routes.ts:14', 'and 2 more']);
  expect(dependentCount).toBe(3);
});

test('references inside one file are no dependents: not told, not asked about', () => {
  const own = { path: REFUND_HUNK.path, line: 60, message: 'calls refund' };
  const hunk = hunkOf({ references: 3, files: 0, dependents: [own] });
  expect(demandsOf(hunk, DEFAULT_POLICY)).toMatchObject({ dependents: [], dependentCount: 0 });
  const text = renderHunk(hunk, 'open', TERMINAL);
  expect(text).not.toContain('0 files');
  expect(text).toContain('3 uses in its own file');
  expect(text).not.toContain('dependents');
});

test('lines of the base are told once, where the change touches the file', () => {
  const hunk = hunkOf({ references: 1, files: 1, dependents: [ROUTES] });
  expect(renderHunk(hunk, 'open', TERMINAL)).not.toContain('lines of the base');
  const text = renderHunk(hunk, 'open', TERMINAL, { touched: new Set([ROUTES.path]) });
  expect(text.split('(lines of the base)').length - 1).toBe(1);
});

test('what is listed for confirmation is not listed in the block above it', () => {
  const hunk = hunkOf({ references: 6, files: 2, dependents: [ROUTES] });
  const listed = new Set(demandsOf(hunk, DEFAULT_POLICY).dependents.map(({ id }) => id));
  const text = renderHunk(hunk, 'open', TERMINAL, { touched: new Set([ROUTES.path]), listed });
  expect(text).not.toContain('routes.ts:14');
  expect(text).not.toContain('more');
  expect(text).toContain('routes.ts:90  the route now');
});

/** `count` dependents, each on a line of its own. */
function callers(count: number) {
  return Array.from({ length: count }, (_, index) => ({ ...ROUTES, line: 10 + index }));
}

test('a short list is whole: no line says that there is one more', () => {
  for (const [count, shown, last] of [
    [5, 5, ''],
    [6, 6, ''],
    [7, 7, ''],
    [8, 6, 'and 2 more'],
  ] as const) {
    const blastRadius = { ...RADIUS, references: count, files: 1, dependents: callers(count) };
    const text = renderHunk({ ...REFUND_HUNK, findings: [{ ...REFUND, blastRadius, related: callers(count) }] }, 'open', TERMINAL);
    expect(text.match(/routes\.ts:\d+ {2}calls refund/g)).toHaveLength(shown);
    expect(/and \d+ more/.exec(text)?.[0] ?? '').toBe(last);
  }
});

test('two uses on one line are one place, and none is left to be counted', () => {
  const twice = [ROUTES, ROUTES, { ...ROUTES, line: 20 }];
  const blastRadius = { ...RADIUS, references: 3, files: 1, dependents: twice };
  const text = renderHunk({ ...REFUND_HUNK, findings: [{ ...REFUND, blastRadius, related: twice }] }, 'open', TERMINAL);
  expect(text).not.toContain('more');
});
