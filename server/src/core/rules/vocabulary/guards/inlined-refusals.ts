import type { Call, Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { bodiesNamed, type NamedBody } from '../code/named-bodies.ts';
import { newBodiesOf } from '../code/new-bodies.ts';
import { isIn, workScopes } from '../code/own-parts.ts';
import { newCallsIn } from '../code/scope-changes.ts';

/** A helper that refused, whose work its caller does itself now. */
export interface InlinedRefusal {
  /** The removed call. */
  readonly call: Call;
  /** What the helper refused for, and its caller does not. */
  readonly guard: Guard;
}

/**
 * Helpers that went into their callers without one of their guards: `load(id)`, which threw for what is frozen, became
 * `accounts.get(id)`, and `checked(cents)` became `cents`. What a value is called differs on both sides, so conditions are compared without
 * the names of values. Whether something is there at all is asked in too many ways to be missed here.
 */
export function inlinedRefusals(input: RuleInput): readonly InlinedRefusal[] {
  const { before, after } = input;
  if (before === undefined || after === undefined) return [];
  const told = new Set<string>();
  return input.removed.calls.flatMap((call): readonly InlinedRefusal[] => {
    if (call.kind !== 'call' || call.scope === '' || !/^[A-Za-z_]\w{3,}$/.test(lastName(call.callee))) return [];
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || scope === '' || !isOwn(call)) return [];
    const name = lastName(call.callee);
    if (after.calls.some((other) => within(other.scope, scope) && lastName(other.callee) === name)) return [];
    const bodies = bodiesNamed(input, 'before', call.callee).filter(({ place }) => place.name !== call.scope);
    const [body] = bodies;
    if (body === undefined || bodies.length > 1 || !(isInlined(input, call, body) || isHandedPlain(input, call))) return [];
    const scopes = workScopes(after, scope);
    const guard = guardsOf(body).find((own) => partsOf(own.test).some((part) => isLost(after, scopes, part)));
    // A helper that was called twice is missed once.
    if (guard === undefined || told.has(`${scope} ${guard.key}`)) return [];
    told.add(`${scope} ${guard.key}`);
    return [{ call, guard }];
  });
}

/** A function of the file or of a module, and no method of a value: `load(…)`, `this.load(…)`, `policy.load(…)`. */
function isOwn({ callee }: Call): boolean {
  return /^(?:|this|self|Self|cls|s|[a-z]\w*)$/.test(receiver(callee));
}

function guardsOf({ facts, place }: NamedBody): readonly Guard[] {
  return facts.guards.filter(({ exit, scope }) => exit === 'throw' && scope === place.name);
}

/** What the function calls anew the helper had called, and nothing else came. */
function isInlined(input: RuleInput, call: Call, { facts, place }: NamedBody): boolean {
  const fresh = newCallsIn(input, call.scope).filter(({ kind }) => kind === 'call');
  if (fresh.length === 0 || fresh.some(({ callee }) => newBodiesOf(input, callee).length > 0)) return false;
  const had = new Set(facts.calls.filter(({ scope }) => within(scope, place.name)).map(({ callee }) => lastName(callee)));
  // What the function itself called before, with another value, is not new to it.
  const own = new Set(input.before?.calls.filter(({ scope }) => within(scope, call.scope)).map(({ callee }) => lastName(callee)));
  return (
    fresh.some(({ callee }) => had.has(lastName(callee))) &&
    fresh.every(({ callee }) => had.has(lastName(callee)) || own.has(lastName(callee)))
  );
}

/** `move(from, checked(cents))` that is `move(from, cents)` now. */
function isHandedPlain(input: RuleInput, call: Call): boolean {
  const [value] = call.args;
  if (value === undefined || !/^[A-Za-z_$][\w$.]*$/.test(value)) return false;
  const text = `${call.callee}(${call.args.join(', ')})`;
  return input.removed.calls.some((outer) => {
    const at = outer.args.findIndex((argument) => argument.replace(/^await /, '').replace(/\?$/, '') === text);
    const isSame = (other: Call): boolean => other.callee === outer.callee && other.args[at] === value;
    return at >= 0 && newCallsIn(input, call.scope).some(isSame);
  });
}

/** Each thing that a condition refuses for, without the names of values; none for whether a value is there. */
function partsOf(test: string): readonly string[] {
  return test
    .split(/\|\||\bor\b/)
    .map(nameless)
    .filter((part) => !/^(?:!|not)?_$|(?:null|undefined|None|nil|is_none\(\)|isEmpty\(\)|Ok|ok)$/.test(part));
}

/** `!_.frozen` of `!account.frozen`. Names of members, functions and constants stay. */
function nameless(condition: string): string {
  return condition
    .replace(/[A-Za-z_$][\w$]*/g, (word, at: number, text: string) => {
      const behind = text.slice(at + word.length, at + word.length + 2);
      const isValue = /^[a-z_$]/.test(word) && !KEEPS.test(word) && !/[.'"]/.test(text[at - 1] ?? '') && !/^ ?\(|^\.[A-Z]|^::/.test(behind);
      return isValue ? '_' : word;
    })
    .replace(/\b(?:self|this)\./g, '')
    .replace(/\s+/g, '')
    .replace(/^\((.*)\)$/, '$1')
    .replace(/===/g, '==');
}

const KEEPS = /^(?:null|undefined|None|nil|true|false|is|not|in|and|len|typeof|instanceof)$/;

/** Nothing in the function asks that, refusing or the other way round, and no word of it came. */
function isLost(after: SourceFacts, scopes: readonly string[], part: string): boolean {
  const core = part.replace(/^(?:!|not)/, '');
  const asked = [...after.guards, ...after.conditions].filter(({ scope }) => isIn(scopes, scope));
  if (asked.some(({ test }) => nameless(test).includes(core))) return false;
  const said = (core.match(/[A-Za-z_$][\w$]{2,}/g) ?? []).filter((word) => !/^(?:true|false|null|not|len|typeof|length|size)$/i.test(word));
  const words = new Set(scopes.flatMap((scope) => codeOfScope(after, scope).text.split(' ')));
  return said.length === 0 ? !asked.some(({ compares }) => compares) : !said.every((word) => words.has(word));
}
