import { createHash } from 'node:crypto';
import type { Policy, Requirement } from '../model/policy.ts';

/** Asks for nothing: what a sign-off's demands are added to. */
export const NOBODY: Requirement = { people: 0, reason: false, confirmDependents: false, self: true, roles: [], presence: 'none' };

/** What holds without a policy file: `high` needs one person and a reason, `critical` also the dependents confirmed. */
export const DEFAULT_POLICY: Policy = {
  digest: createHash('sha256').update('').digest('hex'),
  source: 'default',
  severities: {
    low: NOBODY,
    medium: NOBODY,
    high: { ...NOBODY, people: 1, reason: true },
    critical: { ...NOBODY, people: 1, reason: true, confirmDependents: true },
  },
  paths: [],
  signoffs: [],
  exemptions: [],
  rulesets: [],
  bindBranch: false,
  people: [],
  maxFileBytes: 1_048_576,
};
