import { createHash } from 'node:crypto';
import type { Policy, Requirement } from '../model/policy.ts';

const NOBODY: Requirement = { people: 0, reason: false, confirmDependents: false, self: true, roles: [] };

/** What holds without a policy file: `high` needs one person and a reason, `critical` also the dependents confirmed. */
export const DEFAULT_POLICY: Policy = {
  digest: createHash('sha256').update('').digest('hex'),
  source: 'default',
  severities: {
    low: NOBODY,
    medium: NOBODY,
    high: { people: 1, reason: true, confirmDependents: false, self: true, roles: [] },
    critical: { people: 1, reason: true, confirmDependents: true, self: true, roles: [] },
  },
  paths: [],
  people: [],
  maxFileBytes: 1_048_576,
};
