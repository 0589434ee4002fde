import { expect, test } from 'vitest';
import type { Need } from '../../../server/src/core/policy/needs-of.ts';
import { renderNeeds } from '../../../server/src/doors/reporters/policy-needs.ts';
import { REFUND, REFUND_HUNK } from './sample.ts';

const TERMINAL = { colour: false, columns: 100, isTerminal: true };

function needOf(finding: Partial<Need['finding']>): Need {
  return {
    hunk: REFUND_HUNK,
    finding: { ...REFUND, ...finding },
    requirement: { people: 1, self: false, reason: true, confirmDependents: true, presence: 'none', roles: [] },
    signoffs: [],
    able: [],
    shortfall: 'expected at least 1 person with a key, found nobody',
  };
}

function render(needs: readonly Need[]): string {
  return renderNeeds({ authors: [], needs, hunkCount: 1, range: {}, policyDigest: 'd4'.repeat(32) }, TERMINAL);
}

test('dependents are confirmed where there are some', () => {
  expect(render([needOf({})])).toContain('the dependents confirmed');
  expect(render([needOf({ blastRadius: null })])).not.toContain('dependents');
});

test('what one fingerprint stands for is one need, and the most severe comes first', () => {
  const text = render([
    needOf({ severity: 'medium', fingerprint: 'c1'.repeat(32), message: 'a smaller thing' }),
    needOf({}),
    needOf({ message: 'has no LIMIT' }),
  ]);
  expect(text.match(/ {2}needs /g)).toHaveLength(2);
  expect(text).toContain(`  and       has no LIMIT\n`);
  expect(text.indexOf('a smaller thing')).toBeGreaterThan(text.indexOf('has no LIMIT'));
});
