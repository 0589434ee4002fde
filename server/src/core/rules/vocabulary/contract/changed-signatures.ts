import type { SourceFacts, SymbolFact } from '../../../model/facts.ts';
import type { BlastRadius, Dependent } from '../../../model/radius.ts';
import type { FileContent, RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { words } from '../code/call-names.ts';
import { keepOf } from '../code/kept.ts';
import { escaped } from '../code/literal-patterns.ts';
import { isOverloadGone } from '../code/overloads.ts';
import { isAmong, longestHead, symbolsNamed, symbolsStartingOn } from '../code/symbols-by-name.ts';

/**
 * Exported functions and methods of the old side that stand in the file no more as they were, whatever hunk they stood in: what
 * took their place is told where it stands (`isTheirPlace`).
 */
export function changedFunctions(input: RuleInput): readonly SymbolFact[] {
  const { before, after } = input;
  if (before === undefined || after === undefined) return [];
  const kept = keysOf(after);
  const namesakes = namesakesHere(input, before, after).filter((symbol) => !kept.has(symbol.key));
  const candidates = new Set([...input.removed.symbols, ...namesakes]);
  return [...candidates]
    .filter(
      (symbol) =>
        indexesOf(before).has(symbol) &&
        symbol.exported &&
        (symbol.kind === 'function' || symbol.kind === 'method') &&
        !isOverloadGone(input, symbol),
    )
    .sort((a, b) => (indexesOf(before).get(a) ?? 0) - (indexesOf(before).get(b) ?? 0));
}

/** Symbols of the old side whose namesake on the new side stands in this hunk. */
function namesakesHere({ hunk }: RuleInput, before: SourceFacts, after: SourceFacts): readonly SymbolFact[] {
  const { start, lines } = hunk.after;
  return symbolsStartingOn(after, start - longestHead(after), start + lines - 1)
    .filter(({ range }) => range.end.line >= start)
    .flatMap(({ name, kind }) => symbolsNamed(before, name).filter((symbol) => symbol.kind === kind));
}

const indexesOf = keepOf(({ symbols }: SourceFacts): ReadonlyMap<SymbolFact, number> => new Map(symbols.map((symbol, at) => [symbol, at])));

const keysOf = keepOf((facts: SourceFacts): ReadonlySet<string> => new Set(facts.symbols.map(({ key }) => key)));

/** True where this hunk is the one to tell of it: the new form stands here, or nowhere among the changed lines and the old one did. */
export function isTheirPlace(input: RuleInput, old: SymbolFact, now: SymbolFact): boolean {
  const { start, lines } = input.hunk.after;
  if (now.range.start.line < start + lines && now.range.end.line >= start) return !beginsAbove(input, old, now);
  if (!isAmong(input.removed.symbols, old)) return false;
  const had = new Set(linesOf(input, 'before'));
  return linesOf(input, 'after')
    .slice(now.range.start.line - 1, now.range.end.line)
    .every((line) => had.has(line));
}

/** A signature of several lines may be cut into several hunks: the first of them tells. */
function beginsAbove(input: RuleInput, old: SymbolFact, now: SymbolFact): boolean {
  const had = new Set(linesOf(input, 'before').slice(old.range.start.line - 1, old.range.end.line));
  return !linesOf(input, 'after')
    .slice(now.range.start.line - 1, Math.max(now.range.start.line - 1, input.hunk.after.start - 1))
    .every((line) => had.has(line));
}

function linesOf({ trees, path }: RuleInput, side: 'before' | 'after'): readonly string[] {
  const content = trees[side].read(path);
  return content?.kind === 'text' ? trimmedLines(content) : [];
}

const trimmedLines = keepOf((content: FileContent): readonly string[] =>
  content.kind === 'text' ? content.text.split('\n').map((line) => line.trim()) : [],
);

const EVERYDAY =
  /^(get|set|add|has|map|find|filter|delete|remove|update|create|run|call|send|close|open|start|stop|init|push|pop|next|then|catch|on|off|emit|load|save|read|write|parse|format|render|apply|bind|toString|valueOf|toJSON|execute|handle|process|query|fetch|list|count|reset|clear|log|test|match|join|split|append|insert|put|post|patch)$/;

/**
 * Callers of a method that no type leads to: JavaScript beside TypeScript, where the object was handed over. The name says it
 * where the object is called like its class, or where it is of several words.
 */
export function untypedCallers(input: RuleInput, symbol: SymbolFact): BlastRadius | undefined {
  const [method = '', owner = ''] = symbol.name.split('.').reverse();
  if (input.before?.language !== 'typescript' || symbol.kind !== 'method' || owner === '' || method === '') return undefined;
  const own = words(owner).split(' ');
  const called = new RegExp(`(?<![\\w$])\\d*([A-Za-z_$][\\w$]*)\\.${escaped(method)}\\s*\\(`);
  const isLong = method.length >= 8 && /[a-z][A-Z]/.test(method);
  const dependents: Dependent[] = [];
  const files = new Set<RepoPath>();
  for (const path of input.trees.before.mentioning(method, ['.js', '.jsx', '.mjs', '.cjs'])) {
    const content = input.trees.before.read(path);
    if (path === input.path || content?.kind !== 'text') continue;
    // A file that has such a method of its own calls that one.
    if (new RegExp(`(function|async|static)\\s+${escaped(method)}\\s*\\(`).test(content.text)) continue;
    for (const [at, line] of content.text.split('\n').entries()) {
      const holder = called.exec(line)?.[1];
      if (holder === undefined || /^(this|super|console|Math|JSON|Object|Array|Promise)$/.test(holder)) continue;
      const isNamed = words(holder)
        .split(' ')
        .some((word) => own.some((part) => part.length > 2 && (word === part || word === `${part}s`)));
      if (!isNamed && (!isLong || EVERYDAY.test(method))) continue;
      files.add(path);
      dependents.push({ path, line: at + 1, message: `calls ${method}` });
    }
  }
  if (files.size === 0) return undefined;
  const tests = [...files].filter((path) => /(^|\/)(tests?|__tests__)\/|[._-](test|spec)\./.test(path)).length;
  const { size } = files;
  return {
    references: dependents.length,
    files: size,
    transitiveFiles: size,
    packages: 1,
    tests,
    exported: true,
    method: 'names',
    atMost: true,
    dependents: dependents.slice(0, 100),
  };
}

/** How far a symbol reaches, its callers without types among them. */
export function reachOf(input: RuleInput, symbol: SymbolFact): BlastRadius | null {
  const radius = input.reach.of(symbol);
  if (radius === null || radius.files > 0) return radius;
  const untyped = untypedCallers(input, symbol);
  if (untyped === undefined) return radius;
  return radius.foreign === undefined ? untyped : { ...untyped, foreign: radius.foreign };
}
