import type { AssessedHunk } from '../../core/model/assessment.ts';
import type { Policy } from '../../core/model/policy.ts';
import type { AcknowledgeForm, AcknowledgeParams, Outcome } from '../../protocol.ts';
import { count } from './answer.ts';

/** Characters that are not white space in a reason that is asked for (experience R9). */
export const REASON_LENGTH = 10;

/** What the policy asks of the person who acknowledges a hunk: the union over its findings. */
export interface Demands {
  readonly reason: boolean;
  readonly dependents: AcknowledgeForm['dependents'];
  /** One line for the person. */
  readonly text: string;
}

export function demandsOf(hunk: AssessedHunk, policy: Policy): Demands {
  const requirements = hunk.findings.map((finding) => policy.severities[finding.severity]);
  const confirms = requirements.some((requirement) => requirement.confirmDependents);
  const dependents = confirms ? dependentsOf(hunk) : [];
  return {
    reason: requirements.some((requirement) => requirement.reason),
    dependents,
    text: requirementText(hunk, policy, dependents.length),
  };
}

/** A refusal where an answer does not give what is asked, else undefined. `previousReason` is the last one given in this folder. */
export function refusalOf(demands: Demands, answer: AcknowledgeParams, previousReason: string): Outcome | undefined {
  const length = answer.reason.replace(/\s/g, '').length;
  if (demands.reason && length < REASON_LENGTH) {
    return {
      kind: 'refused',
      code: 'reason-too-short',
      message: `expected a reason of at least ${REASON_LENGTH} characters, found ${length}`,
    };
  }
  if (demands.reason && sameReason(answer.reason, previousReason)) {
    return { kind: 'refused', code: 'reason-repeated', message: 'expected a reason for this change, found the same one as last time' };
  }
  const missing = demands.dependents.filter(({ id }) => !answer.confirmedDependents.includes(id));
  if (missing.length === 0) return undefined;
  return {
    kind: 'refused',
    code: 'dependents-unconfirmed',
    message: `expected ${count(demands.dependents.length, 'dependent')} confirmed, found ${demands.dependents.length - missing.length}`,
  };
}

function sameReason(reason: string, previous: string): boolean {
  const normal = (text: string): string => text.trim().replace(/\s+/g, ' ').toLowerCase();
  return normal(reason) === normal(previous);
}

/** Each place once; a last entry stands for those beyond the ones that are listed. */
function dependentsOf(hunk: AssessedHunk): AcknowledgeForm['dependents'] {
  const places = new Map<string, { id: string; label: string; detail: string }>();
  let beyond = 0;
  for (const { blastRadius } of hunk.findings) {
    for (const { path, line, message } of blastRadius?.dependents ?? []) {
      const id = `${path}:${line}`;
      if (!places.has(id)) places.set(id, { id, label: id, detail: message });
    }
    if (blastRadius !== null) beyond = Math.max(beyond, blastRadius.references - blastRadius.dependents.length);
  }
  const rest = { id: `and ${beyond} more`, label: `and ${count(beyond, 'more dependent')}`, detail: 'found, and not listed here' };
  return beyond > 0 ? [...places.values(), rest] : [...places.values()];
}

function requirementText(hunk: AssessedHunk, policy: Policy, dependents: number): string {
  const { people, roles, reason, self, days } = policy.severities[hunk.severity];
  const asked = [
    ...(people > 0 ? [people === 1 ? 'one person' : `${people} people`] : []),
    ...(roles.length > 0 ? [`the role ${roles.join(' or ')}`] : []),
    ...(reason ? ['a reason'] : []),
    ...(dependents > 0 ? [`${count(dependents, 'dependent')} confirmed`] : []),
    ...(self ? [] : ['somebody other than the author']),
    ...(days === undefined ? [] : [`renewal after ${count(days, 'day')}`]),
  ];
  const by = policy.source === 'default' ? 'by default' : 'by .brakeline/policy.yaml';
  return asked.length === 0 ? `${hunk.severity} asks for nobody, ${by}` : `${hunk.severity} asks for ${listed(asked)}, ${by}`;
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
