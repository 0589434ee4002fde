import type { Guard, Handler, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';

/** What threw before (`old`) now answers as if there were nothing: an empty list, nothing, zero, a yes or a no. */
export function isSilent({ after, path }: RuleInput, old: readonly Handler[], handler: Handler): boolean {
  return (
    after !== undefined &&
    answersNothing(after, handler) &&
    !isBesideWork(path) &&
    old.some((other) => guardsSame(other, handler)) &&
    !handler.guarded.some(isReader)
  );
}

/**
 * A function that handed each failure to its callback (`if (err) return cb(err)`) and waits now, inside a `try` that answers any failure as
 * if there were nothing.
 */
export function hushesCallback(input: RuleInput, handler: Handler): boolean {
  const { before, after, path } = input;
  if (before === undefined || after === undefined || handler.outcome !== 'substitutes' || (handler.catches ?? []).length > 0) return false;
  if (isBesideWork(path) || !answersNothing(after, handler)) return false;
  const old = before.guards.filter((guard) => handsErrorOn(before, guard) && counterpartScope(input, guard.scope) === handler.scope);
  const scopes = new Set(old.map(({ scope }) => scope));
  const asked = new Set(handler.guarded.filter((callee) => !isReader(callee)).map(lastName));
  return before.calls.some(({ scope, callee }) => scopes.has(scope) && asked.has(lastName(callee)));
}

/** A condition on nothing but the error, which is handed on where it holds: `if (err) return cb(err)`. */
function handsErrorOn(before: SourceFacts, { test, exit, range }: Guard): boolean {
  if (exit === 'break' || !/^(?:err|error|e|ex|\w{1,30}(?:Err|Error))$/.test(test)) return false;
  return tokensOn(before, range.start.line, range.end.line).filter(({ text }) => text === test).length > 1;
}

/** Both handlers stand around a call of one name. */
export function guardsSame(old: Handler, now: Handler): boolean {
  const names = new Set(old.guarded.map(lastName));
  return now.guarded.some((callee) => names.has(lastName(callee)));
}

function answersNothing(after: SourceFacts, { range }: Handler): boolean {
  const tokens = tokensOn(after, range.start.line, range.end.line);
  return EMPTY.test(tokens.map(({ text }) => text).join(''));
}

function isBesideWork(path: string): boolean {
  return /(^|\/)(test|tests|__tests__|examples?|scripts?)\//.test(path);
}

/** What reads a text fails for that text alone. */
function isReader(callee: string): boolean {
  return /^(parse\w*|valueOf|decode|fromString|fromJson|loads|URL|int|float)$/.test(lastName(callee));
}

const EMPTY =
  /return(?:(?:Set|List|Map|Stream|Optional|Collections|ImmutableList|ImmutableSet|ImmutableMap|Arrays)\.(?:of|empty|emptyList|emptySet|emptyMap|asList)\(\)|\[\]|\{\}|null|undefined|None|nil|true|false|True|False|-?[01](?:\.0)?[lLfFdD]?|""|''|set\(\)|dict\(\)|list\(\)|\(\)|newMap\(\)|newSet\(\)|new(?:ArrayList|HashMap|HashSet|LinkedHashMap)(?:<>)?\(\))(?:;|\}|$)/;
