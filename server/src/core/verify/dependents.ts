import type { Finding } from '../model/finding.ts';
import type { Dependent } from '../model/radius.ts';

/** Dependents that a person is shown of one finding, and asked to confirm: no more than can be looked at. */
const MOST_CONFIRMED = 10;

/** How many dependents a finding has. References inside its own file alone are none: whoever reads the change sees them. */
export function countDependents({ blastRadius }: Pick<Finding, 'blastRadius'>): number {
  return blastRadius === null || blastRadius.files === 0 ? 0 : blastRadius.references;
}

/**
 * The places of a finding that a person confirms, each line once, however often it names the symbol. Every door shows these, and a
 * verification asks for each of them.
 */
export function dependentsToConfirm(finding: Pick<Finding, 'blastRadius'>): readonly Dependent[] {
  if (countDependents(finding) === 0) return [];
  const lines = new Map<string, Dependent>();
  for (const dependent of finding.blastRadius?.dependents ?? []) {
    const name = dependentName(dependent);
    if (!lines.has(name)) lines.set(name, dependent);
  }
  return [...lines.values()].slice(0, MOST_CONFIRMED);
}

/** How many dependents of a finding stand on none of the lines that are confirmed. */
export function dependentsBeyond(finding: Pick<Finding, 'blastRadius'>): number {
  const shown = new Set(dependentsToConfirm(finding).map(dependentName));
  const standing = finding.blastRadius?.dependents.filter((dependent) => shown.has(dependentName(dependent))).length ?? 0;
  return Math.max(0, countDependents(finding) - standing);
}

/** How a confirmed dependent is named in a statement: `src/cart.ts:12`. */
export function dependentName({ path, line }: Pick<Dependent, 'path' | 'line'>): string {
  return `${path}:${line}`;
}

/**
 * How many of the dependents that had to be confirmed were not. Lines move with commits before and beside the change, as a
 * fingerprint survives too: so a place is matched by its file, and of n places in one file n must have been confirmed.
 * Where dependents are counted and none is known by place, any confirmation is one.
 */
export function unconfirmedDependents(finding: Finding, confirmed: readonly string[]): number {
  const references = countDependents(finding);
  const asked = dependentsToConfirm(finding);
  if (asked.length === 0) return references > 0 && confirmed.length === 0 ? references : 0;
  const given = countByFile([...new Set(confirmed)].map(fileOf));
  const wanted = countByFile(asked.map(({ path }) => path));
  return [...wanted].reduce((sum, [file, count]) => sum + Math.max(0, count - (given.get(file) ?? 0)), 0);
}

function fileOf(name: string): string {
  const colon = name.lastIndexOf(':');
  return colon === -1 ? '' : name.slice(0, colon);
}

function countByFile(files: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const file of files) counts.set(file, (counts.get(file) ?? 0) + 1);
  return counts;
}
