import type { Guard, Handler, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';

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
  const lists = own.filter(({ callee }) => JOINS.test(callee)).map(({ args }) => args.map((argument) => argument.replace(/\.{3}$/, '')));
  return own.some(({ callee, args }) => {
    if (!COLLECTS.test(lastName(callee))) return false;
    const list = callee === 'append' ? (args[0] ?? '') : callee.slice(0, callee.lastIndexOf('.'));
    const failure = args.at(-1) ?? '';
    return list !== '' && lists.some((joined) => joined.includes(list)) && guard.reads.some((name) => failure.split(/\W+/).includes(name));
  });
}

/**
 * True where a handler puts what failed on a list, and its function throws in the end if there is anything on it:
 * `failed.append(key)`, and behind the loop `if failed: raise ExportError(failed)`.
 */
export function isThrownTogether(after: SourceFacts | undefined, { scope, range }: Handler): boolean {
  if (after === undefined || scope === '') return false;
  const tokens = tokensOn(after, range.start.line, range.end.line);
  const lists = new Set(
    tokens.flatMap(({ text }, at) => {
      const [dot, method] = [tokens[at + 1]?.text ?? '', tokens[at + 2]?.text ?? ''];
      return dot === '.' && COLLECTS.test(method) ? [text] : [];
    }),
  );
  return after.guards.some(
    (guard) =>
      guard.scope === scope &&
      guard.exit === 'throw' &&
      guard.range.start.line > range.end.line &&
      guard.reads.some((name) => lists.has(name)),
  );
}
