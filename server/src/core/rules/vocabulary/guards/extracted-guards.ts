import type { Call, Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { factsWithin } from '../code/facts-by-place.ts';
import { groupBy, keepOf } from '../code/kept.ts';
import { isIn, partScopes } from '../code/own-parts.ts';
import { newCallsIn, newGuards } from '../code/scope-changes.ts';
import { constructorsOf, reasonsOf } from './bounds-alike.ts';
import { spelledOut } from './condition-names.ts';
import { callsInside, guardKind } from './guard-kinds.ts';
import { likeness } from './guard-likeness.ts';
import { fieldsOf } from './handed-guards.ts';
import { asksSameGiven } from './same-question.ts';

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
  const parts = [...partScopes(after, now), ...constructorsOf(after, guard, now)].filter((part) => part !== now && !hasScope(before, part));
  if (parts.length === 0) return false;
  const kind = guardKind(guard, callsInside(guard, before.calls));
  const asked = callAsked(spelledOut(before, guard.test));
  return newGuards(after.guards, before.guards).some((fresh) => {
    if (!isIn(parts, fresh.scope) || (fresh.exit !== guard.exit && fresh.exit !== 'throw')) return false;
    if (asked !== undefined && asked === callAsked(spelledOut(after, fresh.test))) return true;
    return [fresh, ...reasonsOf(after, fresh)].some(
      (form) =>
        ((likeness(guard, form) === 1 && hasWords(guard)) || asksSameFields(guard, form)) &&
        kind === guardKind(form, callsInside(fresh, after.calls)),
    );
  });
}

/**
 * A function, of this file or of another, asks of its parameters now what the guard asked of what it is handed for them:
 * `demand(user, 'till:close')` of `user.rights.includes(right)`, a bound that went into the function that all callers call. It is
 * asked as often as the guard stood there.
 */
function isAskedOfArguments(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined) return false;
  const scope = counterpartScope(input, guard.scope);
  if (scope === undefined) return false;
  const own = scope === '' ? newCallsIn(input, '') : factsWithin(after.calls, scope);
  const calls = [...own, ...callsOfImplementations(input, scope, own)].filter(
    ({ kind }) => kind === 'call' || kind === 'new' || kind === 'decorator',
  );
  if (calls.length === 0) return false;
  const byName = groupBy(calls, ({ callee }) => lastName(callee));
  const isAsked = ({ scope: own, exit }: Guard): boolean =>
    own !== '' && (scope === '' || !within(own, scope)) && (exit === guard.exit || exit === 'throw' || exit === 'answer');
  const askedIn = (guards: readonly Guard[]): readonly Guard[] => {
    const known = byPart(guards);
    return [...new Set([...byName.keys()].flatMap((name) => known.get(name) ?? []))].filter(isAsked);
  };
  const asking = [
    ...askedIn(newGuards(after.guards, before.guards)).map((fresh) => ({ fresh, facts: after })),
    ...askedIn(input.addedElsewhere().guards).map((fresh) => ({ fresh, facts: factsWith(input, fresh) })),
  ];
  if (asking.length === 0) return false;
  const lost = before.guards.filter(({ scope, test }) => scope === guard.scope && test === guard.test).length;
  const still = after.guards.filter(({ scope: own, test }) => own === scope && test === guard.test).length;
  return asking.some(({ fresh, facts }) => {
    const own = fresh.scope.split('.').flatMap((part) => byName.get(part) ?? []);
    const found = own.filter((call) => facts !== undefined && isAskedWith(input, guard, { fresh, facts, call }));
    return found.length > 0 && found.length >= lost - still;
  });
}

/** What the new implementations of a method call that the function asks: `limits.within(MAX)` in `Card.authorize` of `channel.authorize(…)`. */
function callsOfImplementations({ before, after }: RuleInput, scope: string, own: readonly Call[]): readonly Call[] {
  if (before === undefined || after === undefined || scope === '') return [];
  const methods = new Set(own.filter(({ kind, callee }) => kind === 'call' && /[.:]/.test(callee)).map(({ callee }) => lastName(callee)));
  return after.scopes
    .filter(({ name }) => name.includes('.') && methods.has(lastName(name)) && !hasScope(before, name) && !within(name, scope))
    .flatMap(({ name }) => factsWithin(after.calls, name));
}

/** Guards by each part of the name of their function: a long file asks for those of each of its calls. */
const byPart = keepOf((guards: readonly Guard[]): ReadonlyMap<string, readonly Guard[]> => {
  const found = new Map<string, Guard[]>();
  for (const guard of guards)
    for (const part of new Set(guard.scope === '' ? [] : guard.scope.split('.'))) {
      const same = found.get(part);
      if (same === undefined) found.set(part, [guard]);
      else same.push(guard);
    }
  return found;
});

/** One call of one function that refuses where the guard did. */
function isAskedWith(
  { before, after }: RuleInput,
  guard: Guard,
  { fresh, facts, call }: { readonly fresh: Guard; readonly facts: SourceFacts; readonly call: Call },
): boolean {
  const own = lastName(call.callee);
  const holder = facts.symbols.find(
    ({ name, kind }) =>
      (name === fresh.scope || fresh.scope.startsWith(`${name}.`)) &&
      (lastName(name) === own || (call.kind === 'new' && kind === 'method' && name.split('.').at(-2) === own)),
  );
  if (before === undefined || after === undefined || holder === undefined) return false;
  const parameters = holder.parameters.map(({ name }) => name).filter((name) => !/^(self|cls|this)$/.test(name));
  const given = new Map<string, string>();
  for (const [at, argument] of call.args.entries()) {
    const [, keyword, value] = /^(\w+)=(?!=)(.*)$/s.exec(argument) ?? [];
    if (keyword !== undefined && value !== undefined && parameters.includes(keyword)) given.set(keyword, value);
    else if (parameters[at] !== undefined) given.set(parameters[at] ?? '', argument);
  }
  if (asksSameGiven(before, guard, facts, fresh, given, after)) return true;
  // In a method of what the function was handed, `self.cents` is what `order.cents` was.
  const ofRecord = new Map([...given].map(([name, text]) => [name, text.replace(/^(?:self|this)\./, 'it.')]));
  const isOther = !within(call.scope, guard.scope) && [...given].some(([name, text]) => ofRecord.get(name) !== text);
  return isOther && asksSameGiven(before, guard, facts, fresh, ofRecord, after);
}

/** The file of the new side, another one than this, that holds an added guard. */
function factsWith(input: RuleInput, fresh: Guard): SourceFacts | undefined {
  const extension = input.path.slice(input.path.lastIndexOf('.'));
  const family = /^\.[cm]?[jt]sx?$/.test(extension) ? ['.ts', '.tsx', '.js', '.mjs', '.cjs'] : [extension];
  return input.trees.after
    .mentioning(lastName(fresh.scope), family)
    .filter((path) => path !== input.path)
    .slice(0, MOST_FILES)
    .map((path) => input.factsAt('after', path))
    .find((facts) => facts?.guards.some(({ key }) => key === fresh.key));
}

const MOST_FILES = 12;

/** `count > MAX` of a parameter and `batch.Count > MAX` of the record that was made of the parameters. */
function asksSameFields(guard: Guard, form: Guard): boolean {
  const bare = (test: string): string => fieldsOf(test).replaceAll('_', '').toLowerCase();
  return fieldsOf(form.test) !== form.test && /[a-z]{3}/i.test(guard.test) && bare(guard.test) === bare(form.test);
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
  if (/[()][^\w()]*(&&|\|\|)/.test(args)) return undefined;
  const literals = args.match(/(?<![\w.])\d[\d_.]*|(?<![\w.])(?:true|false|null|None|nil|undefined)\b/g) ?? [];
  return `${negation}${callee.split(/\.|::/).slice(-2).join('.')}(${literals.join()})${rest}`;
}
