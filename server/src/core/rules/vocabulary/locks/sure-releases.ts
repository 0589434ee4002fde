import type { Call, SourceFacts } from '../../../model/facts.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { keepOf } from '../code/kept.ts';

/** A place from which something is given back on every way out. */
export interface SureRelease {
  /** The 1-based line of `finally`, `ensure`, `defer`, `with`, `using` or `try (`. */
  readonly line: number;
  /** The call that gives back; undefined where the head of a block takes, and its end gives back by itself. */
  readonly release: Call | undefined;
  /** Calls in the head of such a block, and the bare name that stands there: `lock` of `with lock:`. */
  readonly taken: readonly Call[];
  readonly name: string;
}

const GIVES_BACK =
  /^(?:release|releaseConnection|release_connection|releaseLock|release_lock|releaseSync|returnObject|returnResource|putconn|put_conn|checkin|unlock|Unlock|RUnlock|close|Close|closeSync|dispose|disposeAsync|disconnect|Release)$/;

/** True for a call that gives back what was taken: a lock, a connection, a file. */
export function givesBack({ callee, kind }: Call): boolean {
  return kind === 'call' && GIVES_BACK.test(lastName(callee));
}

/** What a call gives back, as the code calls it: `rows` of `rows.Close()`, `conn` of `pool.putconn(conn)`, `s.mu` of `s.mu.Unlock()`. */
export function givenBack({ callee, args }: Call): string {
  const [first = ''] = args;
  const isHandedOver = /^[A-Za-z_$][\w$]*$/.test(first) && !/^(?:true|false|null|nil|None|err|error)$/.test(first);
  return isHandedOver
    ? first
    : receiver(callee)
        .replace(/^(\w+)\??\.Body$/, '$1')
        .replace(/[?!]$/, '');
}

/** All places of a file from which something is surely given back, in its order. */
export const sureReleases = keepOf((facts: SourceFacts): readonly SureRelease[] => {
  if (!/^(?:typescript|javascript|python|go|java|ruby)$/.test(facts.language)) return [];
  const found: SureRelease[] = [];
  for (const [at, { text, line }] of facts.tokens.entries()) {
    const before = facts.tokens[at - 1]?.text;
    const next = facts.tokens[at + 1]?.text ?? '';
    if (text === 'finally' || text === 'defer' || (text === 'ensure' && facts.language === 'ruby')) {
      const isRun = (call: Call): boolean =>
        givesBack(call) || (text === 'defer' && /^(?:cancel|\w*Cancel|wg\.Done|\w+\.Done)$/.test(call.callee));
      const following = facts.calls.filter((call) => call.range.start.line >= line && isRun(call));
      // The block is measured only where it may hold one: a file is longer than its releases are many.
      const last = following.length === 0 ? line : lastLineOf(facts, line);
      for (const release of following) if (release.range.start.line <= last) found.push({ line, release, taken: [], name: '' });
      continue;
    }
    const isHead =
      (text === 'with' && facts.language === 'python' && before !== '.') ||
      (text === 'using' && /^[A-Za-z_$]/.test(next)) ||
      (text === 'try' && next === '(' && facts.language === 'java');
    if (!isHead) continue;
    // The resources of a `try (…)` may stand one on each line.
    const last = text === 'try' ? lineOfClosing(facts, at + 1) : line;
    const taken = facts.calls.filter(({ kind, range }) => kind !== 'decorator' && range.start.line >= line && range.start.line <= last);
    const words = tokensOn(facts, line, line).map((token) => token.text);
    const name = words.slice(words.indexOf('with') + 1, words.indexOf(':')).join('');
    found.push({ line, release: undefined, taken, name: text === 'with' && /^[\w.]+$/.test(name) ? name : '' });
  }
  return found;
});

/** The line on which the bracket closes that opens at a token. */
function lineOfClosing({ tokens }: SourceFacts, open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    if (tokens[at]?.text === '(') depth += 1;
    if (tokens[at]?.text === ')') depth -= 1;
    if (depth === 0) return tokens[at]?.line ?? 0;
  }
  return tokens[open]?.line ?? 0;
}

const linesOf = keepOf(({ text = '' }: SourceFacts): readonly string[] => text.split('\n'));

/** The last line of a block by its indent, which every formatter keeps: that of the line before one that goes out as far as its head. */
function lastLineOf(facts: SourceFacts, line: number): number {
  const { tokens } = facts;
  const lines = linesOf(facts);
  const indent = (at: number): number => (lines[at - 1] ?? '').search(/\S/);
  const [own, end] = [indent(line), tokens.at(-1)?.line ?? line];
  let last = line;
  for (let at = line + 1; at <= end; at += 1) {
    const here = indent(at);
    if (here < 0) continue;
    if (here <= own) break;
    last = at;
  }
  return last;
}
