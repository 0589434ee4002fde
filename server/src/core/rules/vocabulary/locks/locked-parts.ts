import type { SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { isWrite, lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { hasScope, within } from '../code/counterpart.ts';
import { hasLock, takesLock } from './takes-lock.ts';

/** A change that is cut up further than this is not followed to its end. */
const REACH = 24;

/** More files than this that name a function say that its name is a common one. */
const MOST_FILES = 6;

/**
 * True where the work that a lock protected went, with a lock, into functions that are new in this change and that the function
 * which lost its own calls, itself or through others: a worker function, and the type whose methods lock. Not where any of what the
 * lock protected is done outside of the locked ones. `line` is the 1-based line of the old lock, `old` the function it stood in.
 */
export function isLockedInPart(input: RuleInput, scope: string, old: string, line: number): boolean {
  const { before, after, path } = input;
  if (before === undefined || after === undefined) return false;
  const wanted = writesOf(before, line, endOfLocked(before, old, line));
  const parts = newPartsOf(before, after, scope);
  const locked = parts.filter((part) => hasLock(after, part, path));
  const isOpen = (at: number): boolean => !locked.some((outer) => within(innermostAt(after, at), outer));
  const open = [scope, ...parts.filter((part) => !locked.some((outer) => within(part, outer)))];
  if (open.some((part) => isAnyOf(writesIn(after, part, isOpen), wanted))) return false;
  const does = (facts: SourceFacts, part: string): boolean => wanted.size === 0 || isAnyOf(writesIn(facts, part), wanted);
  return locked.some((part) => does(after, part)) || lockedElsewhere(input, open).some(({ facts, part }) => does(facts, part));
}

/**
 * True where the lock went into one new function, and an entry that it protected is set in another one which takes none: a lookup
 * that locks, beside a `put` that does not. Of the function itself nothing is said.
 */
export function isSetInOpenPart({ before, after, path }: RuleInput, scope: string, old: string, line: number): boolean {
  if (before === undefined || after === undefined || !writesOf(before, line, endOfLocked(before, old, line)).has('entry')) return false;
  const parts = newPartsOf(before, after, scope);
  const locked = parts.filter((part) => hasLock(after, part, path));
  return locked.length > 0 && parts.some((part) => !locked.some((outer) => within(part, outer)) && writesIn(after, part).has('entry'));
}

/** From the lock to where it is given back, or to the end of its function. */
export function endOfLocked(facts: SourceFacts, place: string, from: number): number {
  const end = Math.max(from, ...facts.scopes.filter(({ name }) => name === place).map(({ endLine }) => endLine));
  const releases = facts.calls.filter(
    (call) =>
      call.scope === place &&
      call.runs !== 'deferred' &&
      call.range.start.line > from &&
      /^(?:r?unlock|release)$/i.test(lastName(call.callee)),
  );
  return Math.min(end, ...releases.map(({ range }) => range.start.line));
}

function innermostAt(facts: SourceFacts, at: number): string {
  return facts.scopes
    .filter(({ startLine, endLine }) => startLine <= at && at <= endLine)
    .reduce((deepest, { name }) => (name.length > deepest.length ? name : deepest), '');
}

function isAnyOf(some: ReadonlySet<string>, wanted: ReadonlySet<string>): boolean {
  return [...some].some((kind) => wanted.has(kind));
}

export function writesIn(facts: SourceFacts, part: string, isWanted?: (at: number) => boolean): ReadonlySet<string> {
  return new Set(
    facts.scopes.flatMap(({ name, startLine, endLine }) => (name === part ? [...writesOf(facts, startLine, endLine, isWanted)] : [])),
  );
}

/** Calls that change something, by their last name, and the ways in which a field, an entry or a list is changed. */
export function writesOf(
  facts: SourceFacts,
  from: number,
  to: number,
  isWanted: (at: number) => boolean = () => true,
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { callee, kind, range } of facts.calls) {
    const at = range.start.line;
    if (kind === 'call' && callee.includes('.') && from <= at && at <= to && isWanted(at) && isWrite(callee)) found.add(lastName(callee));
  }
  const tokens = tokensOn(facts, from, to).filter(({ line }) => isWanted(line));
  for (const [index, { text }] of tokens.entries()) {
    const [owner, previous, next] = [tokens[index - 2]?.text, tokens[index - 1]?.text ?? '', tokens[index + 1]?.text];
    // The counter of a loop belongs to its function.
    if (/^(?:\+\+|--|\+=|-=)$/.test(text) && (owner === '.' || previous === ']' || !/^[a-z]$/.test(previous))) found.add('step');
    if (text === ']' && next === '=') found.add('entry');
    if (text === '=' && next === 'append') found.add('append');
    if (text === '=' && previous !== ']' && owner === '.') found.add('field');
  }
  return found;
}

interface Named {
  readonly name: string;
  /** Called on something: a method of it, or a function of a module. */
  readonly isAsked: boolean;
}

/** What a function calls, and what it hands on by name: `Thread(target=_work)`, `submit(step)`. */
function namesIn(facts: SourceFacts, scope: string): readonly Named[] {
  return facts.calls
    .filter((call) => within(call.scope, scope))
    .flatMap(({ callee, args }) => [
      { name: lastName(callee), isAsked: callee.includes('.') },
      ...args.flatMap((argument) => {
        const name = /^(?:target=)?(?:(?:this|self)(?:\.|::))?(\w+)$/.exec(argument)?.[1];
        return name === undefined ? [] : [{ name, isAsked: false }];
      }),
    ]);
}

/** A method is asked of something: `results.add`, and no `wg.Add` beside a function `Add`. */
function isNamed(part: string, names: readonly Named[]): boolean {
  const own = lastName(part);
  return names.some(({ name, isAsked }) => name === own && (!isAsked || part.includes('.')));
}

/** Functions that only the after side has, and that a function calls, itself or through others of them. */
function newPartsOf(before: SourceFacts, after: SourceFacts, scope: string): readonly string[] {
  const fresh = after.scopes.map(({ name }) => name).filter((name) => !hasScope(before, name));
  const found = new Set<string>();
  const from = [scope];
  for (let at = 0; at < from.length && found.size < REACH; at += 1) {
    const names = namesIn(after, from[at] ?? '');
    for (const part of fresh) {
      if (found.has(part) || !isNamed(part, names)) continue;
      found.add(part);
      from.push(part);
    }
  }
  return [...found];
}

/** Methods of other files of the change that take a lock, and that one of these functions calls. */
function lockedElsewhere(input: RuleInput, callers: readonly string[]): readonly { readonly facts: SourceFacts; readonly part: string }[] {
  const { after, path } = input;
  const names = after === undefined ? [] : callers.flatMap((caller) => namesIn(after, caller));
  const parts = new Set(
    input
      .addedElsewhere()
      .calls.filter((call) => call.scope !== '' && takesLock(call, path) && isNamed(call.scope, names))
      .map(({ scope }) => scope),
  );
  const extension = path.slice(path.lastIndexOf('.'));
  return [...parts].flatMap((part) => {
    const files = input.trees.after.mentioning(lastName(part), [extension]).filter((other) => other !== path);
    return (files.length > MOST_FILES ? [] : files).flatMap((other) => {
      const facts = input.factsAt('after', other);
      return facts !== undefined && hasScope(facts, part) ? [{ facts, part }] : [];
    });
  });
}
