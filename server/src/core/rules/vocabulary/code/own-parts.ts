import type { SourceFacts } from '../../../model/facts.ts';
import { lastName } from './call-names.ts';
import { within } from './counterpart.ts';
import { groupBy, keepOf } from './kept.ts';

/**
 * Scopes of one file in which the work of `scope` is done: its own, and those of the functions of the same file that it calls,
 * and that these call. A rewrite that cuts a function up leaves a list of calls in it and its writes in the parts.
 */
export function workScopes(facts: SourceFacts, scope: string): readonly string[] {
  const found = [scope];
  if (scope === '') return found;
  const { calls, functions } = helpersOf(facts);
  for (let at = 0; at < found.length && found.length < REACH; at += 1) {
    const from = found[at] ?? '';
    for (const [name, callees] of calls) {
      if (!within(name, from)) continue;
      for (const called of callees)
        for (const helper of functions.get(called) ?? []) if (!found.some((known) => within(helper, known))) found.push(helper);
    }
  }
  return found;
}

/** `workScopes`, and with them the functions that are handed on by their name: `map(this::step)`, `.map(price)`. */
export function partScopes(facts: SourceFacts, scope: string): readonly string[] {
  const found = new Set(workScopes(facts, scope));
  const { functions } = helpersOf(facts);
  for (const from of found) {
    for (const { scope: inner, args } of facts.calls) {
      if (!within(inner, from) || found.size > REACH) continue;
      for (const argument of args) {
        if (!HANDED.test(argument)) continue;
        for (const helper of functions.get(argument.slice(Math.max(argument.lastIndexOf('.'), argument.lastIndexOf(':')) + 1)) ?? [])
          for (const part of workScopes(facts, helper)) found.add(part);
      }
    }
  }
  return [...found];
}

/** A function by its name alone. */
const HANDED = /^(?:(?:this|self|Self|cls|[A-Z]\w*)(?:\.|::))?_*[A-Za-z]\w*$/;

/** True where a fact's scope is one of them, or stands inside one. */
export function isIn(scopes: readonly string[], scope: string): boolean {
  return scopes.some((outer) => within(scope, outer));
}

/** A file whose functions all call each other is not followed to its end. */
const REACH = 24;

/** A function of the file itself: asked of nobody, of the object that the function belongs to, or of one that is made on the spot. */
const OWN =
  /^(?:(?:this|self|Self|cls|super|[a-z]{1,2}|(?:new )?[A-Z]\w*\([^()]*\)|[A-Z]\w*(?:::\w+\([^()]*\)\??)?)(?:\.|::|->))?_*[A-Za-z]\w*$/;

const helpersOf = keepOf((facts: SourceFacts) => {
  const functions = groupBy(
    [...new Set(facts.symbols.filter(({ kind }) => kind === 'function' || kind === 'method').map(({ name }) => name))],
    (name) => name.slice(name.lastIndexOf('.') + 1),
  );
  const own = facts.calls.filter(({ kind, callee }) => kind === 'call' && OWN.test(callee) && functions.has(lastName(callee)));
  const calls = [...groupBy(own, ({ scope }) => scope)].map(
    ([name, made]) => [name, new Set(made.map(({ callee }) => lastName(callee)))] as const,
  );
  return { calls, functions };
});
