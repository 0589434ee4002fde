import { type Confidence, compareSeverity, type Finding } from '../../core/model/finding.ts';
import type { BlastRadius } from '../../core/model/radius.ts';

/** A finding with those of other rules that stand behind it: the same place, seen from another side. */
export interface Lead {
  readonly finding: Finding;
  readonly also: readonly Finding[];
}

/**
 * Findings of one hunk for a person to read: where several rules speak of the very same range, the most severe and surest leads
 * and names the others. One acknowledgement covers the hunk as before; what a machine reads (JSON, SARIF, GitLab) has them all.
 */
export function leadsOf(findings: readonly Finding[]): readonly Lead[] {
  const places = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const known = places.get(placeKey(finding));
    if (known === undefined) places.set(placeKey(finding), [finding]);
    else known.push(finding);
  }
  return [...places.values()].flatMap((group) => {
    const [finding, ...others] = group.toSorted(byWeight);
    if (finding === undefined) return [];
    const isOther = ({ rule }: Finding): boolean => rule !== finding.rule;
    // Two findings of one rule say two things about the place: each keeps its own line.
    return [
      { finding, also: others.filter(isOther) },
      ...others.filter((other) => !isOther(other)).map((other) => ({ finding: other, also: [] })),
    ];
  });
}

/** What stands behind a lead, one of each fingerprint: what is acknowledged is told by it, in every door. */
export function alsoOf({ also }: Lead): readonly Finding[] {
  return uniqueByFingerprint(also);
}

/** Findings of a hunk that one fingerprint stands for, by the first of them. */
export interface Joined extends Lead {
  readonly findings: readonly Finding[];
  /** What they say, each once. */
  readonly messages: readonly { readonly text: string; readonly times: number }[];
}

/**
 * Leads of one hunk with those of one fingerprint as one: the fingerprint is what a person answers for, and one that is told twice looks
 * like two. Whoever counts them counts `findings`.
 */
export function joinEqual(leads: readonly Lead[]): readonly Joined[] {
  const groups = new Map<string, [Lead, ...Lead[]]>();
  for (const lead of leads) {
    const known = groups.get(lead.finding.fingerprint);
    if (known === undefined) groups.set(lead.finding.fingerprint, [lead]);
    else known.push(lead);
  }
  return [...groups.values()].map((group) => {
    const findings = group.map(({ finding }) => finding);
    const texts = [...new Set(findings.map(({ message }) => message))];
    return {
      finding: group[0].finding,
      findings,
      messages: texts.map((text) => ({ text, times: findings.filter(({ message }) => message === text).length })),
      also: uniqueByFingerprint(group.flatMap(({ also }) => also)),
    };
  });
}

function uniqueByFingerprint(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ fingerprint }, index) => findings.findIndex((other) => other.fingerprint === fingerprint) === index);
}

/** The widest reach that any finding of the place has: the one that leads need not be the one that computed it. */
export function radiusOf({ finding, also }: Lead): BlastRadius | null {
  const radii = [finding, ...also].flatMap(({ blastRadius }) => (blastRadius === null ? [] : [blastRadius]));
  return radii.toSorted((a, b) => b.references - a.references)[0] ?? null;
}

/** True where two findings are about the very same stretch of text. */
export function isSamePlace(one: Finding, other: Finding): boolean {
  return placeKey(one) === placeKey(other);
}

function placeKey({ side, range: { start, end } }: Finding): string {
  return `${side} ${start.line}:${start.character} ${end.line}:${end.character}`;
}

function byWeight(a: Finding, b: Finding): number {
  return compareSeverity(b.severity, a.severity) || SUREST.indexOf(a.confidence) - SUREST.indexOf(b.confidence);
}

const SUREST: readonly Confidence[] = ['high', 'medium', 'low'];
