import type { AssessOptions } from '../core/assess.ts';
import type { ReadAsset } from '../core/languages/language.ts';
import type { Policy } from '../core/model/policy.ts';
import type { Tree } from '../core/model/tree.ts';
import { tightenPolicy } from '../core/policy/tighten-policy.ts';
import { prepareTeamRules } from '../core/team-rules/prepare.ts';
import { AppError } from './app-error.ts';
import { loadPolicy } from './policy/load-policy.ts';
import { loadTeamRules } from './policy/load-team-rules.ts';

/** Team rules are the base's and whatever the head adds; suppressions count where the base still has them (law 7). */
export async function judgingBy(base: Tree, head: Tree, readAsset: ReadAsset): Promise<Pick<AssessOptions, 'teamRules' | 'trusted'>> {
  const teamRules = await prepareTeamRules(loadTeamRules(base), loadTeamRules(head), readAsset);
  return { trusted: base, ...(teamRules === undefined ? {} : { teamRules }) };
}

export function policyOf(base: Tree, head: Tree): Policy {
  return tightenPolicy(loadPolicy(base), loadPolicy(head));
}

/** The base's policy alone where the draft's cannot be read; a base's that cannot be read fails as ever. */
export function draftPolicyOf(base: Tree, draft: Tree): { readonly policy: Policy; readonly warnings: readonly string[] } {
  const policy = loadPolicy(base);
  try {
    return { policy: tightenPolicy(policy, loadPolicy(draft)), warnings: [] };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'bad-policy') throw error;
    return { policy, warnings: [`${error.message}; until it can be read, the policy of the last commit holds alone`] };
  }
}

export function now(): string {
  return new Date().toISOString();
}
