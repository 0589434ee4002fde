import type { AckRecord } from '../attest/records.ts';
import type { Assessment } from '../model/assessment.ts';
import type { Finding } from '../model/finding.ts';
import { parseInstant } from '../model/instant.ts';
import type { Exemption, Person, Policy, Requirement } from '../model/policy.ts';
import type { Gap, TrustMaterial, VerificationResult } from '../model/result.ts';
import { placeOf } from '../place.ts';
import { exemptionOf, requirementOf } from '../policy/requirement-of.ts';
import { countDependents, dependentsToConfirm } from './dependents.ts';
import { type CoverageContext, entitle, type Obstacle, SKEW } from './entitlement.ts';
import { BY_FILE, gapOf } from './gaps.ts';
import { type Overrides, overrideOf, standingOverrides } from './overrides.ts';
import { requirementObstacles } from './requirement.ts';
import { isSpent, spentObstacle } from './spent.ts';
import { staleRecords } from './stale.ts';
import { instantOf, standingOf } from './standing.ts';

/** Whether one finding of an assessment is acknowledged, in the assessment's order. */
export interface FindingCoverage {
  readonly hunkId: string;
  readonly fingerprint: string;
  /** True where the policy asks for somebody. */
  readonly required: boolean;
  /** True where everything the policy asks for is there, and at least one person; never where somebody rejected it. */
  readonly acknowledged: boolean;
  readonly by: readonly string[];
  /** Whose acknowledgements meet what is asked of each, though there may be too few of them. */
  readonly counted: readonly string[];
}

export interface Coverage {
  readonly findings: readonly FindingCoverage[];
  readonly gaps: readonly Gap[];
  readonly covered: VerificationResult['covered'];
  /** Findings that would ask for somebody, and do not until their exemption ends. */
  readonly exempt: readonly ExemptFinding[];
}

export interface ExemptFinding {
  readonly fingerprint: string;
  readonly rule: string;
  readonly path: string;
  /** 1-based line of the new file, as a review names it (core/place.ts). */
  readonly line: number;
  readonly exemption: Exemption;
}

/**
 * Matches findings with the records that cover them, by fingerprint and as a multiset: of N equal findings the k-th is covered
 * by the people whose acknowledgements count for at least k of them. Used by a review with a person's own ledger (`trust`
 * undefined: any valid signature, no roles) and by a verification (trust of the base). Every gap is named, never the first
 * alone. A standing rejection by somebody entitled is a gap whatever else is there, and whatever the severity; the rule of
 * decisions in time is told in standing.ts.
 */
export function coverFindings(
  assessment: Assessment,
  records: readonly AckRecord[],
  policy: Policy,
  trust: TrustMaterial | undefined,
  context: CoverageContext,
): Coverage {
  const unique = uniqueRecords(records);
  const byFingerprint = groupRecords(unique);
  const judges = new Map<string, Judge>();
  let stale: ReturnType<typeof staleRecords> | undefined;
  const findStale = (finding: Finding): Obstacle | undefined => {
    stale ??= staleRecords(assessment, unique, context);
    return stale(finding);
  };
  const overridesOf = (fingerprint: string): Overrides => {
    const own = (byFingerprint.get(fingerprint) ?? []).filter((record) => !isSpent(fingerprint, record, context));
    return own.some(isOverride) ? standingOverrides(own, fingerprint, policy, trust, context) : [];
  };
  const ordinals = new Map<string, number>();
  const findings: FindingCoverage[] = [];
  const gaps: Gap[] = [];
  const covered: VerificationResult['covered'][number][] = [];
  const exempt: ExemptFinding[] = [];
  for (const { hunk, finding } of assessment.hunks.flatMap((one) => one.findings.map((finding) => ({ hunk: one, finding })))) {
    const { fingerprint, rule } = finding;
    const ordinal = (ordinals.get(fingerprint) ?? 0) + 1;
    ordinals.set(fingerprint, ordinal);
    const judge = judges.get(fingerprint) ?? createJudge(fingerprint, byFingerprint.get(fingerprint) ?? [], policy, trust, context);
    judges.set(fingerprint, judge);
    const requirement = requirementOf(policy, hunk, finding, context.authors);
    const exemption = exemptionOf(policy, hunk, finding, context.now);
    const { by, reasons, obstacles } = answer(judge(finding, requirement), ordinal, requirement, trust, () => findStale(finding));
    const required = requirement.people > 0 && exemption === undefined;
    const isRejected = obstacles.some(({ code }) => code === 'rejected');
    const acknowledged = obstacles.length === 0;
    findings.push({ hunkId: hunk.id, fingerprint, required, acknowledged, by: acknowledged ? by : [], counted: by });
    if (requirement.people > 0 && exemption !== undefined && !acknowledged)
      exempt.push({ fingerprint, rule, path: hunk.path, line: placeOf(hunk, finding).line, exemption });
    if (required && acknowledged) covered.push({ fingerprint, rule, path: hunk.path, by, reasons });
    const override = acknowledged ? undefined : overrideOf(overridesOf(fingerprint), ordinal);
    const shown = override === undefined ? obstacles : [...obstacles.filter(({ code }) => code === 'rejected'), override];
    for (const obstacle of shown) {
      if (required || (isRejected && obstacle.code === 'rejected')) gaps.push(gapOf(hunk, finding, obstacle, requirement));
    }
  }
  return { findings, gaps, covered, exempt };
}

function isOverride({ acknowledgement }: AckRecord): boolean {
  return acknowledgement.decision === 'overridden';
}

/** Who covers how many of the equal findings, and what kept other records from counting. */
interface Judgement {
  readonly capacities: readonly { readonly person: Person; readonly count: number; readonly reason: string }[];
  readonly obstacles: readonly Obstacle[];
}

type Judge = (finding: Finding, requirement: Requirement) => Judgement;

/** Judges the records of one fingerprint; equal findings of equal demands and equal dependents are judged once. */
function createJudge(
  fingerprint: string,
  records: readonly AckRecord[],
  policy: Policy,
  trust: TrustMaterial | undefined,
  context: CoverageContext,
): Judge {
  const latest = (parseInstant(context.now) ?? Number.NEGATIVE_INFINITY) + SKEW;
  const people = new Map<string, { person: Person; records: AckRecord[] }>();
  const shared: Obstacle[] = [];
  for (const record of records) {
    if (isSpent(fingerprint, record, context)) {
      if (record.acknowledgement.decision === 'acknowledged') shared.push(spentObstacle(record));
      continue;
    }
    const { person, obstacles } = entitle(record, policy, trust, context);
    if (obstacles.length === 0) {
      const entry = people.get(person.id.toLowerCase()) ?? { person, records: [] };
      entry.records.push(record);
      people.set(person.id.toLowerCase(), entry);
    } else if (record.acknowledgement.decision === 'acknowledged') shared.push(...obstacles);
  }
  const standings = [...people.values()].map(({ person, records: own }) => ({ person, ...standingOf(own, latest) }));
  for (const { person, rejection, withdrew } of standings) {
    if (rejection !== undefined) {
      const words = rejection.acknowledgement.reason.trim().replace(/\s+/g, ' ');
      const why = words === '' ? '' : ` because "${words}"`;
      shared.push({ code: 'rejected', message: `expected no standing rejection, found one by ${person.id}${why}` });
    }
    if (withdrew)
      shared.push({ code: 'revoked', message: `expected an acknowledgement that stands, found one that ${person.id} took back` });
  }
  const judged = new Map<string, Judgement>();
  return (finding, requirement) => {
    const key = JSON.stringify([requirement, countDependents(finding), ...dependentsToConfirm(finding).map(({ path }) => path)]);
    const known = judged.get(key);
    if (known !== undefined) return known;
    const obstacles = [...shared];
    const capacities = standings.map(({ person, acknowledged }) => {
      let count = 0;
      let last: AckRecord | undefined;
      for (const record of acknowledged) {
        const found = requirementObstacles(record, person, finding, requirement, trust, context);
        if (found.length === 0) {
          count += countOf(record, fingerprint);
          if (last === undefined || instantOf(record) >= instantOf(last)) last = record;
        }
        obstacles.push(...found);
      }
      return { person, count, reason: last?.acknowledgement.reason ?? '' };
    });
    const judgement = { capacities, obstacles };
    judged.set(key, judgement);
    return judgement;
  };
}

/** The people who cover the `ordinal`-th of equal findings, or everything that stands in the way. */
function answer(
  { capacities, obstacles }: Judgement,
  ordinal: number,
  requirement: Requirement,
  trust: TrustMaterial | undefined,
  findStale: () => Obstacle | undefined,
): Pick<VerificationResult['covered'][number], 'by' | 'reasons'> & { readonly obstacles: readonly Obstacle[] } {
  const counted = capacities.filter(({ count }) => count >= ordinal);
  const people = counted.map(({ person }) => person);
  const by = people.map(({ id }) => id).sort();
  const reasons = counted
    .flatMap(({ person, reason }) => (reason.trim() === '' ? [] : [{ by: person.id, reason }]))
    .sort((a, b) => (a.by < b.by ? -1 : 1));
  const rejections = obstacles.filter(({ code }) => code === 'rejected');
  const needed = Math.max(1, requirement.people);
  const unmet = trust === undefined ? [] : requirement.roles.filter((group) => !people.some((person) => hasRole(person, group)));
  const wrongRoles = unmet.map(
    (group): Obstacle => ({
      code: 'wrong-role',
      message: `expected one of the roles ${group.join(', ')}, found ${by.join(', ')} without`,
    }),
  );
  if (people.length >= needed) return { by, reasons, obstacles: uniqueObstacles([...rejections, ...wrongRoles]) };
  const roleGaps = people.length > 0 ? wrongRoles : [];
  const isFirstAndAlone = people.length === 0 && ordinal === 1;
  const isExplained = isFirstAndAlone && obstacles.length > rejections.length;
  if (isExplained) return { by, reasons, obstacles: uniqueObstacles(obstacles) };
  const stale = isFirstAndAlone ? findStale() : undefined;
  return {
    by,
    reasons,
    obstacles: uniqueObstacles([...obstacles, ...roleGaps, stale ?? missing(by, ordinal, needed, roleGaps.length > 0 ? [] : unmet)]),
  };
}

function hasRole({ roles }: Person, group: readonly string[]): boolean {
  return roles.some((role) => group.includes(role));
}

function missing(by: readonly string[], ordinal: number, needed: number, unmet: Requirement['roles']): Obstacle {
  const which = ordinal === 1 ? '' : ` for equal finding number ${ordinal}`;
  const expected = needed === 1 ? 'an acknowledgement' : `acknowledgements of ${needed} people`;
  const roles = unmet.map((group) => `${needed === 1 ? ' by somebody' : ', one of them'} with the role ${group.join(' or ')}`).join(' and');
  const message = `expected ${expected}${roles}${which}, found ${by.length === 0 ? 'none' : by.join(', ')}`;
  if (by.length === 0) return { code: 'uncovered', message };
  const others = `let somebody other than ${by.join(' and ')}`;
  return { code: 'uncovered', message, remedy: (run) => `${others} (${BY_FILE}) run: ${run}` };
}

function uniqueObstacles(obstacles: readonly Obstacle[]): readonly Obstacle[] {
  return [...new Map(obstacles.map((obstacle) => [`${obstacle.code} ${obstacle.message}`, obstacle])).values()];
}

/** The same statement in the ledger, the tree and a note is one record; an unsigned copy of it does not take its place. */
function uniqueRecords(records: readonly AckRecord[]): readonly AckRecord[] {
  const unique = new Map<string, AckRecord>();
  for (const record of records) {
    const key = `${record.payloadDigest} ${record.publicKey} ${record.signatureValid}`;
    if (!unique.has(key)) unique.set(key, record);
  }
  return [...unique.values()];
}

function groupRecords(records: readonly AckRecord[]): ReadonlyMap<string, readonly AckRecord[]> {
  const groups = new Map<string, AckRecord[]>();
  for (const record of records) {
    for (const fingerprint of new Set(record.acknowledgement.findings.map((finding) => finding.fingerprint))) {
      const group = groups.get(fingerprint) ?? [];
      group.push(record);
      groups.set(fingerprint, group);
    }
  }
  return groups;
}

/** Findings of one record with one fingerprint add up: two equal findings of a hunk may be listed twice or counted once. */
function countOf(record: AckRecord, fingerprint: string): number {
  return record.acknowledgement.findings.reduce((sum, finding) => (finding.fingerprint === fingerprint ? sum + finding.count : sum), 0);
}
