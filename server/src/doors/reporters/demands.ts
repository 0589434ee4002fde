import type { AssessedHunk } from '../../core/model/assessment.ts';
import type { Policy } from '../../core/model/policy.ts';
import { requirementOf } from '../../core/policy/requirement-of.ts';
import { dependentName, dependentsBeyond, dependentsToConfirm } from '../../core/verify/dependents.ts';
import { plural } from './review-report.ts';

/** Characters that are not white space in a reason that is asked for (experience R9). */
export const REASON_LENGTH = 10;

/** What the policy asks of the person who acknowledges a hunk: the union over its findings. Every door asks by it. */
export interface Demands {
  readonly reason: boolean;
  readonly dependents: readonly DemandedDependent[];
  /** How many places these entries stand for: the number that a person types where they are confirmed as one. */
  readonly dependentCount: number;
}

/** One place that a person confirms; the last may stand for those that are not listed. `id` is what a statement holds. */
export interface DemandedDependent {
  readonly id: string;
  readonly label: string;
  readonly detail: string;
}

export function demandsOf(hunk: AssessedHunk, policy: Policy): Demands {
  const requirements = hunk.findings.map((finding) => requirementOf(policy, hunk, finding, undefined));
  const asked = requirements.some((requirement) => requirement.confirmDependents)
    ? dependentsOf(hunk)
    : { dependents: [], dependentCount: 0 };
  return { reason: requirements.some((requirement) => requirement.reason), ...asked };
}

/** What is wrong with a reason; undefined where nothing is. `previous` is the one given before, which a person must not repeat unread. */
export function reasonFault(
  reason: string,
  required: boolean,
  previous: string,
): { readonly code: 'reason-too-short' | 'reason-repeated'; readonly message: string } | undefined {
  if (!required) return undefined;
  const length = reason.replace(/\s/g, '').length;
  if (length < REASON_LENGTH)
    return { code: 'reason-too-short', message: `expected a reason of at least ${REASON_LENGTH} characters, found ${length}` };
  if (normalReason(reason) !== normalReason(previous)) return undefined;
  return { code: 'reason-repeated', message: 'expected a reason for this change, found the one given before' };
}

function normalReason(text: string): string {
  return text.trim().replace(/\s+/g, ' ').toLowerCase();
}

/** Each place once; a last entry stands for those beyond the ones that are listed. */
function dependentsOf(hunk: AssessedHunk): Pick<Demands, 'dependents' | 'dependentCount'> {
  const places = new Map<string, DemandedDependent>();
  let beyond = 0;
  for (const finding of hunk.findings) {
    const shown = dependentsToConfirm(finding);
    for (const dependent of shown) {
      const id = dependentName(dependent);
      if (!places.has(id)) places.set(id, { id, label: id, detail: dependent.message });
    }
    beyond = Math.max(beyond, dependentsBeyond(finding));
  }
  const rest = { id: `and ${beyond} more`, label: `and ${plural(beyond, 'more dependent')}`, detail: 'found, and not listed here' };
  return { dependents: beyond > 0 ? [...places.values(), rest] : [...places.values()], dependentCount: places.size + beyond };
}
