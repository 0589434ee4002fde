import type { Call, FileFacts, Option, SourceFacts, SymbolFact } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, literal } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { keysOf, onlyIn } from '../code/fact-keys.ts';
import { factsWithin } from '../code/facts-by-place.ts';
import { createLookup, keepOf, keepOfBoth } from '../code/kept.ts';
import { eventNameIn, isEventName, isNaming } from './event-names.ts';
import type { RenamedEvent } from './renamed-events.ts';

/**
 * A name that a function said where it sent, and that it hands to a function of the project now, otherwise: `producer.send({ topic:
 * 'booking.confirmed', … })` that became `send('bookings.confirmed', …)`, or `send(CONFIRMED, …)`, beside a new `send(topic, …)`. One name left the function and
 * one came; which is which where several did nobody knows.
 */
export function* handedNames(input: RuleInput): Iterable<RenamedEvent> {
  const { before, after } = input;
  if (before === undefined || after === undefined || saidOnce(before, after).length === 0) return;
  const handed = callsOfHunk(input, before, after).flatMap((call) => handedName(input, call) ?? []);
  if (handed.length === 0) return;
  const said = saidOnce(before, after).map(({ scope, name }) => ({ name, now: counterpartScope(input, scope) }));
  for (const scope of new Set(handed.map((one) => one.scope))) {
    const fresh = handed.filter((one) => one.scope === scope);
    const stays = new Set(factsWithin(after.calls, scope).flatMap(({ args }) => args.flatMap((arg) => saidBy(input, arg)?.name ?? [])));
    const gone = new Set(said.flatMap(({ name, now }) => (now === scope && !stays.has(name) ? [name] : [])));
    const came = fresh.filter(({ name }) => !saysHere(before, name));
    const [old, first] = [[...gone][0], came[0]];
    if (gone.size === 1 && came.length === 1 && old !== undefined && first?.isHere === true)
      yield { old, now: first.name, range: first.range, isGuessed: true };
  }
}

interface Handed {
  readonly name: string;
  readonly scope: string;
  readonly range: Range;
  /** It stands in this hunk: a new constant in that of the constant, all else where it is handed over. */
  readonly isHere: boolean;
}

/** New calls of this hunk, and those of the file that name a constant which this hunk brings. */
function callsOfHunk({ added }: RuleInput, before: SourceFacts, after: SourceFacts): readonly Call[] {
  const names = new Set(added.options.filter(({ value }) => isEventName(literal(value) ?? '')).map(({ name }) => name));
  if (names.size === 0) return added.calls;
  const others = onlyIn(after.calls, before.calls).filter((call) => !added.calls.includes(call));
  return [...added.calls, ...others.filter(({ args }) => args.some((argument) => names.has(lastName(argument))))];
}

/** The name that a call hands to a function of the project which sends under it. */
function handedName(input: RuleInput, call: Call): Handed | undefined {
  const { kind, callee, args, scope, range } = call;
  if (kind !== 'call' || !/^(?:(?:this|self|[a-z]{1,2})\.)?#?\w+$/.test(callee)) return undefined;
  const own = lastName(callee);
  const at = args.findIndex((argument) => isEventName(saidBy(input, argument)?.name ?? ''));
  const said = saidBy(input, args[at] ?? '');
  if (said === undefined) return undefined;
  if (![input.after, input.addedElsewhere()].some((facts) => facts !== undefined && sendsUnder(facts, own, at))) return undefined;
  const { name, constant } = said;
  if (constant === undefined) return { name, scope, range, isHere: input.added.calls.includes(call) };
  return { name, scope, range: constant.range, isHere: input.added.options.includes(constant) };
}

/** A text that is written out, or that stands in the one constant of this name, of this file or of what the change added to others; `constant` where it is new here. */
function saidBy(input: RuleInput, argument: string): { readonly name: string; readonly constant?: Option } | undefined {
  const name = literal(argument);
  if (name !== undefined) return { name };
  const own = /^(?:\w+(?:\.|::))*([A-Za-z_]\w+)$/.exec(argument)?.[1];
  if (own === undefined) return undefined;
  // What begins with a small letter is one where it stands outside of all functions, as Go has it.
  const isIt = ({ scope }: Option): boolean => scope === '' || /^[A-Z]/.test(own);
  const here = input.after === undefined ? [] : texts(input.after.options)(own).filter(isIt);
  const [constant, another] = here.length > 0 ? here : texts(input.addedElsewhere().options)(own).filter(isIt);
  const value = another === undefined ? literal(constant?.value) : undefined;
  if (value === undefined || constant === undefined) return undefined;
  const isNew = here.length > 0 && input.before !== undefined && !keysOf(input.before.options).has(constant.key);
  return isNew ? { name: value, constant } : { name: value };
}

/** Constants that hold a text, by their names. */
const texts = keepOf((options: readonly Option[]) =>
  createLookup(
    options.filter(({ value, callee }) => callee === '' && literal(value) !== undefined),
    ({ name }) => name,
  ),
);

const functions = keepOf((symbols: readonly SymbolFact[]) =>
  createLookup(
    symbols.filter(({ kind }) => kind === 'function' || kind === 'method'),
    ({ name }) => lastName(name),
  ),
);

/** A function of these facts gives its parameter at this place to what sends or takes. */
function sendsUnder(facts: FileFacts, own: string, at: number): boolean {
  return functions(facts.symbols)(own).some(({ name, parameters }) => {
    const given = parameters.filter((each) => !/^(?:self|cls|this)$/.test(each.name))[at]?.name;
    return (
      given !== undefined &&
      (facts.options.some((option) => within(option.scope, name) && isNaming(option.name) && option.value === given) ||
        facts.calls.some((call) => within(call.scope, name) && call.args.includes(given) && isBusCall(call)))
    );
  });
}

/** With a text in place of the parameter it would say a name. */
function isBusCall(call: Call): boolean {
  return eventNameIn({ ...call, args: ["'any.name'"] }) !== undefined;
}

/** Names that functions of the before side said and do not say that way any more. */
const saidOnce = keepOfBoth((before: SourceFacts, after: SourceFacts): readonly { readonly name: string; readonly scope: string }[] => {
  const calls = onlyIn(before.calls, after.calls).flatMap((call) => {
    const name = eventNameIn(call);
    return name === undefined ? [] : [{ name, scope: call.scope }];
  });
  const options = onlyIn(before.options, after.options).flatMap(({ name: own, value, scope }: Option) => {
    const name = isNaming(own) ? literal(value) : undefined;
    return name === undefined ? [] : [{ name, scope }];
  });
  return [...calls, ...options].filter(({ name }) => isEventName(name));
});

function saysHere({ calls, options }: SourceFacts, name: string): boolean {
  return (
    calls.some(({ args }) => args.some((argument) => literal(argument) === name)) || options.some(({ value }) => literal(value) === name)
  );
}
