import type { Call, SymbolFact } from '../../../model/facts.ts';
import { SEVERITIES, type Severity } from '../../../model/finding.ts';
import type { BlastRadius, Dependent } from '../../../model/radius.ts';
import type { FileContent, RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';

/** Dependents among those listed that the change left as they were: their line, and what it hands over, still stands in the after tree. */
function dependentsLeft(
  input: RuleInput,
  radius: BlastRadius,
  isAffected: (line: string, dependent: Dependent) => boolean,
): readonly Dependent[] {
  return radius.dependents.filter((dependent) => {
    const before = input.trees.before.read(dependent.path);
    const lines = before?.kind === 'text' ? before.text.split('\n') : [];
    const line = lines[dependent.line - 1]?.trim();
    if (line === undefined || !isAffected(line, dependent)) return false;
    const after = fileAfter(input, dependent.path)?.content;
    if (after === undefined) return false;
    if (after.kind !== 'text') return true;
    const [old, fresh] = [pieceAt(lines, dependent.line - 1), after.text.split('\n')];
    return fresh.some((other, at) => other.trim() === line && pieceAt(fresh, at) === old);
  });
}

/** A line without what indents it; one that ends in an open bracket together with what stands between the brackets. */
export function pieceAt(lines: readonly string[], at: number): string {
  const first = lines[at]?.trim() ?? '';
  if (!first.endsWith('(')) return first;
  let depth = 0;
  let text = '';
  for (let line = at; line < Math.min(lines.length, at + LONGEST_CALL); line += 1) {
    const own = lines[line]?.trim() ?? '';
    text += `${own} `;
    depth += (own.match(/\(/g)?.length ?? 0) - (own.match(/\)/g)?.length ?? 0);
    if (depth <= 0) break;
  }
  return text;
}

/** Lines of a call, or of a signature, that is written over several. */
const LONGEST_CALL = 16;

/** True where nobody is known to use the symbol, here or in another repository. */
export function isUnused(radius: BlastRadius): boolean {
  return radius.files === 0 && !isUsedElsewhere(radius);
}

/** True where an index of another repository has a use of it: no change here can bring that one along. */
export function isUsedElsewhere({ foreign }: BlastRadius): boolean {
  return foreign !== undefined && foreign.references > 0;
}

/** True where every place that depends on the symbol was changed with it. One that the radius counts and does not list was not. */
export function isEveryCallerUpdated(
  input: RuleInput,
  radius: BlastRadius,
  isAffected: (line: string, dependent: Dependent) => boolean,
): boolean {
  return (
    !isUsedElsewhere(radius) && radius.references <= radius.dependents.length && dependentsLeft(input, radius, isAffected).length === 0
  );
}

/**
 * A place that only names it on its way: `const { drain } = require('./worker')`, `module.exports = drain`. Whoever calls it stands
 * elsewhere. What was found there decides; the line does where that is not known.
 */
export function isImport(line: string, { message }: Dependent): boolean {
  if (/^(?:im|ex)ports /.test(message)) return true;
  if (/^(?:calls|extends) /.test(message)) return false;
  // `import('./worker').then((m) => m.drain(1))` begins like an import.
  if (!message.startsWith('uses ') && /^(?:import\b|from \S+ import\b)/.test(line)) return true;
  return /^(?:(?:const|let|var) [\w$\s{},:]+ = (?:await )?(?:require|import)\([^()]*\);?$|(?:module\.)?exports(?:\.\w+)? = (?:[\w$]+|\{[\w$\s,]*\});?$|export (?:default [\w$]+|\{[\w$\s,]*\});?$)/.test(
    line,
  );
}

/**
 * What the after tree holds of a file of the before tree: the file itself, or where its path is gone, the new file that is
 * most like it by its lines. Undefined where it was deleted.
 */
export function fileAfter(input: RuleInput, path: RepoPath): FileAfter | undefined {
  const { before, after } = input.trees;
  const same = after.read(path);
  const old = before.read(path);
  if (same !== undefined) return { path, content: same };
  if (old?.kind !== 'text') return undefined;
  const lines = new Set(linesOf(old.text));
  const base = baseOf(path);
  let best: (FileAfter & { readonly score: number }) | undefined;
  // A rename keeps the name or the folder; both new at once is another file.
  for (const candidate of newPaths(input).filter((other) => baseOf(other) === base || folderOf(other) === folderOf(path))) {
    const content = after.read(candidate);
    const isNamesake = baseOf(candidate) === base;
    // A namesake that cannot be read may hold all of it.
    const score = content?.kind === 'text' ? likeness(lines, content.text) + (isNamesake ? 0.3 : 0) : isNamesake ? 0.3 : 0;
    if (content !== undefined && score > 0 && score >= MOVED && (best === undefined || score > best.score))
      best = { path: candidate, content, score };
  }
  return best;
}

export interface FileAfter {
  readonly path: RepoPath;
  readonly content: FileContent;
}

/** The share of lines that make a new file the old one; the same name counts as three lines of ten. */
const MOVED = 0.3;

const NEW_PATHS = new WeakMap<RuleInput['trees'], readonly RepoPath[]>();

/** Paths of the after tree that the before tree has not. */
function newPaths({ trees }: RuleInput): readonly RepoPath[] {
  const known = NEW_PATHS.get(trees);
  if (known !== undefined) return known;
  const old = new Set(trees.before.paths());
  const paths = trees.after.paths().filter((path) => !old.has(path));
  NEW_PATHS.set(trees, paths);
  return paths;
}

function likeness(old: ReadonlySet<string>, text: string): number {
  const lines = new Set(linesOf(text));
  const shared = [...lines].filter((line) => old.has(line)).length;
  return shared / Math.max(1, old.size, lines.size);
}

/** Lines that say something: closing brackets alone are in every file. */
function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /\w/.test(line));
}

function folderOf(path: RepoPath): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** `cart` of `src/shop/cart.ts`. */
function baseOf(path: RepoPath): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\..*/s, '');
}

/**
 * How much a broken promise costs by how many files lean on it: 20 critical, 5 high (incidents catalogue, contract). Counts
 * by name alone are upper bounds and stop at high; nobody outside leaning on it is undefined.
 */
export function severityByFanIn(radius: BlastRadius): Severity | undefined {
  if (radius.files === 0) return undefined;
  if (!isResolved(radius)) return radius.files >= 5 ? 'high' : 'medium';
  return radius.files >= 20 ? 'critical' : radius.files >= 5 ? 'high' : 'medium';
}

/** True where each use was followed to the symbol: by types, or by imports and scopes where nothing in a file hides it. */
function isResolved({ method, atMost }: BlastRadius): boolean {
  return method === 'types' || (method === 'imports' && !atMost);
}

/**
 * The same, and high from the first caller on that is known to be this symbol's and was left as it was: whoever it is, it
 * breaks. A name that anybody may have, and callers that are tests alone, stay with the count.
 */
export function severityOfBreak(
  input: RuleInput,
  symbol: SymbolFact,
  radius: BlastRadius,
  isAffected: (line: string, dependent: Dependent) => boolean,
): Severity | undefined {
  const [here, elsewhere] = [severityHere(input, symbol, radius, isAffected), severityElsewhere(radius)];
  if (here === undefined || elsewhere === undefined) return here ?? elsewhere;
  return SEVERITIES.indexOf(elsewhere) > SEVERITIES.indexOf(here) ? elsewhere : here;
}

/** By the files of other repositories, which take the change with their next update and not before: never by the first alone. */
function severityElsewhere({ foreign }: BlastRadius): Severity | undefined {
  if (foreign === undefined || foreign.files === 0) return undefined;
  return foreign.files >= 20 && !foreign.isLikely ? 'critical' : foreign.files >= 5 ? 'high' : 'medium';
}

function severityHere(
  input: RuleInput,
  symbol: SymbolFact,
  radius: BlastRadius,
  isAffected: (line: string, dependent: Dependent) => boolean,
): Severity | undefined {
  const byCount = severityByFanIn(radius);
  if (isCarriedThrough(input, symbol, radius)) return 'low';
  // Counted by a name that many have, and none of those that were looked at can be a caller.
  if (
    radius.method === 'names' &&
    radius.dependents.length > 0 &&
    isCompiled(input) &&
    dependentsLeft(input, radius, isAffected).length === 0
  )
    return 'low';
  if (byCount !== 'medium' || radius.files <= radius.tests) return byCount;
  const isKnown = (line: string, dependent: Dependent): boolean =>
    isAffected(line, dependent) &&
    (isResolved(radius) ||
      // Callers that no type leads to were chosen one by one (changed-signatures.ts).
      (radius.method === 'names' && input.before?.language === 'typescript' && dependent.message.startsWith('calls ')) ||
      namesOrigin(input, symbol, dependent));
  return dependentsLeft(input, radius, isKnown).length > 0 ? 'high' : byCount;
}

/**
 * True where callers of a compiled language were rewritten with the function, and the rest were counted by a name that many
 * have: a caller of this one that was left does not compile, so what still stands calls another.
 */
function isCarriedThrough(input: RuleInput, symbol: SymbolFact, radius: BlastRadius): boolean {
  if (radius.method !== 'names' || !isCompiled(input)) return false;
  const [name = '', owner = ''] = symbol.name.split('.').reverse();
  // `new` is a method of everything: its owner stands before it.
  const isOurs = ({ callee, kind }: Call): boolean =>
    kind === 'new' ? lastName(callee) === owner : lastName(callee) === name && (name !== 'new' || callee.includes(owner));
  return [...input.addedElsewhere().calls, ...(input.after?.calls.filter((call) => !had(input, call)) ?? [])].some(isOurs);
}

function isCompiled({ before }: RuleInput): boolean {
  return /^(go|java|rust)$/.test(before?.language ?? '');
}

function had({ before }: RuleInput, call: Call): boolean {
  return before?.calls.some(({ key }) => key === call.key) === true;
}

/** The dependent's file says where the name comes from: the type that owns it, the package before it, or an import of its file. */
function namesOrigin(input: RuleInput, symbol: SymbolFact, { path }: Dependent): boolean {
  const content = input.trees.before.read(path);
  if (content?.kind !== 'text' || path === input.path) return false;
  const [name = '', owner = ''] = symbol.name.split('.').reverse();
  if (owner !== '') return content.text.split(/[^\w$]+/).includes(owner);
  const folder = folderOf(input.path);
  // A crate of Rust is named by the folder around its sources.
  const crate = /\.rs$/.test(input.path) ? folder.replace(/(^|\/)src$/, '') : folder;
  const home = crate.slice(crate.lastIndexOf('/') + 1);
  if (input.path.endsWith('.go')) return folder === folderOf(path) || content.text.includes(`${home}.${name}`);
  const module = /^(index|mod|lib|__init__)$/.test(baseOf(input.path)) ? home : baseOf(input.path);
  // A package of a monorepo, by its scoped name: `@shop/tax` of `packages/tax/src/rates.ts`.
  const ofPackage = input.before?.language === 'typescript' ? /(?<![\w.-])([\w.-]+)\/src\//.exec(input.path)?.[1] : undefined;
  const namesIt = (line: string): boolean =>
    (ofPackage !== undefined && /['"]@[\w.-]+\/([\w.-]+)['"]/.exec(line)?.[1] === ofPackage) ||
    line
      .split(/[^\w$-]+/)
      // A package of Python passes on what its modules have.
      .some((word) => word === module || word === module.replaceAll('-', '_') || (input.path.endsWith('.py') && word === home));
  return content.text.split('\n').some((line) => /\b(import|from|require|use)\b/.test(line) && namesIt(line));
}

/** `pub(crate)` and `pub(super)` of Rust: nobody outside the build can ask, and the build names everybody inside. */
export function isWithinBuild(input: RuleInput, symbol: SymbolFact): boolean {
  const content = input.path.endsWith('.rs') ? input.trees.before.read(input.path) : undefined;
  if (content?.kind !== 'text') return false;
  const line = content.text.split('\n')[symbol.range.start.line - 1] ?? '';
  return /^\s*pub\s*\(/.test(line);
}

/** `14 dependents`, and with an index of others `, at least 5 elsewhere`; doors say beside it where they stand. */
export function fanIn(radius: BlastRadius): string {
  const elsewhere = isUsedElsewhere(radius) ? `, at least ${radius.foreign?.references ?? 0} elsewhere` : '';
  if (radius.files === 0 && elsewhere !== '') return `no dependent here${elsewhere}`;
  const most = radius.atMost && radius.method !== 'types' ? 'at most ' : '';
  return `${most}${radius.references} ${radius.references === 1 ? 'dependent' : 'dependents'}${elsewhere}`;
}
