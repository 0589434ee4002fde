import type { Call, CodeToken, SourceFacts } from '../../../model/facts.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { isWrite, words } from '../code/call-names.ts';
import { changedLines } from '../code/changed-lines.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { keepOf } from '../code/kept.ts';
import { mayMention } from '../code/mentions.ts';
import { endOfLocked } from './locked-parts.ts';
import { takesLock } from './takes-lock.ts';

/** A write that a lock protected and that stands behind it, or ahead of it, now. */
export interface NarrowedLock {
  readonly side: Side;
  readonly range: Range;
  /** The line as it is written. */
  readonly write: string;
  readonly scope: string;
}

/** A lock that is kept and held for less: what changes shared state in the same words stands outside of it now. */
export function* narrowedLocks(input: RuleInput): Generator<NarrowedLock> {
  const { before, after, path } = input;
  if (before === undefined || after === undefined) return;
  const isShared = (text: string, line: number): boolean =>
    changesShared(text) &&
    !isLocal(after, text, line) &&
    !(CLOCK.test(text) && /^(?:python|ruby|typescript|javascript)/.test(after.language));
  // The old side is known from the keystroke before: where it locks nothing, the new one is not looked through.
  const was = lockedStretches(before, path);
  if (was.length > 0) yield* leftBehind(input, was, lockedStretches(after, path), isShared);
}

/**
 * Lines that stood in a stretch and stand outside of all of them now, in the same function and, as `sayOf` gives them, the same words;
 * the first of each function alone.
 */
export function* leftBehind(
  input: RuleInput,
  was: readonly Stretch[],
  now: readonly Stretch[],
  isWanted: (text: string, line: number) => boolean,
  sayOf: (text: string) => string = (text) => text,
): Generator<NarrowedLock> {
  const { before, after } = input;
  if (before === undefined || after === undefined || was.length === 0 || now.length === 0) return;
  const told = new Set<string>();
  const outside = (facts: SourceFacts, stretches: readonly Stretch[], scope: string, text: string): number =>
    linesOfScope(facts, scope).filter((other) => sayOf(other.text) === text && !isIn(stretches, other.line)).length;
  for (const { line, text } of [...linesIn(after, input.hunk.after.start, input.hunk.after.lines), ...besideHunk(input, now)]) {
    if (isIn(now, line) || !isWanted(text, line)) continue;
    const home = now.find(({ scope }) => scopeHolds(after, scope, line));
    if (home === undefined || told.has(home.scope)) continue;
    const said = sayOf(text);
    const old = was.find(
      ({ scope, start, end }) =>
        counterpartScope(input, scope) === home.scope &&
        linesIn(before, start, end - start + 1).some((other) => sayOf(other.text) === said),
    );
    // It stood outside as well.
    if (old === undefined || outside(after, now, home.scope, said) <= outside(before, was, old.scope, said)) continue;
    told.add(home.scope);
    yield { ...placeOf(input, line), write: text, scope: home.scope };
  }
}

/** A stretch of lines, 1-based and inclusive, on which a function holds a lock. */
export interface Stretch {
  readonly scope: string;
  readonly start: number;
  readonly end: number;
}

const stretches = keepOf((_facts: SourceFacts) => new Map<string, readonly Stretch[]>());

/** From where a lock is taken to where it is given back: a block, the function that is handed over, or up to the release. */
export function lockedStretches(facts: SourceFacts, path: string): readonly Stretch[] {
  const known = stretches(facts).get(path);
  if (known !== undefined) return known;
  const found: Stretch[] = [];
  for (const call of facts.calls) {
    if (call.scope === '' || call.kind === 'decorator' || !takesLock(call, path)) continue;
    const start = call.range.start.line;
    // What is handed to it runs under it: `runExclusive(async () => { … })`.
    const end = handedBlock(facts, call) ?? blockBehind(facts, start) ?? endOfLocked(facts, call.scope, start);
    found.push({ scope: call.scope, start, end });
  }
  const heads = mayMention(facts, 'with') || mayMention(facts, 'synchronized') ? facts.tokens : [];
  for (const [at, { text, line }] of heads.entries()) {
    if (text !== 'with' && text !== 'synchronized') continue;
    const head = tokensOn(facts, line, line)
      .map((token) => token.text)
      .join(' ');
    if (text === 'with' && !LOCK.test(words(head))) continue;
    const end = endOfBlock(facts.tokens, at);
    const scope = innermost(facts, line);
    if (end !== undefined && scope !== '') found.push({ scope, start: line, end });
  }
  stretches(facts).set(path, found);
  return found;
}

const LOCK = /\b(?:lock|locks|locked|mutex|mu|semaphore|sem|rlock|condition|cond)\b/;

/** The last line of the function that a call is handed; undefined where it is handed none. */
export function handedBlock(facts: SourceFacts, { args, range }: Call): number | undefined {
  if (!args.some((argument) => /=>|->|^fn$|^(?:async )?(?:function|func|lambda|\|)/.test(argument))) return undefined;
  const first = facts.tokens.findIndex(({ line }) => line === range.start.line);
  return first < 0 ? undefined : endOfBlock(facts.tokens, first);
}

/** Only of a call that heads a block: `synchronized (lock) {`, `with lock:`. */
function blockBehind(facts: SourceFacts, line: number): number | undefined {
  const tokens = tokensOn(facts, line, line);
  const at = tokens.findIndex(({ text }) => text === 'synchronized' || text === 'with');
  const first = tokens[at];
  return first === undefined ? undefined : endOfBlock(facts.tokens, facts.tokens.indexOf(first));
}

/** The last line of the block whose head begins at a token; Python's indents are read as brackets. */
export function endOfBlock(tokens: readonly CodeToken[], from: number): number | undefined {
  let depth = 0;
  let isOpen = false;
  for (let at = from + 1; at < tokens.length && at - from < 4000; at += 1) {
    const text = tokens[at]?.text ?? '';
    if (text === '{') {
      depth += 1;
      isOpen = true;
    } else if (text === '}') {
      depth -= 1;
      if (depth < 0) return undefined;
      if (isOpen && depth === 0) return tokens[at]?.line;
    } else if (text === ';' && !isOpen) return undefined;
  }
  return undefined;
}

export function innermost(facts: SourceFacts, line: number): string {
  return facts.scopes
    .filter(({ startLine, endLine }) => startLine <= line && line <= endLine)
    .reduce((deepest, { name }) => (name.length > deepest.length ? name : deepest), '');
}

const isIn = (list: readonly Stretch[], line: number): boolean => list.some(({ start, end }) => start <= line && line <= end);

function scopeHolds(facts: SourceFacts, scope: string, line: number): boolean {
  return facts.scopes.some(({ name, startLine, endLine }) => within(name, scope) && startLine <= line && line <= endLine);
}

interface Line {
  readonly line: number;
  readonly text: string;
}

function linesIn(facts: SourceFacts, start: number, count: number): readonly Line[] {
  const found = new Map<number, string>();
  for (const { line, text } of tokensOn(facts, start, start + count - 1)) {
    if (/^[{};]$/.test(text) && !found.has(line)) continue;
    found.set(line, `${found.get(line) ?? ''} ${text}`);
  }
  return [...found].map(([line, text]) => ({ line, text: text.replace(/(?: [{};])+$/, '').trim() }));
}

function linesOfScope(facts: SourceFacts, scope: string): readonly Line[] {
  const place = facts.scopes.find(({ name }) => name === scope);
  return place === undefined ? [] : linesIn(facts, place.startLine, place.endLine - place.startLine + 1);
}

/** Lines that were left where they are while the release moved in front of them: those behind it, up to the end of the function. */
function besideHunk(input: RuleInput, now: readonly Stretch[]): readonly Line[] {
  const { after, hunk } = input;
  const isNear = now.filter(({ start, end }) => start <= hunk.after.start + hunk.after.lines && end >= hunk.after.start - 1);
  const freed = changedLines(input, 'before').some(({ text }) => RELEASES.test(text));
  if (after === undefined || !freed) return [];
  return isNear.flatMap(({ scope }) =>
    linesOfScope(after, scope).filter(({ line }) => line < hunk.after.start || line >= hunk.after.start + hunk.after.lines),
  );
}

/** A line that gives a field, an entry or a shared number another value, or asks something to be changed. */
function changesShared(text: string): boolean {
  if (ANSWERED.test(text)) return false;
  if (NOTED.test(words(text)) || /^(?:return|const|let|var|val|final|for|if|while|log)\b/.test(text))
    return /^(?:const|let|var|val|final)\b.* (?:pop|popleft|shift|remove|poll) \(/.test(text) && !NOTED.test(words(text));
  if (/^\w+ (?::?=) .* (?:pop|popleft|shift|poll) \(/.test(text)) return true;
  if (/^(?:(?:self|this|[a-z]\w*) (?:\.|->) [\w. ]+|[\w. ]+\[[^=]*\]|[\w. ]+) (?:[-+*/|&]?=|\+\+|--)(?: |$)/.test(text))
    return /\.|\[|[-+]=|\+\+|--/.test(text.replace(/ [-+*/|&]?= .*$/, (all) => (/^ [-+]=/.test(all) ? '+=' : '')));
  const callee = /^(?:await )?([\w$]+(?: (?:\.|->|\?\.) [\w$]+)+|delete) \(/.exec(text)?.[1];
  return (
    callee !== undefined &&
    (callee === 'delete' ||
      isWrite(callee.replaceAll(' ', '')) ||
      /\. (?:add|put|pop|push|remove|clear|append|discard|offer|poll|write)$/.test(callee))
  );
}

/** An answer is written by whoever holds the request. */
const ANSWERED = /^(?:w|rw|res|resp|response|writer|out|stdout) (?:\.|->) (?:[Ww]rite\w*|end|append|print\w*) \(/;

/** The time of now, of which the later one is as good: where an assignment cannot be torn. */
const CLOCK = / = (?:\w+ \. ){0,3}(?:now|time|utcnow|monotonic|perf_counter) \( (?:[\w. ]{0,40} )?\)$/;

/** What it changes was made in the function itself, and nobody else has it. */
function isLocal(facts: SourceFacts, text: string, line: number): boolean {
  const [root = ''] = /^[A-Za-z_$][\w$]*/.exec(text.replace(/^(?:await|delete \() /, '')) ?? [];
  if (/^(?:self|this)$/.test(root) || /^\S+ :?= .*(?:pop|popleft|shift|poll|remove) \(/.test(text)) return false;
  if (boundAbove(facts, root, line) !== undefined) return true;
  const declared = tokensOfFunction(facts, line);
  return declared.some(
    (word, at) => word === root && /^(?:var|let|const|int|long|double|float|boolean|String|mut)$/.test(declared[at - 1] ?? ''),
  );
}

function tokensOfFunction(facts: SourceFacts, line: number): readonly string[] {
  const place = facts.scopes.find(({ name }) => name === innermost(facts, line));
  return place === undefined ? [] : tokensOn(facts, place.startLine, line).map(({ text }) => text);
}

/** What is told or counted beside the work need not be locked, and better is not. */
const NOTED =
  /\b(?:log|logs|logger|logging|notify\w*|emit\w*|metrics?|trace|span|publish\w*|send\w*|unlock|release|print\w*|fmt|close|wg|cancel|done|signal|broadcast)\b/;

/** The write itself, or the release that stood behind it where the write was left on its line. */
function placeOf(input: RuleInput, line: number): { readonly side: Side; readonly range: Range } {
  const { start, lines } = input.hunk.after;
  if (start <= line && line < start + lines) return { side: 'after', range: rangeOfLine(input, 'after', line) };
  const release = changedLines(input, 'before').find(({ text }) => RELEASES.test(text));
  return { side: 'before', range: rangeOfLine(input, 'before', release?.line ?? input.hunk.before.start) };
}

const RELEASES = /\b(?:R?Unlock|unlock|release)\(/;
