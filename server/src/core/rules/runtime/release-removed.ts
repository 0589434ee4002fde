import type { Call, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, receiver, shorten, words } from '../vocabulary/code/call-names.ts';
import { rangeOfLine, scopeAtLine, tokensOn } from '../vocabulary/code/code-text.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { holdsLine } from '../vocabulary/code/hunk-lines.ts';
import { isExtracted } from '../vocabulary/code/scope-changes.ts';
import { lostCleanups } from '../vocabulary/effects/lost-cleanups.ts';
import { givenBack, givesBack, type SureRelease, sureReleases } from '../vocabulary/locks/sure-releases.ts';

/**
 * ## What it sees
 * A lock, a connection, a file or the like that was given back on every way out of a function (`finally`, `ensure`, `defer`,
 * `with`, `using`, a `try` with resources) and is now given back on some of them, or by nobody, while it is still taken. A timer, a listener or a connection that a component ended when
 * it went (the function that an effect hands back, `onUnmounted`, `ngOnDestroy`), and ends no more.
 *
 * ## Why it matters
 * The first error keeps it. A lock then stops everybody for ever; a pool runs out of connections after as many errors as it has.
 *
 * ## When it is fine
 * Another block gives it back, a helper takes and gives it back, the function hands it out, or nothing between taking and giving
 * back can leave the function. These are not flagged.
 *
 * ## What it misses
 * What is taken in one function and given back in another, and what a language ends by itself where its name ends (Rust).
 */
export default defineRule({
  id: 'runtime/release-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'What was taken is not given back on every way out',
  reads: ['calls', 'tokens'],
  evidence: [
    { title: 'CodeQL java/unreleased-lock', url: 'https://codeql.github.com/codeql-query-help/java/java-unreleased-lock/' },
    { title: 'Sonar S2095: resources should be closed', url: 'https://rules.sonarsource.com/java/RSPEC-2095/' },
  ],
  *check(input): Iterable<FindingDraft> {
    const { before, after, hunk } = input;
    if (before === undefined || after === undefined) return;
    for (const { range, taken } of lostCleanups(input))
      yield { side: 'before', range, severity: 'medium', message: fitMessage(`what \`${taken}\` began is not ended any more`) };
    const told = new Set<string>();
    for (const sure of sureReleases(before)) {
      if (sure.line < hunk.before.start || sure.line >= hunk.before.start + hunk.before.lines) continue;
      const lost = sure.release === undefined ? fromHead(input, sure) : fromRelease(input, sure.release);
      if (lost === undefined || told.has(lost.message)) continue;
      told.add(lost.message);
      yield { side: 'before', range: rangeOfLine(input, 'before', sure.line), ...lost };
    }
  },
});

type Lost = Pick<FindingDraft, 'message' | 'severity'>;

/** A call in a block that always ran. */
function fromRelease(input: RuleInput, release: Call): Lost | undefined {
  const { before, after } = input;
  const scope = counterpartScope(input, release.scope);
  if (before === undefined || after === undefined || scope === undefined || release.scope === '' || isExtracted(input, release))
    return undefined;
  const thing = givenBack(release);
  const root = thing === '' ? lastName(release.callee) : thing;
  const takers = outermost(before.calls.filter((call) => within(call.scope, release.scope) && takes(before, call, root)));
  const taken = after.calls.find(
    (call) => within(call.scope, scope) && takers.some(({ callee }) => ofOwner(callee) === ofOwner(call.callee)),
  );
  if (taken === undefined) return undefined;
  return judge(input, { scope, taken, root, name: lastName(release.callee) });
}

/** What a call is handed takes nothing: `r.Context()` of `context.WithTimeout(r.Context(), LIMIT)`. */
function outermost(calls: readonly Call[]): readonly Call[] {
  return calls.filter((call) => !calls.some((other) => other !== call && other.args.some((text) => text.includes(`${call.callee}(`))));
}

/** What a function took from outside stands in a field where it became a method: `pool.connect` and `this.pool.connect`. */
function ofOwner(callee: string): string {
  return callee.replace(/^(?:this|self)\./, '');
}

/** The head of a block that gave back at its end. */
function fromHead(input: RuleInput, { line, taken, name }: SureRelease): Lost | undefined {
  const { before, after } = input;
  const own = scopeAtLine(before, line);
  const scope = counterpartScope(input, own);
  if (after === undefined || scope === undefined || own === '') return undefined;
  const isTaken = (call: Call): boolean =>
    name === ''
      ? taken.some(({ callee }) => ofOwner(callee) === ofOwner(call.callee))
      : receiver(call.callee) === name && TAKES.test(lastName(call.callee));
  if (name === '' && !taken.some(({ callee }) => RESOURCE.test(words(callee)))) return undefined;
  const now = after.calls.find((call) => within(call.scope, scope) && isTaken(call));
  if (now === undefined) return undefined;
  return judge(input, { scope, taken: now, root: name === '' ? boundOn(after, now) : name, name: '' });
}

const TAKES = /^(?:r?lock|RLock|Lock|acquire|Acquire|tryLock|TryLock|lockInterruptibly|try_lock|enter)$/;
const RESOURCE =
  /\b(?:lock|acquire|conn|connect|connection|get connection|cursor|checkout|borrow|pool|socket|semaphore|lease|session|open connection|get resource|prepare statement|execute query|file input stream|file output stream|input stream|output stream|reader|writer)\b/;

interface Held {
  readonly scope: string;
  readonly taken: Call;
  readonly root: string;
  /** What the call was called that gave it back; empty where a block did. */
  readonly name: string;
}

/** What gives it back now, if anything: undefined where no way out keeps it. */
function judge(input: RuleInput, { scope, taken, root, name }: Held): Lost | undefined {
  const { after } = input;
  if (after === undefined || root === '') return undefined;
  // It may go by another name now.
  const names = new Set([root, boundOn(after, taken)]);
  const isOf = (call: Call): boolean => names.has(givenBack(call)) || lastName(call.callee) === root;
  // Another block does, under whatever name.
  const isSure = sureReleases(after).some(
    (sure) =>
      within(scopeAtLine(after, sure.line), scope) &&
      (sure.release === undefined ? sure.taken.some(({ key }) => key === taken.key) || isAddedLine(input, sure.line) : isOf(sure.release)),
  );
  if (isSure || isHandedOut(after, scope, root) || isTakenOver(after, taken) || isGivenBackByClass(after, scope)) return undefined;
  const from = taken.range.start.line;
  const releases = after.calls.filter(
    (call) =>
      within(call.scope, scope) && call.range.start.line >= from && isOf(call) && (givesBack(call) || lastName(call.callee) === name),
  );
  const last = Math.max(0, ...releases.map(({ range }) => range.start.line));
  const isLock =
    TAKES.test(lastName(taken.callee)) ||
    /release|checkin|put_?conn|unlock|Done/i.test(name) ||
    RESOURCE_OF_A_POOL.test(words(taken.callee));
  const severity = isLock ? {} : { severity: 'medium' as const };
  const shown = `\`${shorten(taken.callee, 30)}\``;
  if (releases.length === 0) return { message: fitMessage(`what ${shown} took is not given back any more`), ...severity };
  return keeps(after, { scope, from, last, releases })
    ? {
        message: fitMessage(`what ${shown} took stays taken where what follows fails`),
        ...severity,
      }
    : undefined;
}

const RESOURCE_OF_A_POOL = /\b(?:conn|connect|connection|get connection|checkout|borrow|pool)\b/;

/** Something between taking and giving back leaves the function and gives nothing back. */
function keeps(
  after: SourceFacts,
  {
    scope,
    from,
    last,
    releases,
  }: { readonly scope: string; readonly from: number; readonly last: number; readonly releases: readonly Call[] },
): boolean {
  // Where taking failed, nothing is held.
  const isAsked =
    tokensOn(after, from + 1, from + 1)[0]?.text === 'if' && tokensOn(after, from, from + 1).some(({ text }) => text === 'err');
  const exits = tokensOn(after, isAsked ? from + 3 : from, last - 1).filter(({ text }) => text === 'return').length;
  if (exits > releases.length - 1) return true;
  // An error of Go is a value; elsewhere any call may leave, and one that catches gives back a second time.
  if (after.language === 'go' || releases.length > 1) return false;
  return after.calls.some(
    ({ callee, scope: own, range, kind }) =>
      kind !== 'decorator' &&
      within(own, scope) &&
      range.start.line > from &&
      range.start.line < last &&
      !/^(?:len|str|int|print|puts|console\.\w+|log\w*\.\w+|System\.\w+\.\w+|Number|String|Date\.now|append|performance\.now|time\.time)$/.test(
        callee,
      ),
  );
}

/** The call whose outcome the name holds, or that takes what has this name: `rows, err := db.Query(…)`, `s.mu.Lock()`. */
function takes(facts: SourceFacts, call: Call, root: string): boolean {
  if (receiver(call.callee) === root) return TAKES.test(lastName(call.callee)) || /^Add$/.test(lastName(call.callee));
  return boundOn(facts, call, root) === root;
}

/** The name that the line of a call gives its outcome to; `wanted` where it is one of several. */
function boundOn(facts: SourceFacts, { range }: Call, wanted?: string): string {
  const words = tokensOn(facts, range.start.line, range.start.line).map(({ text }) => text);
  const at = words.findIndex((text) => text === '=' || text === ':=');
  const names = words.slice(0, Math.max(0, at)).filter((text) => /^(?!(?:err|ok|_|error)$)[A-Za-z_$][\w$]*$/.test(text));
  return wanted !== undefined && names.includes(wanted) ? wanted : (names.at(-1) ?? '');
}

/** The function hands out what it took: whoever asked for it gives it back. */
function isHandedOut(facts: SourceFacts, scope: string, root: string): boolean {
  const place = facts.scopes.find(({ name }) => name === scope);
  const tokens = place === undefined ? [] : tokensOn(facts, place.startLine, place.endLine);
  return tokens.some(
    ({ text }, at) =>
      /^(?:return|yield)$/.test(text) &&
      (tokens[at + 1]?.text === root || tokens[at + 2]?.text === root) &&
      !/^[.(]$/.test(tokens[at + 2]?.text ?? ''),
  );
}

/** The function became a class, which gives back at the end of the block that it stands at the head of: `__exit__`, `close`. */
function isGivenBackByClass(facts: SourceFacts, scope: string): boolean {
  return facts.calls.some(
    (call) =>
      /^\.(?:__a?exit__|close|Close|dispose|\[?Symbol\.(?:asyncD|d)ispose\]?)$/.test(call.scope.slice(scope.length)) &&
      within(call.scope, scope) &&
      givesBack(call),
  );
}

/** A stack of things to close, or a wrapper that closes, has it: `stack.enter_context(pool.connection())`. */
function isTakenOver(facts: SourceFacts, { range }: Call): boolean {
  const { line } = range.start;
  return tokensOn(facts, line, line).some(({ text }) =>
    /^(?:enter_context|enter_async_context|closing|aclosing|Using|use|register|addCleanup|Cleanup)$/.test(text),
  );
}

function isAddedLine({ hunk }: RuleInput, line: number): boolean {
  return holdsLine(hunk.after, line);
}
