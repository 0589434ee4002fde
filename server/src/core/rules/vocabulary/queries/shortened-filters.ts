import type { Call, CodeToken } from '../../../model/facts.ts';
import type { Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { splitSource } from '../code/argument-text.ts';
import { lastName, words } from '../code/call-names.ts';
import { scopeAtLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { newCallsIn } from '../code/scope-changes.ts';

/** A list of which more is taken than before: one of the conditions by which it was chosen is gone. */
export interface ShortenedFilter {
  /** Of the filter, on the after side. */
  readonly line: number;
  readonly lost: string;
  /** What is done to all that is left. */
  readonly work: Call;
}

/**
 * A selection that lost one of its conditions, in a function which goes on to delete, archive or close what is left: a filter,
 * `rows.filter((row) => row.isDone && row.at < cutoff)`, a comprehension, and a step of a loop that is skipped, `if s.Pinned ||
 * s.IsNew { continue }`. A condition of which a word is said again elsewhere in the file went there.
 */
export function* shortenedFilters(input: RuleInput, wanted: (call: Call) => boolean): Iterable<ShortenedFilter> {
  const { before, after } = input;
  // What a view shows is chosen, and nothing is done to it.
  if (before === undefined || after === undefined || /\.[jt]sx$/.test(input.path)) return;
  const fresh = [...filtersIn(input, 'after'), ...skipsIn(input, 'after')];
  if (fresh.length === 0) return;
  for (const old of [...filtersIn(input, 'before'), ...skipsIn(input, 'before')]) {
    const scope = counterpartScope(input, old.scope);
    const now = scope === undefined ? [] : fresh.filter((other) => other.skips === old.skips && within(other.scope, scope));
    const [first] = now;
    if (first === undefined || scope === undefined) continue;
    const asked = new Set(now.flatMap(({ conditions }) => conditions));
    const lost = old.conditions.find((condition) => !asked.has(condition));
    if (lost === undefined || asked.size >= old.conditions.length || [...asked].some((one) => !old.conditions.includes(one))) continue;
    const word = lost
      .split(/[^\w$]+/)
      .findLast((name) => /^[A-Za-z_]\w{2,}$/.test(name) && !/^(None|null|nil|undefined|not|true|false)$/.test(name));
    const count = (tokens: readonly CodeToken[]): number => tokens.filter(({ text }) => text === word).length;
    if (word === undefined || count(after.tokens) >= count(before.tokens)) continue;
    // Another source may leave out what the condition left out.
    if (newCallsIn(input, old.scope).some(({ callee }) => READS.test(words(lastName(callee))))) continue;
    const work = after.calls.find((other) => within(other.scope, scope) && wanted(other));
    if (work !== undefined) yield { line: first.line, lost, work };
  }
}

const READS =
  /^(all|open|list|find|select|query|load|fetch|get|read|scan|search|iter|each|pending|due|stale|expired|unlocked|without|only|candidates|eligible)\b/;

interface Filter {
  readonly line: number;
  readonly scope: string;
  readonly conditions: readonly string[];
  /** True where what the conditions meet is left out, and not taken. */
  readonly skips: boolean;
}

/** More words than this in one filter are a program of its own. */
const LONGEST = 120;

/** What the filters of a function on the lines of a hunk ask, each of one expression: its parts, the parameter called `it`. */
function filtersIn(input: RuleInput, side: Side): readonly Filter[] {
  const { start, lines } = input.hunk[side];
  const tokens = tokensOn(input[side], start, start + lines - 1);
  const found = new Map<string, Filter>();
  for (const [at, { text, line }] of tokens.entries()) {
    const asked = /^(filter|removeIf|for)$/.test(text) ? askedFrom(tokens, at) : [];
    if (asked.length === 0) continue;
    const scope = scopeAtLine(input[side], line);
    const known = found.get(scope);
    found.set(scope, { line: known?.line ?? line, scope, conditions: [...(known?.conditions ?? []), ...asked], skips: false });
  }
  return [...found.values()];
}

/** `.filter((row) => a && b)`, and `for row in rows if a and b]` of a comprehension. */
function askedFrom(tokens: readonly CodeToken[], at: number): readonly string[] {
  const isComprehension = tokens[at]?.text === 'for';
  if (!isComprehension && (tokens[at - 1]?.text !== '.' || tokens[at + 1]?.text !== '(')) return [];
  const body = argumentFrom(tokens, isComprehension ? at + 1 : at + 2);
  const opens = body.findIndex((word) => (isComprehension ? word === 'if' : word === '=>' || word === '->'));
  const parameter = body.slice(0, Math.max(opens, 0)).find((word) => /^[A-Za-z_]/.test(word));
  if (parameter === undefined || body[opens + 1] === '{' || body.some((word) => /^(\|\||or|for|else)$/.test(word))) return [];
  const parts: string[][] = [[]];
  for (const word of body.slice(opens + 1))
    if (word === '&&' || word === 'and') parts.push([]);
    else parts.at(-1)?.push(word === parameter ? 'it' : word);
  return parts.map((part) => part.join(' '));
}

/** Words up to the bracket that closes the one before them; none where a statement begins first. */
function argumentFrom(tokens: readonly CodeToken[], from: number): readonly string[] {
  const found: string[] = [];
  let open = 0;
  for (const { text } of tokens.slice(from, from + LONGEST)) {
    if (/^[([{]$/.test(text)) open += 1;
    if (/^[)\]}]$/.test(text)) open -= 1;
    if (open < 0) return found;
    if (open === 0 && /^[:;]$/.test(text)) return [];
    found.push(text);
  }
  return [];
}

/** The conditions by which a step of a loop is skipped. */
function skipsIn(input: RuleInput, side: Side): readonly Filter[] {
  const guards = side === 'before' ? input.removed.guards : input.added.guards;
  return guards
    .filter(({ exit, test }) => exit === 'break' && !test.includes('&&') && !/\band\b/.test(test))
    .map(({ test, scope, range }) => ({
      line: range.start.line,
      scope,
      conditions: splitSource(test.replace(/ or /g, ' || '), '||').map((part) => part.trim()),
      skips: true,
    }));
}
