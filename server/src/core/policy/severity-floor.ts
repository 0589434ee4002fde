import { compareSeverity, type Severity } from '../model/finding.ts';
import type { Policy } from '../model/policy.ts';
import type { RepoPath } from '../model/tree.ts';
import { matchesPattern } from './path-pattern.ts';

/** The least severity that the policy gives findings of a path, or undefined where no pattern matches. Paths only raise. */
export function severityFloor(policy: Policy, path: RepoPath): Severity | undefined {
  let floor: Severity | undefined;
  for (const { match, atLeast } of policy.paths) {
    if (floor !== undefined && compareSeverity(atLeast, floor) <= 0) continue;
    if (matchesPattern(match, path)) floor = atLeast;
  }
  return floor;
}
