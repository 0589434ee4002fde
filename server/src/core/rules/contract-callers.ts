import type { SymbolFact } from '../model/facts.ts';
import type { Severity } from '../model/finding.ts';
import type { BlastRadius, Dependent } from '../model/radius.ts';
import type { RepoPath } from '../model/tree.ts';
import type { RuleInput } from './define.ts';

/**
 * Dependents that the change left as they were: their line still stands in the after tree. Where more depend on the symbol
 * than the radius lists, an unlisted file counts as left unless the change touched it.
 */
export function dependentsLeft(
  input: RuleInput,
  radius: BlastRadius,
  isAffected: (line: string, dependent: Dependent) => boolean,
): readonly Dependent[] {
  const left = radius.dependents.filter((dependent) => {
    const line = lineOf(input, 'before', dependent);
    if (line === undefined || !isAffected(line, dependent)) return false;
    const after = input.trees.after.read(dependent.path);
    if (after === undefined) return false;
    return after.kind !== 'text' || after.text.split('\n').some((other) => other.trim() === line);
  });
  return left;
}

/** True where every place that the radius knows of was changed with the symbol. */
export function isEveryCallerUpdated(
  input: RuleInput,
  symbol: SymbolFact,
  radius: BlastRadius,
  isAffected: (line: string, dependent: Dependent) => boolean,
): boolean {
  if (dependentsLeft(input, radius, isAffected).length > 0) return false;
  if (radius.references <= radius.dependents.length) return true;
  const name = symbol.name.slice(symbol.name.lastIndexOf('.') + 1);
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return false;
  const extensions = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.py', '.go', '.java'];
  return input.trees.before.mentioning(name, extensions).every((path) => path === input.path || isTouched(input, path));
}

function isTouched(input: RuleInput, path: RepoPath): boolean {
  const before = input.trees.before.read(path);
  const after = input.trees.after.read(path);
  return before?.kind !== after?.kind || (before?.kind === 'text' && after?.kind === 'text' && before.text !== after.text);
}

function lineOf(input: RuleInput, side: 'before' | 'after', dependent: Dependent): string | undefined {
  const content = input.trees[side].read(dependent.path);
  return content?.kind === 'text' ? content.text.split('\n')[dependent.line - 1]?.trim() : undefined;
}

/**
 * How much a broken promise costs by how many files lean on it: 20 critical, 5 high (incidents catalogue, contract). Counts
 * by name alone are upper bounds and stop at high; nobody outside leaning on it is undefined.
 */
export function severityByFanIn(radius: BlastRadius): Severity | undefined {
  if (radius.files === 0) return undefined;
  if (radius.method !== 'types') return radius.files >= 5 ? 'high' : 'medium';
  return radius.files >= 20 ? 'critical' : radius.files >= 5 ? 'high' : 'medium';
}

/** `14 uses in 9 files`. */
export function fanIn(radius: BlastRadius): string {
  const most = radius.atMost && radius.method !== 'types' ? 'at most ' : '';
  return `${most}${radius.references} ${radius.references === 1 ? 'use' : 'uses'} in ${radius.files} ${radius.files === 1 ? 'file' : 'files'}`;
}
