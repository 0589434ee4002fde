import { type Confidence, compareSeverity, type Finding } from '../../core/model/finding.ts';

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

/** The rules behind a lead as one phrase: `also limit-check-removed`; empty where it stands alone. */
export function alsoText(also: readonly Finding[]): string {
  const names = [...new Set(also.map(({ rule }) => rule))];
  return names.length === 0 ? '' : `also ${names.join(', ')}`;
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
