import { keyFingerprint, readPublicKey } from '../attest/ssh-key.ts';
import { compareSeverity, SEVERITIES, type Severity } from '../model/finding.ts';
import { parseInstant } from '../model/instant.ts';
import type { Policy, Requirement } from '../model/policy.ts';
import type { TrustMaterial } from '../model/result.ts';
import { loosened } from './loosened.ts';
import { matchesPattern } from './path-pattern.ts';
import { personOfKey } from './person-of-key.ts';
import { lineOf, type PolicyLines } from './policy-lines.ts';
import { isRevoked } from './revoked-keys.ts';
import { ableTo, type Member, rosterOf, shortfall } from './roster.ts';
import { stricter } from './stricter.ts';

/** Something about files that parse and do not fit together. An error is a demand that cannot be met, or trust in nobody. */
export interface PolicyFault {
  readonly kind: 'error' | 'warning';
  readonly file: 'policy' | 'signers';
  /** 1-based. */
  readonly line: number;
  readonly message: string;
}

export interface PolicyCase {
  readonly policy: Policy;
  readonly lines: PolicyLines;
  readonly trust: TrustMaterial;
  /** Line of each signer of `trust`. */
  readonly signerLines: readonly number[];
  /** RFC 3339. */
  readonly now: string;
  /** Digest of the rules that ship with the running engine. */
  readonly ruleset: string;
  /** Ids of every rule that ships or is the team's. */
  readonly rules: readonly string[];
  /** Every path of the tree; left out where no tree is at hand, and then no pattern is tried. */
  readonly paths?: readonly string[];
  /** The policy that stands where this one is to; left out where there is none. */
  readonly before?: Policy;
}

const DAY = 86_400_000;
/** A year and a day: an exemption is a beginning. */
const LONGEST_EXEMPTION = 366;

/** What a policy and its signers say that cannot come true, or that says less than whoever wrote it meant; by file and line. */
export function checkPolicy(given: PolicyCase): readonly PolicyFault[] {
  const roster = rosterOf(given.policy, given.trust, given.now);
  const faults = [
    ...quorumFaults(given, roster),
    ...hardwareFaults(given),
    ...signerFaults(given),
    ...patternFaults(given),
    ...otherFaults(given),
    ...loosenedFaults(given),
  ];
  const unique = new Map(faults.map((fault) => [JSON.stringify(fault), fault]));
  return [...unique.values()].sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}

/** What each severity asks for no more. It may be meant; a key that was left out in the rewriting seldom is. */
function loosenedFaults({ policy, lines, before }: PolicyCase): readonly PolicyFault[] {
  if (before === undefined) return [];
  return SEVERITIES.flatMap((severity) => {
    const went = loosened(before.severities[severity], policy.severities[severity]);
    if (went.length === 0) return [];
    const message = `${severity} asks for less than the policy of HEAD: ${went.join('; ')}`;
    return [{ kind: 'warning' as const, file: 'policy' as const, line: lineOf(lines, `severities.${severity}`), message }];
  });
}

/** Every requirement that asks for somebody: of each severity, and of each sign-off on top of those that it can meet. */
function quorumFaults({ policy, lines }: PolicyCase, roster: readonly Member[]): readonly PolicyFault[] {
  const plain = SEVERITIES.map(
    (severity): Asked => ({ severity, place: `severities.${severity}`, requirement: policy.severities[severity] }),
  );
  const raised = policy.signoffs.flatMap(({ when, require }, index) =>
    SEVERITIES.filter((severity) => when.atLeast === undefined || compareSeverity(severity, when.atLeast) >= 0).map(
      (severity): Asked => ({
        severity,
        place: `signoffs.${index}.require`,
        requirement: stricter(policy.severities[severity], require),
        ...(when.author === undefined ? {} : { authorRoles: when.author }),
      }),
    ),
  );
  const asked = [...plain, ...raised].filter(({ requirement }) => requirement.people > 0);
  const mute = policy.signoffs.flatMap(({ require }, index) => {
    const isHeard = asked.some(({ place }) => place === `signoffs.${index}.require`);
    if (isHeard || require.people > 0) return [];
    const message = 'expected a severity that asks for somebody, or people in the sign-off, found neither: it asks nobody';
    return [{ kind: 'warning' as const, file: 'policy' as const, line: lineOf(lines, `signoffs.${index}.require`), message }];
  });
  return [...asked.flatMap((one) => quorumFault(one, lines, roster)), ...mute];
}

/** One demand. `authorRoles`: of whose changes alone it is asked. */
interface Asked {
  readonly severity: Severity;
  readonly place: string;
  readonly requirement: Requirement;
  readonly authorRoles?: readonly string[];
}

function quorumFault(
  { severity, place, requirement, authorRoles }: Asked,
  lines: PolicyLines,
  roster: readonly Member[],
): readonly PolicyFault[] {
  const line = lineOf(lines, place);
  const missing = shortfall(ableTo(roster, requirement, []), requirement);
  if (missing !== undefined) return [{ kind: 'error', file: 'policy', line, message: `${severity}: nobody can meet this: ${missing}` }];
  const stuck = roster.filter(({ person }) => {
    if (authorRoles !== undefined && !person.roles.some((role) => authorRoles.includes(role))) return false;
    const authors = [{ name: person.id, email: person.id }];
    return shortfall(ableTo(roster, requirement, authors), requirement) !== undefined;
  });
  if (stuck.length === 0) return [];
  const who = stuck.map(({ person }) => person.id).join(', ');
  return [{ kind: 'warning', file: 'policy', line, message: `${severity}: too few others may acknowledge what is made by ${who}` }];
}

/** A key enrolled as hardware that is none, or that nobody could sign with, is presence that can never be proven. */
function hardwareFaults({ policy, lines, trust }: PolicyCase): readonly PolicyFault[] {
  return policy.people.flatMap((person, at) =>
    (person.hardware ?? []).flatMap((fingerprint, index): readonly PolicyFault[] => {
      const error = (message: string): readonly PolicyFault[] => [
        { kind: 'error', file: 'policy', line: lineOf(lines, `people.${at}.hardware.${index}`), message },
      ];
      const key = trust.signers.find(({ publicKey }) => keyFingerprint(publicKey) === fingerprint);
      if (key === undefined) return error(`expected a key of allowed_signers, found ${fingerprint}, which is not listed there`);
      if (readPublicKey(key.publicKey)?.application === undefined)
        return error(`expected a key of a type sk-, found ${fingerprint}, which is ${key.publicKey.split(' ')[0]} and proves no touch`);
      const owner = personOfKey([key], policy, trust);
      if (typeof owner === 'string' || owner.id === person.id) return [];
      return error(`expected a key of ${person.id}, found ${fingerprint}, which allowed_signers lists for ${owner.id}`);
    }),
  );
}

function signerFaults({ policy, trust, signerLines }: PolicyCase): readonly PolicyFault[] {
  return trust.signers.flatMap((key, index): readonly PolicyFault[] => {
    const line = signerLines[index] ?? 1;
    const fault = (kind: PolicyFault['kind'], message: string): readonly PolicyFault[] => [{ kind, file: 'signers', line, message }];
    if (trust.revoked !== undefined && isRevoked(trust.revoked, key.publicKey))
      return fault('warning', `${keyFingerprint(key.publicKey)} is revoked, and counts no more`);
    const same = trust.signers.filter(({ publicKey }) => publicKey === key.publicKey);
    const person = personOfKey(same, policy, trust);
    if (typeof person === 'string') return fault('error', person);
    const isKnown = policy.people.some(({ id }) => id === person.id);
    if (isKnown || policy.people.length === 0) return [];
    return fault('warning', `expected somebody of people in the policy, found ${key.principals.join(', ')}, who has no role`);
  });
}

/** A pattern with a slip in it raises nothing, and nothing says so. Paths that are to come are a reason too, so it is a warning. */
function patternFaults({ policy, lines, paths }: PolicyCase): readonly PolicyFault[] {
  if (paths === undefined) return [];
  const patterns = [
    ...policy.paths.map(({ match }, index) => ({ match, place: `paths.${index}.match` })),
    ...policy.signoffs.map(({ when: { match } }, index) => ({ match, place: `signoffs.${index}.when.match` })),
    ...policy.exemptions.map(({ match }, index) => ({ match, place: `exemptions.${index}.match` })),
  ];
  return patterns.flatMap(({ match, place }): readonly PolicyFault[] => {
    if (match === undefined || paths.some((path) => matchesPattern(match, path))) return [];
    const message = `expected a path of the tree that matches, found none for ${JSON.stringify(match)}`;
    return [{ kind: 'warning', file: 'policy', line: lineOf(lines, place), message }];
  });
}

function otherFaults({ policy, lines, now, ruleset, rules }: PolicyCase): readonly PolicyFault[] {
  const faults: PolicyFault[] = [];
  const add = (kind: PolicyFault['kind'], place: string, message: string): void =>
    void faults.push({ kind, file: 'policy', line: lineOf(lines, place), message });
  const known = new Set(policy.people.flatMap(({ roles }) => roles));
  for (const [index, { when }] of policy.signoffs.entries()) {
    const nobodys = when.author?.filter((role) => !known.has(role)) ?? [];
    if (nobodys.length > 0)
      add('warning', `signoffs.${index}.when.author`, `expected roles of people, found ${nobodys.join(', ')}, which nobody has`);
  }
  const today = parseInstant(now) ?? 0;
  for (const [index, { until, rules: named }] of policy.exemptions.entries()) {
    const left = (parseInstant(until) ?? 0) - today;
    const days = Math.ceil(left / DAY);
    if (left < 0) add('warning', `exemptions.${index}`, `ended on ${until.slice(0, 10)}: it exempts nothing any more`);
    if (days > LONGEST_EXEMPTION)
      add('warning', `exemptions.${index}.until`, `ends in ${days} days: an exemption is a beginning, not a state`);
    for (const [at, rule] of named.entries()) {
      if (!rule.endsWith('/*') && !rules.includes(rule))
        add('error', `exemptions.${index}.rules.${at}`, `expected a rule of this version or of the team, found ${rule}`);
    }
  }
  if (policy.rulesets.length > 0 && !policy.rulesets.includes(ruleset))
    add('error', 'rulesets', `expected the rule set of this version, ${ruleset}, found others: its verifications fail`);
  return faults;
}
