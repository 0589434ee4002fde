import type { SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { escaped } from '../code/literal-patterns.ts';
import { literalBehind } from '../code/literals-behind.ts';
import { numberOf } from '../code/option-changes.ts';
import { isIn, partScopes } from '../code/own-parts.ts';

/** More permits than this many times the old workers are another bound. */
const FAR = 4;

/**
 * A semaphore of the file with a number of permits, of which the work or a part of it takes one: what came in place of a pool of so
 * many workers. One that nobody asks, or that has far more permits, bounds nothing that was bounded.
 */
export function hasPermits({ before, after }: RuleInput, scope: string, was: string): boolean {
  if (after === undefined) return false;
  const made = after.calls.filter(({ callee }) => /^(?:Bounded)?Semaphore$/.test(lastName(callee.replace(/::new$/, ''))));
  if (made.length === 0) return false;
  const parts = scope === '' ? after.scopes.map(({ name }) => name) : partScopes(after, scope);
  const old = numberOf(literalBehind(was, before) ?? was);
  const permits = made.flatMap(({ args }) => numberOf(literalBehind(args[0] ?? '', after) ?? args[0] ?? '') ?? []);
  if (old !== undefined && !permits.some((number) => number <= old * FAR)) return false;
  return after.calls.some(({ callee, scope: own }) => TAKES.test(lastName(callee)) && isIn(parts, own)) || isEntered(after, parts);
}

const TAKES = /^(?:acquire\w*|try_?acquire\w*|Acquire|with_?permit)$/i;

/** `async with slots:`, under the name that the semaphore was given, or that a function is handed it by. */
function isEntered(after: SourceFacts, parts: readonly string[]): boolean {
  if (after.language !== 'python') return false;
  const given = after.symbols.flatMap(({ parameters }) => parameters.flatMap(({ name, type }) => (/Semaphore$/.test(type) ? [name] : [])));
  const bound = after.options.flatMap(({ name, value }) => (/\bSemaphore\(/.test(value) ? [name] : []));
  const { tokens } = after;
  const assigned = tokens.flatMap(({ text }, at) =>
    text === '=' && [at + 1, at + 3].some((next) => /^(?:Bounded)?Semaphore$/.test(tokens[next]?.text ?? ''))
      ? [tokens[at - 1]?.text ?? '']
      : [],
  );
  const names = [...new Set([...given, ...bound, ...assigned])];
  return parts.some((part) => {
    const { text } = codeOfScope(after, part);
    return names.some((name) => new RegExp(`\\bwith (?:self \\. )?${escaped(name)}\\b`).test(text));
  });
}
