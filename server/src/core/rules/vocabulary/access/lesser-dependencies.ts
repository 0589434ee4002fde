import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { newCallsIn, newGuardsIn } from '../code/scope-changes.ts';
import { isAccessName, isAccessTest } from '../guards/guard-kinds.ts';
import { declaring } from './asked-roles.ts';
import { asksRight, asksSignIn } from './bare-sign-in.ts';
import { refuses } from './refusing-functions.ts';
import { roleLevel } from './role-lattice.ts';

/** What a framework asks in front of a function, and what it asks there now. */
export interface LesserDependency {
  readonly range: Range;
  readonly was: string;
  readonly now: string;
}

/**
 * FastAPI: `Depends(require_doctor)` that became `Depends(current_staff)`, `Security(user, scopes=['admin'])` that lost its scopes, and a
 * parameter's type that stands for either (`Doctor = Annotated[Staff, Depends(require_doctor)]`). Where the first one depends on the second
 * it asks the same and more; else the names of roles say which of them asks less.
 */
export function* lesserDependencies(input: RuleInput): Iterable<LesserDependency> {
  if (input.after?.language !== 'python') return;
  const left = input.added.calls.filter(isGiven);
  for (const old of input.removed.calls.filter(isGiven)) {
    const scope = counterpartScope(input, old.scope);
    const at = left.findIndex((fresh) => fresh.scope === scope);
    const [fresh] = at < 0 ? [] : left.splice(at, 1);
    if (scope === undefined || fresh === undefined || isAskedStill(input, old, scope)) continue;
    const [was = '', now = ''] = [old.args[0], fresh.args[0]];
    if (was === now ? losesScopes(old, fresh) : isLess(input, was, now)) yield { range: fresh.range, was: saidBy(old), now: saidBy(fresh) };
  }
  for (const old of input.removed.symbols) {
    if (old.kind !== 'function' && old.kind !== 'method') continue;
    const fresh = input.added.symbols.find(({ name }) => name === old.name);
    for (const { name, type } of old.parameters) {
      const now = fresh?.parameters.find((other) => other.name === name)?.type ?? '';
      const [most, least] = [givenBy(input, type), type === now ? undefined : givenBy(input, now)];
      if (fresh !== undefined && most !== undefined && least !== undefined && isLess(input, most, least) && !asksNow(input, fresh.name))
        yield { range: fresh.range, was: type, now };
    }
  }
}

const isGiven = ({ callee, args }: Call): boolean => /^(Depends|Security)$/.test(lastName(callee)) && /^[\w.]+$/.test(args[0] ?? '');

const saidBy = ({ args }: Call): string => args.join(', ');

/** The router, the route or another parameter asks it as before, or the body does now. */
function isAskedStill(input: RuleInput, old: Call, scope: string): boolean {
  const isSame = (call: Call): boolean => isGiven(call) && saidBy(call) === saidBy(old) && (call.scope === '' || within(call.scope, scope));
  return input.after?.calls.some(isSame) === true || (scope !== '' && asksNow(input, scope));
}

function asksNow(input: RuleInput, scope: string): boolean {
  // What is given is called as well, by the framework.
  const given = new Set(input.after?.calls.filter(isGiven).map(({ args }) => args[0]));
  return (
    newGuardsIn(input, scope).some(({ test }) => isAccessTest(test)) ||
    newCallsIn(input, scope).some((call) => !isGiven(call) && !given.has(call.callee) && isAccessName(lastName(call.callee)))
  );
}

function isLess(input: RuleInput, was: string, now: string): boolean {
  if (dependsOn(input, now, was, 0)) return false;
  if (dependsOn(input, was, now, 0)) return declared(input, was).some((facts) => refuses(facts, lastName(was)));
  const [most, least] = [levelOf(was), levelOf(now)];
  if (most !== undefined && least !== undefined) return least < most;
  return asksRight(was) && isAccessName(was) && asksSignIn(now);
}

/** `require_admin`, `get_current_active_superuser` by their last words. */
function levelOf(name: string): number | undefined {
  return roleLevel(words(lastName(name)).replace(/^(?:(?:get|require|requires|ensure|current|active|verify|check|must|be|is|only) )+/, ''));
}

const DEEPEST = 3;

/** What is declared with `Depends(other)` among its parameters, itself or through one that it is given. */
function dependsOn(input: RuleInput, name: string, other: string, depth: number): boolean {
  const own = lastName(name);
  const given = declared(input, name).flatMap(({ calls }) =>
    calls.filter((call) => isGiven(call) && lastName(call.scope) === own).map(({ args }) => args[0] ?? ''),
  );
  return given.includes(other) || (depth < DEEPEST && given.some((next) => dependsOn(input, next, other, depth + 1)));
}

function declared(input: RuleInput, name: string): readonly SourceFacts[] {
  return input.after === undefined ? [] : declaring(input, input.after, lastName(name));
}

function losesScopes(old: Call, fresh: Call): boolean {
  const [was, now] = [scopesOf(old), scopesOf(fresh)];
  return now.length < was.length && now.every((scope) => was.includes(scope));
}

function scopesOf({ args }: Call): readonly string[] {
  return args.slice(1).flatMap((argument) => (/^(?:scopes=)?\[/.test(argument) ? (argument.match(/'[^']*'|"[^"]*"/g) ?? []) : []));
}

/** What stands behind a parameter's type: written there, or behind a name that this file or another one gives it. */
function givenBy(input: RuleInput, type: string): string | undefined {
  const written = /\b(?:Depends|Security)\(([\w.]+)\)/.exec(type)?.[1];
  if (written !== undefined || !/^[A-Z]\w{2,}$/.test(type)) return undefined;
  const files = input.trees.after.mentioning(type, ['.py']);
  for (const path of files.length > MOST_FILES ? [input.path] : files) {
    const facts = path === input.path ? input.after : input.factsAt('after', path);
    const given = facts?.calls.find(
      (call) => call.scope === '' && isGiven(call) && tokensOn(facts, call.range.start.line, call.range.start.line)[0]?.text === type,
    );
    if (given !== undefined) return given.args[0];
  }
  return undefined;
}

/** More files than these that name a type say that its name is a common one. */
const MOST_FILES = 20;
