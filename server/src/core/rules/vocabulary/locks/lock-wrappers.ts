import type { Call, CodeToken, SourceFacts } from '../../../model/facts.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { endOfCall } from '../code/call-ends.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { endOfLocked, writesIn, writesOf } from './locked-parts.ts';
import { takesLock } from './takes-lock.ts';

/** More files than this that name a function say that its name is a common one. */
const MOST_FILES = 6;

/**
 * True where the function which stands for `scope` hands its work to a function of the project now, or is decorated with one, that
 * runs what it is given while it holds a lock: `locked(() -> …)`, `board.exclusively(func() { … })`, `@guarded`. Not where the
 * lock is given back first, where it is made on the spot, since then everybody holds one of their own, or where any of what the
 * old lock protected is done beside the call. `line` is the 1-based line of the old lock.
 */
export function isRunUnderLock(input: RuleInput, scope: string, line: number): boolean {
  const { before, after } = input;
  const now = counterpartScope(input, scope);
  const calls = newCallsIn(input, scope).filter((call) => givesWork(call) && runsUnderLock(input, call));
  if (before === undefined || after === undefined || now === undefined || calls.length === 0) return false;
  if (calls.some(({ kind }) => kind === 'decorator')) return true;
  const wanted = writesOf(before, line, endOfLocked(before, scope, line));
  const ends = calls.map((call) => [call.range.start.line, Math.max(endOfCall(after, call), endOfWith(after, call))] as const);
  const open = writesIn(after, now, (at) => !ends.some(([from, to]) => from <= at && at <= to));
  return ![...open].some((kind) => wanted.has(kind));
}

/**
 * True where the function hands what it writes on the spot to a new function of the file that takes a lock and runs what it is
 * given without it: before it is taken, or after it was given back.
 */
export function isRunBesideLock(input: RuleInput, scope: string): boolean {
  const { before, after, path } = input;
  if (before === undefined || after === undefined) return false;
  return newCallsIn(input, scope).some(({ kind, args, callee }) => {
    if (kind !== 'call' || !args.some((argument) => /^(?:async )?fn$/.test(argument))) return false;
    const wrappers = wrappersIn(after, lastName(callee)).filter((wrapper) => !hasScope(before, wrapper.scope));
    return wrappers.some((wrapper) => runsOf(after, wrapper).length > 0 && !isLocking(input, path, after, wrapper));
  });
}

/** A decorator is given the whole function; a call a function without a name, or one by its name. */
function givesWork({ kind, args }: Call): boolean {
  return kind === 'decorator' || (kind === 'call' && args.some((argument) => /^(?:async )?fn$|^[\w.:]+$/.test(argument)));
}

function runsUnderLock(input: RuleInput, { callee }: Call): boolean {
  const { after, path } = input;
  const own = lastName(callee);
  if (after === undefined || !/^\w+$/.test(own)) return false;
  const here = wrappersIn(after, own);
  if (here.length > 0) return here.every((wrapper) => isLocking(input, path, after, wrapper));
  // Another file: one that takes a lock since this change, or one of the few that name it.
  const extension = path.slice(path.lastIndexOf('.'));
  const files = input.trees.after.mentioning(own, [extension]).filter((other) => other !== path);
  if (files.length > MOST_FILES) return false;
  const found = files.flatMap((other) => {
    const facts = input.factsAt('after', other);
    return facts === undefined ? [] : wrappersIn(facts, own).map((wrapper) => ({ other, facts, wrapper }));
  });
  return found.length > 0 && found.every(({ other, facts, wrapper }) => isLocking(input, other, facts, wrapper));
}

interface Wrapper {
  readonly scope: string;
  readonly parameters: readonly string[];
}

function wrappersIn(facts: SourceFacts, own: string): readonly Wrapper[] {
  return facts.symbols.flatMap(({ name, kind, parameters }) =>
    (kind === 'function' || kind === 'method') && lastName(name) === own && parameters.length > 0 && hasScope(facts, name)
      ? [{ scope: name, parameters: parameters.map((parameter) => parameter.name) }]
      : [],
  );
}

/** Every run of what the function was given stands under a lock that others hold too. */
function isLocking(input: RuleInput, path: RepoPath, facts: SourceFacts, { scope, parameters }: Wrapper): boolean {
  const inside = facts.calls.filter((call) => within(call.scope, scope));
  const locks = inside.filter((call) => takesLock(call, path) && !isMadeHere(facts, scope, receiver(call.callee)));
  const isHanded = (call: Call): boolean => call.args.some((argument) => parameters.includes(argument));
  if (locks.some(isHanded)) return true;
  const runs = [
    ...runsOf(facts, { scope, parameters }).map(({ range }) => [range.start.line, range.end.line] as const),
    ...yieldsOf(facts, scope),
  ];
  const held = [
    ...locks.map((lock) => [lock.range.end.line, endOfLocked(facts, lock.scope, lock.range.start.line)] as const),
    ...blocksOf(input, path, facts, scope),
  ];
  return runs.length > 0 && runs.every(([first, last]) => held.some(([from, to]) => from <= first && last <= to));
}

/** Lines on which a context of Python gives way to the block under its `with`. */
function yieldsOf(facts: SourceFacts, scope: string): readonly (readonly [number, number])[] {
  const place = facts.language === 'python' ? facts.scopes.find(({ name }) => name === scope) : undefined;
  const tokens = place === undefined ? [] : tokensOn(facts, place.startLine, place.endLine);
  return tokens.flatMap(({ text, line }) => (text === 'yield' ? [[line, line] as const] : []));
}

/** Calls that run what a function was given. */
function runsOf(facts: SourceFacts, { scope, parameters }: Wrapper): readonly Call[] {
  return facts.calls.filter(
    (call) =>
      within(call.scope, scope) &&
      (parameters.includes(call.callee) || (RUNS.test(lastName(call.callee)) && parameters.includes(receiver(call.callee)))),
  );
}

/** Java's ways to run what one was handed. */
const RUNS = /^(?:run|get|call|apply|accept|execute|invoke|test)$/;

/** `var mu sync.Mutex`, `Lock lock = new ReentrantLock()` in the function itself: a lock that nobody else knows. */
function isMadeHere(facts: SourceFacts, scope: string, name: string): boolean {
  if (!/^\w+$/.test(name) || /^(?:self|this|[a-z])$/.test(name)) return false;
  return facts.scopes.some(
    (place) =>
      place.name === scope &&
      tokensOn(facts, place.startLine, place.endLine).some(({ text }, at, tokens) => {
        if (text !== name || tokens[at - 1]?.text === '.') return false;
        const rest = tokens
          .slice(at + 1, at + 9)
          .map((token) => token.text)
          .join(' ');
        return /^(?::?= |sync \. (?:RW)?Mutex\b)/.test(rest) && /\b(?:new \w*Lock|Mutex|RLock|Lock \(|Semaphore)/.test(rest);
      }),
  );
}

/** First and last line of what stands under `with self._lock:` and `synchronized (this) {`; 1-based. */
function blocksOf(input: RuleInput, path: RepoPath, facts: SourceFacts, scope: string): readonly (readonly [number, number])[] {
  return facts.scopes.flatMap((place) => {
    if (place.name !== scope) return [];
    const tokens = tokensOn(facts, place.startLine, place.endLine);
    return tokens.flatMap(({ text, line }, at): (readonly [number, number])[] => {
      if (text === 'synchronized' && facts.language === 'java') return [[line, endOf(tokens.slice(at), '{', '}') ?? line]];
      const names = tokens.slice(at + 1, at + 9).filter((token) => token.line === line);
      if (text !== 'with' || !names.some((name) => /lock|mutex|_mu$|\bsem/i.test(name.text))) return [];
      if (names.some((name) => isMadeHere(facts, scope, name.text) || /^(?:Lock|RLock|Semaphore)$/.test(name.text))) return [];
      return [[line, endOfIndented(input, path, line, place.endLine)]];
    });
  });
}

/** The last line of what stands under `with held(redis, name):`; 0 for any other call. Blocks of Python have brackets among the tokens. */
function endOfWith(facts: SourceFacts, { range }: Call): number {
  const { line } = range.start;
  if (facts.language !== 'python' || !tokensOn(facts, line, line).some(({ text }) => text === 'with')) return 0;
  return endOf(tokensOn(facts, range.end.line + 1, Number.MAX_SAFE_INTEGER), '{', '}') ?? 0;
}

function endOf(tokens: readonly CodeToken[], open: string, close: string): number | undefined {
  let depth = 0;
  for (const { text, line } of tokens) {
    if (text === open) depth += 1;
    if (text === close) depth -= 1;
    if (text === close && depth === 0) return line;
  }
  return undefined;
}

function endOfIndented(input: RuleInput, path: RepoPath, line: number, last: number): number {
  const content = input.trees.after.read(path);
  const lines = content?.kind === 'text' ? content.text.split('\n') : [];
  const indent = (text: string): number => text.length - text.trimStart().length;
  const own = indent(lines[line - 1] ?? '');
  for (let at = line; at < last; at += 1) {
    const text = lines[at] ?? '';
    if (text.trim() !== '' && indent(text) <= own) return at;
  }
  return last;
}
