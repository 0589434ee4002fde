import type { AssessedHunk } from '../../core/model/assessment.ts';
import type { Policy } from '../../core/model/policy.ts';
import { hunkRequirement } from '../../core/policy/requirement-of.ts';
import type { AcknowledgeParams, Outcome } from '../../protocol.ts';
import { type Demands, reasonFault } from '../reporters/demands.ts';
import { plural } from '../reporters/review-report.ts';

/** A refusal where an answer does not give what is asked, else undefined. `previousReason` is the last one given in this folder. */
export function refusalOf(demands: Demands, answer: AcknowledgeParams, previousReason: string): Outcome | undefined {
  const fault = reasonFault(answer.reason, demands.reason, previousReason);
  if (fault !== undefined) return { kind: 'refused', ...fault };
  const missing = demands.dependents.filter(({ id }) => !answer.confirmedDependents.includes(id));
  if (missing.length === 0) return undefined;
  return {
    kind: 'refused',
    code: 'dependents-unconfirmed',
    message: `expected ${plural(demands.dependents.length, 'dependent')} confirmed, found ${demands.dependents.length - missing.length}`,
  };
}

/** What the policy asks for a hunk, in one line for the person. `dependents` is how many there are to confirm. */
export function requirementText(hunk: AssessedHunk, policy: Policy, dependents: number): string {
  const { people, roles, reason, self, presence, days } = hunkRequirement(policy, hunk, undefined);
  const asked = [
    ...(people > 0 ? [people === 1 ? 'one person' : `${people} people`] : []),
    ...roles.map((group) => `the role ${group.join(' or ')}`),
    ...(reason ? ['a reason'] : []),
    ...(presence === 'none' ? [] : [presence === 'touch' ? 'a touch of a hardware key' : 'a hardware key with its PIN or finger']),
    ...(dependents > 0 ? [`${plural(dependents, 'dependent')} confirmed`] : []),
    ...(self ? [] : ['somebody other than the author']),
    ...(days === undefined ? [] : [`renewal after ${plural(days, 'day')}`]),
  ];
  const by = policy.source === 'default' ? 'by default' : 'by .brakeline/policy.yaml';
  return asked.length === 0 ? `${hunk.severity} asks for nobody, ${by}` : `${hunk.severity} asks for ${listed(asked)}, ${by}`;
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
