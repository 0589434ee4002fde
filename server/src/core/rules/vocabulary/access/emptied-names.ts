import type { SourceFacts, SymbolFact } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';
import { keepOf } from '../code/kept.ts';
import { tokenTexts } from '../code/token-lines.ts';

/** A name that guarded, and now stands for a function that does nothing. */
export interface EmptiedName {
  readonly name: string;
  readonly range: Range;
}

const EXTENSIONS: readonly `.${string}`[] = ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.py', '.go', '.java', '.rs'];
/** More files than this that speak of a name are not read for it. */
const MOST_FILES = 20;

/**
 * Names of guards that this file had from another module and that mean something else now, with every use as it was: an import
 * that leads to another file, or a function of this file in its place, whose body lets everybody through.
 */
export function* emptiedNames(input: RuleInput, isGuard: (name: string) => boolean): Iterable<EmptiedName> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined) return;
  const told = new Set<string>();
  for (const [at, text] of hunk.added.entries()) {
    const line = hunk.after.start + at;
    // Once for all names of the line, which may be 100 kB long (test/fuzz/long-line.test.ts).
    const isImport = isImportLine(text);
    for (const name of new Set(text.match(/[A-Za-z_$][\w$]*/g))) {
      if (told.has(name) || WORDS.has(name) || !(isGuard(name) || isImport)) continue;
      if (!wasImported(before, name) || !isUsed(after, name, line)) continue;
      // `Guards.requireAdmin(user)`: what is asked of the module or the class that the import brings.
      const guards = isGuard(name) ? [name] : isImport ? membersOf(after, name).filter(isGuard) : [];
      const empty = guards.find((guard) =>
        declares(after, guard, line) ? letsThrough(after, guard) : isImport && leadsToEmpty(input, guard, text),
      );
      if (empty === undefined) continue;
      told.add(name);
      yield { name: empty, range: rangeOfLine(input, 'after', line) };
    }
  }
}

/** Of languages: none of them names a guard or a module. */
const WORDS: ReadonlySet<string> = new Set(
  'import from export use const let var as type default function async await return new'.split(' '),
);

function membersOf(facts: SourceFacts, name: string): readonly string[] {
  return facts.calls.flatMap(({ callee }) => (callee.startsWith(`${name}.`) || callee.startsWith(`${name}::`) ? [lastName(callee)] : []));
}

function isImportLine(text: string): boolean {
  return /^\s*(import|from|export|use|const|let|var)\b/.test(text) && !/=>|\bfunction\b/.test(text);
}

/** Nothing of this file declared it. */
function wasImported(facts: SourceFacts, name: string): boolean {
  return tokenTexts(facts).has(name) && !namesDeclared(facts).has(name);
}

const namesDeclared = keepOf(
  (facts: SourceFacts): ReadonlySet<string> =>
    new Set([
      ...facts.scopes.map((scope) => lastName(scope.name)),
      ...facts.symbols.flatMap((symbol) => (symbol.kind === 'export' ? [] : [lastName(symbol.name)])),
    ]),
);

function isUsed(facts: SourceFacts, name: string, line: number): boolean {
  return facts.tokens.some((token) => token.text === name && token.line !== line);
}

function declares(facts: SourceFacts, name: string, line: number): boolean {
  return (
    facts.scopes.some((scope) => lastName(scope.name) === name && scope.startLine === line) ||
    (facts.symbols.some(
      (symbol) => lastName(symbol.name) === name && symbol.range.start.line === line && /^(function|variable)$/.test(symbol.kind),
    ) &&
      letsThrough(facts, name))
  );
}

/** The module that the import names now has such a function, and it does nothing; the one it named before did more. */
function leadsToEmpty(input: RuleInput, name: string, text: string): boolean {
  const files = moduleFiles(input, 'after', name, text);
  const [file] = files;
  if (file === undefined || files.length > 1) return false;
  const facts = input.factsAt('after', file);
  return facts !== undefined && letsThrough(facts, name);
}

function moduleFiles({ trees, path }: RuleInput, side: 'before' | 'after', name: string, text: string): readonly RepoPath[] {
  const spec =
    /['"]([^'"]+)['"]/.exec(text)?.[1] ??
    /^\s*from\s+([\w.]+)\s+import\b/.exec(text)?.[1]?.replaceAll('.', '/') ??
    /^\s*import\s+(?:static\s+)?([\w.]+);/.exec(text)?.[1]?.replaceAll('.', '/') ??
    '';
  const base = (spec.split('/').at(-1) ?? '').replace(/\.[cm]?[jt]sx?$/, '');
  if (base === '') return [];
  const found = trees[side].mentioning(name, EXTENSIONS);
  if (found.length > MOST_FILES) return [];
  return found.filter((file) => {
    const bare = file.replace(/\.\w+$/, '').replace(/\/(index|__init__|mod)$/, '');
    return (
      file !== path &&
      bare.split('/').at(-1) === base &&
      (!spec.includes('/') || spec.startsWith('.') || spec.startsWith('@') || bare.endsWith(spec))
    );
  });
}

/** A body that neither asks nor refuses: `next()`, `return view`, `pass`, nothing. */
export function letsThrough(facts: SourceFacts, name: string): boolean {
  const scopes = facts.scopes.filter((scope) => lastName(scope.name) === name);
  const [scope] = scopes;
  if (facts.symbols.some((symbol) => lastName(symbol.name) === name && neverAsked(symbol))) return false;
  const place = scope ?? placeOf(facts, name);
  if (place === undefined || scopes.length > 1 || place.endLine - place.startLine > 12) return false;
  const tokens = tokensOn(facts, place.startLine, place.endLine).map(({ text }) => text);
  if (tokens.some((text) => ASKS.test(text))) return false;
  const calls = facts.calls.filter(
    ({ range, kind }) => kind !== 'decorator' && range.start.line >= place.startLine && range.end.line <= place.endLine,
  );
  return calls.every(({ callee }) => HANDS_ON.test(lastName(callee)));
}

/** A list of constants, a type, and what is thrown: `class ForbiddenError extends Error {}`. */
function neverAsked({ kind, type }: SymbolFact): boolean {
  return /^(enum|type|interface)$/.test(kind) || (kind === 'class' && /(?:Error|Exception|Throwable)\b/.test(type));
}

/** `const requireAdmin = (req, res, next) => next();` on a line of its own. */
function placeOf(facts: SourceFacts, name: string): { readonly startLine: number; readonly endLine: number } | undefined {
  const symbol = facts.symbols.find((other) => lastName(other.name) === name && /^(function|variable)$/.test(other.kind));
  if (symbol === undefined) return undefined;
  const { line } = symbol.range.start;
  const isFunction = tokensOn(facts, line, line).some(({ text }) => /^(=>|function|lambda|func|def|\|\||\|)$/.test(text));
  return isFunction ? { startLine: line, endLine: Math.max(line, symbol.range.end.line) } : undefined;
}

const ASKS =
  /^(if|throw|raise|assert|switch|match|case|unless|\?|&&|\|\||await|try|and|or|not|!|Forbidden|Unauthorized|require|check|verify|[45]\d\d|==|===|!=|!==)$/;
const HANDS_ON = /^(next|view|handler|fn|func|f|call_next|callNext|ServeHTTP|wrapped|wraps|done|cb|callback|resolve|Ok|HandlerFunc)$/;
