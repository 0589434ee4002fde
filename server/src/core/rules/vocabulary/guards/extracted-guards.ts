import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope, hasScope } from '../code/counterpart.ts';
import { flatten } from '../code/moved-text.ts';
import { isIn, partScopes } from '../code/own-parts.ts';
import { newCallsIn, newGuards } from '../code/scope-changes.ts';
import { spelledOut } from './condition-names.ts';
import { callsInside, guardKind } from './guard-kinds.ts';
import { likeness } from './guard-likeness.ts';

/**
 * True where a new function of the file, which the guard's own function calls or hands on now, asks the same with names of its
 * own: the same operators, fields and literals (`line.amount > 400` and `amount > 400` of a parameter), or the answer of the
 * same call (`changed == 0` of `changed = stock.take(…)` and `stock.take(item, amount) == 0`).
 */
export function isAskedInPart(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const now = counterpartScope(input, guard.scope);
  if (before === undefined || after === undefined || now === undefined || now === '') return false;
  if (isAskedOfArguments(input, guard)) return true;
  const parts = partScopes(after, now).filter((part) => part !== now && !hasScope(before, part));
  if (parts.length === 0) return false;
  const kind = guardKind(guard, callsInside(guard, before.calls));
  const asked = callAsked(spelledOut(before, guard.test));
  return newGuards(after.guards, before.guards).some((fresh) => {
    if (!isIn(parts, fresh.scope) || (fresh.exit !== guard.exit && fresh.exit !== 'throw')) return false;
    if (asked !== undefined && asked === callAsked(spelledOut(after, fresh.test))) return true;
    return likeness(guard, fresh) === 1 && hasWords(guard) && kind === guardKind(fresh, callsInside(fresh, after.calls));
  });
}

/**
 * A new function, of this file or of another, asks of its parameters what the guard asked of what it is handed for them:
 * `demand(user, 'till:close')` of `user.rights.includes(right)`.
 */
function isAskedOfArguments(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined) return false;
  const calls = newCallsIn(input, guard.scope).filter(({ kind, args }) => kind === 'call' && args.length > 0);
  if (calls.length === 0) return false;
  const elsewhere = input.addedElsewhere();
  const wanted = new Set([flatten(guard.test), flatten(spelledOut(before, guard.test))]);
  const isFresh = (scope: string): boolean => scope !== '' && !hasScope(before, scope);
  return [
    { guards: newGuards(after.guards, before.guards).filter(({ scope }) => isFresh(scope)), symbols: after.symbols },
    { guards: elsewhere.guards, symbols: elsewhere.symbols },
  ].some(({ guards, symbols }) =>
    guards.some((fresh) => {
      if (fresh.exit !== guard.exit && fresh.exit !== 'throw') return false;
      const own = symbols
        .find(({ name }) => name === fresh.scope)
        ?.parameters.map(({ name }) => name)
        .filter((name) => !/^(self|cls|this)$/.test(name));
      if (own === undefined) return false;
      return calls.some((call) => {
        if (lastName(call.callee) !== lastName(fresh.scope)) return false;
        const given = (text: string): string =>
          text.replace(/(?<![\w$.])[A-Za-z_$][\w$]*/g, (name) => (own.includes(name) ? (call.args[own.indexOf(name)] ?? name) : name));
        return wanted.has(flatten(given(fresh.test))) || wanted.has(flatten(spelledOut(after, given(fresh.test))));
      });
    }),
  );
}

/** A field or a literal word, so that two conditions of one shape are about one thing. */
function hasWords({ test }: Guard): boolean {
  return /\w\.\w|['"`]\w|\b\d{2,}/.test(test);
}

/** A condition that asks for the answer of one call: the call's name and literals and what is asked of its answer, `take()==0`. */
function callAsked(test: string): string | undefined {
  const match = /^(!?)([\w$.:]{1,120})\(([^'"`]{0,400})\)([=!<>]{1,3}[\w.]{1,40})?$/.exec(test);
  if (match === null) return undefined;
  const [, negation = '', callee = '', args = '', rest = ''] = match;
  if (/[()]\W*(&&|\|\|)/.test(args)) return undefined;
  const literals = args.match(/(?<![\w.])\d[\d_.]*|(?<![\w.])(?:true|false|null|None|nil|undefined)\b/g) ?? [];
  return `${negation}${callee.split(/\.|::/).slice(-2).join('.')}(${literals.join()})${rest}`;
}
