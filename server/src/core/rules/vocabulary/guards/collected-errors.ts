import type { Guard, Handler, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { tokensOf } from '../code/token-lines.ts';

/** Puts failures together to one: Go, its libraries, JavaScript, Python. */
const JOINS =
  /^(errors\.Join|multierr\.(Combine|Append)|multierror\.Append|(multierr\.)?AppendInto|AggregateError|ExceptionGroup|BaseExceptionGroup)$/;
const COLLECTS = /^(append|push|add|Append)$/;

/**
 * True where a failure that ended the work at once is kept in a list now, and the function answers with all of them in the end:
 * `failed = append(failed, err)` and `return errors.Join(failed...)`.
 */
export function isCollected(input: RuleInput, guard: Guard): boolean {
  const { after } = input;
  const scope = counterpartScope(input, guard.scope);
  if (after === undefined || scope === undefined || guard.exit === 'break') return false;
  const own = after.calls.filter((call) => within(call.scope, scope));
  const sums = own.flatMap(({ callee, args }) =>
    JOINS.test(callee) && args.slice(1).some((failure) => guard.reads.some((name) => failure.split(/\W+/).includes(name)))
      ? (args[0] ?? [])
      : [],
  );
  if (sums.length > 0 && endsWithKept(after, scope, guard.range.start.line, new Set(sums))) return true;
  if (isSentAndTaken(after, scope, guard) || isJoinedAtEnd(after, scope, guard)) return true;
  const lists = own.filter(({ callee }) => JOINS.test(callee)).map(({ args }) => args.map((argument) => argument.replace(/\.{3}$/, '')));
  return own.some(({ callee, args }) => {
    if (!COLLECTS.test(lastName(callee))) return false;
    const list = callee === 'append' ? (args[0] ?? '') : callee.slice(0, callee.lastIndexOf('.'));
    const failure = args.at(-1) ?? '';
    return list !== '' && lists.some((joined) => joined.includes(list)) && guard.reads.some((name) => failure.split(/\W+/).includes(name));
  });
}

/** `_, copyErr := io.Copy(f, src)` in Go, and `return errors.Join(copyErr, f.Close())`. */
function isJoinedAtEnd(after: SourceFacts, scope: string, { checks = [] }: Guard): boolean {
  if (after.language !== 'go' || checks.length === 0) return false;
  const code = tokensOf(after, scope);
  return checks.some((callee) => {
    const name = new RegExp(`(?<!\\w)(\\w+):?=${escaped(callee)}\\(`).exec(code)?.[1];
    return (
      name !== undefined &&
      name !== '_' &&
      new RegExp(`\\breturn (?:\\w+,)*(?:errors\\.Join|multierr\\.(?:Combine|Append))\\([^;{}]{0,160}\\b${name}\\b`).test(code)
    );
  });
}

/** `errs <- store.Save(ctx, item)` in Go, and the function takes it out of the channel to join it, ask for it or give it back. */
function isSentAndTaken(after: SourceFacts, scope: string, { checks = [] }: Guard): boolean {
  if (after.language !== 'go' || checks.length === 0) return false;
  const code = tokensOf(after, scope);
  return checks.some((callee) => {
    const at = code.indexOf(`<-${callee}(`);
    const channel =
      at < 0
        ? undefined
        : code
            .slice(Math.max(0, at - 40), at)
            .split(/\W/)
            .at(-1);
    return channel !== undefined && new RegExp(`(?:Join\\([^()]{0,80}|return |:=|=)<-${channel}\\b|range ${channel}\\b`).test(code);
  });
}

/**
 * True where a handler keeps what failed, and its function throws in the end if there is anything kept: `failed.append(key)` and behind
 * the loop `if failed: raise ExportError(failed)`, `last = exc` and `raise last`, `failed = errors.Join(failed, err)` and `return failed`.
 */
export function isThrownTogether(after: SourceFacts | undefined, { scope, range }: Handler): boolean {
  if (after === undefined || scope === '') return false;
  const tokens = tokensOn(after, range.start.line, range.end.line);
  const kept = new Set(
    tokens.flatMap(({ text }, at) => {
      const [next, method] = [tokens[at + 1]?.text ?? '', tokens[at + 2]?.text ?? ''];
      const isKept = (next === '.' && COLLECTS.test(method)) || (next === '=' && /^[a-z_]\w*$/i.test(text) && tokens[at - 1]?.text !== '.');
      return isKept && !/^(?:err|_)$/.test(text) ? [text] : [];
    }),
  );
  if (kept.size === 0) return false;
  return (
    isGivenBack(after, scope, range.end.line, kept) ||
    after.guards.some(
      (guard) =>
        guard.scope === scope &&
        guard.exit === 'throw' &&
        guard.range.start.line > range.end.line &&
        guard.reads.some((name) => kept.has(name)),
    ) ||
    endsWithKept(after, scope, range.end.line, kept)
  );
}

/**
 * A handler of AWS gives back what failed, and the queue sends just that again: `return { batchItemFailures }`. Its name is the one that the
 * service looks for.
 */
function isGivenBack(after: SourceFacts, scope: string, line: number, kept: ReadonlySet<string>): boolean {
  const place = after.scopes.find(({ name }) => name === scope);
  const behind = place === undefined ? [] : tokensOn(after, line + 1, place.endLine).map(({ text }) => text);
  const at = behind.indexOf('return');
  const given = at < 0 ? [] : behind.slice(at + 1, at + 10);
  const key = given.findIndex((text) => /^['"]?batchItemFailures['"]?$/.test(text));
  return key >= 0 && kept.has((given[key + 1] === ':' ? given[key + 2] : given[key]) ?? '');
}

/** Behind a line the function throws what was kept, or in Go gives it back: `raise last`, `return errors.Join(failed...)`. */
function endsWithKept(after: SourceFacts, scope: string, line: number, kept: ReadonlySet<string>): boolean {
  const place = after.scopes.find(({ name }) => name === scope);
  if (place === undefined) return false;
  const behind = tokensOn(after, line + 1, place.endLine);
  return behind.some(({ text, line: own }, at) => {
    const isEnd = /^(?:raise|throw)$/.test(text) || (text === 'return' && after.language === 'go');
    return isEnd && behind.slice(at + 1, at + 8).some((other) => other.line === own && kept.has(other.text));
  });
}
