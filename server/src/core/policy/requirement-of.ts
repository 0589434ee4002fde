import type { AssessedHunk } from '../model/assessment.ts';
import { compareSeverity, type Finding } from '../model/finding.ts';
import { parseInstant } from '../model/instant.ts';
import type { Exemption, Policy, Requirement, Signoff } from '../model/policy.ts';
import { NOBODY } from './default-policy.ts';
import { matchesPattern } from './path-pattern.ts';
import { peopleNamed } from './people.ts';
import { stricter } from './stricter.ts';

/** One author, committer or operator of a change, as commits name them. */
export interface ChangeAuthor {
  readonly name: string;
  /** An address, or an id such as `github:1234567`. */
  readonly email: string;
  /** What they did; for words alone. `operator`: whoever drove an agent, or opened the request. */
  readonly as?: 'author' | 'committer' | 'co-author' | 'operator';
}

type Place = Pick<AssessedHunk, 'path' | 'previousPath' | 'origin'>;
type Found = Pick<Finding, 'rule' | 'severity'>;

/** A change of what decides who looks at changes is never exempt, wherever it stands: an exemption could exempt itself. */
const NEVER_EXEMPT: readonly string[] = ['safeguard/review-policy-changed'];
const OWN_FOLDER = '.brakeline/';

/**
 * What the policy asks for one finding: its severity's requirement and, on top, that of every sign-off whose conditions hold.
 * `authors` undefined means that nobody knows them, and then they count as whoever a sign-off speaks of (law 3).
 */
export function requirementOf(policy: Policy, place: Place, finding: Found, authors: readonly ChangeAuthor[] | undefined): Requirement {
  return signoffsOf(policy, place, finding, authors).reduce(
    (sum, { require }) => stricter(sum, require),
    policy.severities[finding.severity],
  );
}

/** What a person who acknowledges a whole hunk must give: everything that any finding of it asks. */
export function hunkRequirement(policy: Policy, hunk: AssessedHunk, authors: readonly ChangeAuthor[] | undefined): Requirement {
  return hunk.findings.reduce((sum, finding) => stricter(sum, requirementOf(policy, hunk, finding, authors)), NOBODY);
}

/** The sign-offs of the policy whose conditions hold for a finding. */
export function signoffsOf(
  policy: Policy,
  { path, previousPath, origin }: Place,
  { severity }: Found,
  authors: readonly ChangeAuthor[] | undefined,
): readonly Signoff[] {
  return policy.signoffs.filter(({ when }) => {
    if (when.atLeast !== undefined && compareSeverity(severity, when.atLeast) < 0) return false;
    if (when.origin !== undefined && !when.origin.includes(origin.kind)) return false;
    if (when.match !== undefined && !anyMatches(when.match, [path, previousPath])) return false;
    return when.author === undefined || isByOneOf(when.author, policy, authors);
  });
}

/**
 * Whether the change is by somebody with one of these roles. An author whom the policy does not know counts as one: a junior
 * would otherwise only have to commit under another address.
 */
function isByOneOf(roles: readonly string[], policy: Policy, authors: readonly ChangeAuthor[] | undefined): boolean {
  if (authors === undefined || authors.length === 0) return true;
  return authors.some(({ email }) => {
    const people = peopleNamed([email], policy);
    return people.length === 0 || people.some((person) => person.roles.some((role) => roles.includes(role)));
  });
}

/**
 * The exemption that lets a finding ask nobody at `now` (RFC 3339), the one that lasts longest; undefined where none holds. A
 * renamed file is exempt only where both its names are: nothing becomes exempt by being moved.
 */
export function exemptionOf(policy: Policy, { path, previousPath }: Place, { rule, severity }: Found, now: string): Exemption | undefined {
  const paths = [path, ...(previousPath === undefined ? [] : [previousPath])];
  if (NEVER_EXEMPT.includes(rule) || paths.some((one) => one.startsWith(OWN_FOLDER))) return undefined;
  const instant = parseInstant(now);
  if (instant === undefined) return undefined;
  const holding = policy.exemptions.filter(
    ({ match, rules, atMost, until }) =>
      compareSeverity(severity, atMost) <= 0 &&
      instant <= (parseInstant(until) ?? Number.NEGATIVE_INFINITY) &&
      (rules.length === 0 || rules.some((one) => isRule(one, rule))) &&
      paths.every((one) => matchesPattern(match, one)),
  );
  return [...holding].sort((a, b) => (a.until < b.until ? -1 : 1)).at(-1);
}

/** `destroy/*` is every rule of the family. */
function isRule(listed: string, rule: string): boolean {
  return listed.endsWith('/*') ? rule.startsWith(listed.slice(0, -1)) : listed === rule;
}

function anyMatches(pattern: string, paths: readonly (string | undefined)[]): boolean {
  return paths.some((path) => path !== undefined && matchesPattern(pattern, path));
}
