import type { Call, Option } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { literalBehind } from '../code/literals-behind.ts';
import { isIn, partScopes } from '../code/own-parts.ts';
import { asksElsewhere, newCallsIn } from '../code/scope-changes.ts';
import { tokenTexts } from '../code/token-lines.ts';
import { statementsOf } from '../code/top-statements.ts';
import { holderStays, isDefaultClient, isPlainServer } from './limit-holders.ts';
import { ENDS_WAITING, isLimit, isUnlimited } from './time-limits.ts';

/** A limit of which fewer are left in what became of its function, and which nothing else in the change gives instead. */
export function isLost(input: RuleInput, option: Option): boolean {
  const scope = counterpartScope(input, option.scope);
  if (scope === undefined) return false;
  const now = input.after?.options.filter((other) => other.name === option.name && other.scope === scope) ?? [];
  const before = input.before?.options.filter((other) => other.name === option.name && other.scope === option.scope) ?? [];
  const live = (options: readonly Option[]): number => options.filter((other) => !isUnlimited(other.value)).length;
  if (live(now) >= live(before)) return false;
  if (option.callee === '' && (wentWithItsUsers(input, option) || isDeclaredElsewhere(input, option) || isGivenStill(input, option)))
    return false;
  // The call itself went away with its limit.
  if (
    option.callee !== '' &&
    !holderStays(input, option.callee, scope) &&
    !isDefaultClient(input, option.callee, option.scope) &&
    !isPlainServer(input, option.callee, option.scope) &&
    !isAskedOfClient(input, option, scope)
  )
    return false;
  if (isOfAllTasks(input, option)) return false;
  return !isDefaulted(input, option) && !isLimitedElsewhere(input, option.scope, option.value);
}

/** Celery: what a task had in its decorator all tasks have by the settings now: `time_limit=300` and `task_time_limit=300`. */
function isOfAllTasks({ after, before, addedElsewhere }: RuleInput, { name, value }: Option): boolean {
  if (after?.language !== 'python' || !/^(?:soft_)?time_limit$/.test(name)) return false;
  const [old] = numbersIn(literalBehind(value, before) ?? value);
  return [...after.options, ...addedElsewhere().options].some((other) => {
    const [now] = /^(?:task_|celeryd?_task_)(?:soft_)?time_limit$/i.test(other.name) ? numbersIn(other.value) : [];
    return other.name.toLowerCase().endsWith(`task_${name}`) && now !== undefined && (old === undefined || now <= old * FAR);
  });
}

/** `axios.get(url, { timeout })` that is `this.http.get(url)` of a client which the same library makes in the file: `axios.create({ baseURL })`. */
function isAskedOfClient(input: RuleInput, { callee, scope: old }: Option, scope: string): boolean {
  const [library = ''] = callee.split(/\.|::/);
  if (library === callee || !/^(?:axios|got|ky|requests|httpx|aiohttp|undici|superagent|reqwest|http)$/.test(library)) return false;
  const asks = newCallsIn(input, old).some((call) => lastName(call.callee) === lastName(callee) && call.callee.includes('.'));
  const isMade = input.after?.calls.some((call) => call.callee.startsWith(library) && MAKES.test(lastName(call.callee))) === true;
  return (
    asks &&
    isMade &&
    scope !== '' &&
    input.before?.calls.some((call) => MAKES.test(lastName(call.callee)) && call.callee.startsWith(library)) !== true
  );
}

const MAKES = /^(?:create|extend|Session|Client|AsyncClient|ClientSession|new|agent|instance)$/;

/** A limit of a function or a client of another file, which came with the change, and which the work goes through now. */
export function isLimitedElsewhere(input: RuleInput, scope: string, was = ''): boolean {
  const { options, calls } = input.addedElsewhere();
  const limits = [
    ...options.filter((other) => isLimit(other) && !isUnlimited(other.value)),
    ...calls.filter((call) => ENDS_WAITING.test(lastName(call.callee)) || call.callee === 'AbortSignal.timeout' || fillsIn(call)),
  ];
  if (isOfMadeClient(input, scope, limits, was)) return true;
  if (limits.length === 0) return false;
  const isAsked = asksElsewhere(input, scope);
  // A client that is a value of its module: `export const http = axios.create({ timeout })`.
  const isOfNewClient = (): boolean =>
    newCallsIn(input, scope).some(({ callee }) => {
      const [root = ''] = callee.split(/\.|::/);
      return root !== callee && input.before !== undefined && !tokenTexts(input.before).has(root);
    });
  return limits.some((limit) => isAsked(limit) || (limit.scope === '' && 'name' in limit && limit.callee !== '' && isOfNewClient()));
}

/** `options.setdefault("timeout", 4)` of a session that sends for others. */
function fillsIn({ callee, args: [name = '', value = 'None'] }: Call): boolean {
  return lastName(callee) === 'setdefault' && /^['"]timeout['"]$/.test(name) && !isUnlimited(value);
}

/**
 * The client that the function asks now is made by a function or a class that came with the change and has the limit, or that is handed an
 * adapter which has it: `_session = build_session()`, and `session.mount('https://', TimeoutAdapter())` in that one.
 */
function isOfMadeClient(input: RuleInput, scope: string, limits: readonly (Option | Call)[], was: string): boolean {
  const { after } = input;
  const roots = new Set(newCallsIn(input, scope).flatMap(({ callee }) => /^(?:(?:self|this)\.)?(\w+)\.\w+$/.exec(callee)?.[1] ?? []));
  if (after === undefined || roots.size === 0) return false;
  const { tokens } = after;
  const makers = tokens.flatMap(({ text }, at) =>
    roots.has(text) && tokens[at + 1]?.text === '=' && tokens[at + 3]?.text === '(' ? [tokens[at + 2]?.text ?? ''] : [],
  );
  const owners = new Set(makers);
  for (const { callee, scope: own } of input.addedElsewhere().calls) if (makers.includes(lastName(own))) owners.add(lastName(callee));
  if (owners.size === 0) return false;
  const here = [...after.options.filter((other) => isLimit(other) && !isUnlimited(other.value)), ...after.calls.filter(fillsIn)];
  const own = [...limits, ...here].filter((limit) => limit.scope.split('.').some((part) => owners.has(part)));
  const [old] = numbersIn(literalBehind(was, input.before) ?? was);
  const now = own.flatMap((limit) => numbersIn('value' in limit ? limit.value : limit.args.join()));
  return own.length > 0 && (old === undefined || now.length === 0 || Math.max(...now) <= old * FAR);
}

/** A wait this many times as long is another one, and is told as the one that is gone. */
const FAR = 4;

function numbersIn(text: string): readonly number[] {
  return (text.match(/(?<![\w.])\d+(?:\.\d+)?/g) ?? []).map(Number);
}

/** Whatever took its value from the constant has one from somewhere else now. */
function isGivenStill({ before, after }: RuleInput, { name }: Option): boolean {
  const users = before?.options.filter((other) => other.value === name && other.callee !== '') ?? [];
  const isLimited = (user: Option): boolean =>
    after?.options.some((other) => other.name === user.name && other.callee === user.callee && !isUnlimited(other.value)) === true;
  return users.length > 0 && users.every(isLimited);
}

/** A constant that another file of the change has now, under its name: with another number it is told there. */
function isDeclaredElsewhere(input: RuleInput, { name }: Option): boolean {
  return input.addedElsewhere().options.some((other) => other.callee === '' && other.name === name && !isUnlimited(other.value));
}

/** A constant that this file gave to calls alone, none of which it still makes. What limits by itself is judged by itself. */
function wentWithItsUsers(input: RuleInput, { name }: Option): boolean {
  const isName = new RegExp(`(?<![\\w$.])${escaped(name)}(?![\\w$])`);
  const users = input.before?.calls.filter((call) => call.args.some((argument) => isName.test(argument))) ?? [];
  const isHeld = (callee: string): boolean =>
    !/timeout|deadline|abort/i.test(lastName(callee)) && input.after?.calls.some((call) => call.callee === callee) === true;
  return users.length > 0 && !users.some((call) => isHeld(call.callee));
}

/** A limit for all calls of a client, added in the same file. */
function isDefaulted(input: RuleInput, option: Option): boolean {
  return (
    input.after?.options.some(
      (other) =>
        isLimit(other) &&
        !isUnlimited(other.value) &&
        other.scope !== option.scope &&
        input.before?.options.some((old) => old.key === other.key) !== true &&
        (other.callee !== '' || isTaken(input, option, other)),
    ) ?? false
  );
}

/** A number by itself limits nothing: the function, a part that it calls, or an option of a call takes it by its name or that of its object. */
function isTaken({ before, after }: RuleInput, option: Option, { name, range }: Option): boolean {
  const scope = counterpartScope({ before, after }, option.scope);
  if (after === undefined || scope === undefined || scope === '') return true;
  const { line } = range.start;
  const objects = statementsOf(after).filter(({ startLine, endLine }) => startLine <= line && line <= endLine);
  const names = new Set([name, ...objects.map((object) => object.name)]);
  if (after.options.some(({ callee, value }) => callee !== '' && (value.match(/[\w$]+/g) ?? []).some((word) => names.has(word))))
    return true;
  const parts = partScopes(after, scope);
  return after.scopes
    .filter((place) => isIn(parts, place.name))
    .some(({ startLine, endLine }) => tokensOn(after, startLine, endLine).some(({ text }) => names.has(text)));
}
