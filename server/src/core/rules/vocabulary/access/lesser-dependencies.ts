import type { Call, Parameter, SourceFacts, SymbolFact } from '../../../model/facts.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { newCallsIn, newGuardsIn } from '../code/scope-changes.ts';
import { symbolsNamed } from '../code/symbols-by-name.ts';
import { tokenTexts } from '../code/token-lines.ts';
import { isAccessName, isAccessTest } from '../guards/guard-kinds.ts';
import { declaring } from './asked-roles.ts';
import { asksRight, asksSignIn } from './bare-sign-in.ts';
import { isAskedOfAll, lostMounts } from './mounted-dependencies.ts';
import { isGuardByBody, refuses } from './refusing-functions.ts';
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
  for (const { range, was, came } of lostMounts(input)) {
    const [now] = came;
    if (now !== undefined && came.every((one) => isLess(input, was, one))) yield { range, was, now };
  }
  yield* redeclaredTypes(input);
  const left = input.added.calls.filter(isGiven);
  for (const old of input.removed.calls.filter(isGiven)) {
    const scope = counterpartScope(input, old.scope);
    const at = left.findIndex((fresh) => fresh.scope === scope);
    const [fresh] = at < 0 ? [] : left.splice(at, 1);
    if (scope === undefined || scope === '' || fresh === undefined || isAskedStill(input, old, scope)) continue;
    const [was = '', now = ''] = [old.args[0], fresh.args[0]];
    if (was === now ? losesScopes(old, fresh) : isLess(input, was, now)) yield { range: fresh.range, was: saidBy(old), now: saidBy(fresh) };
  }
  for (const fresh of input.added.symbols) {
    const old = fresh.kind === 'function' || fresh.kind === 'method' ? symbolsNamed(input.before, fresh.name)[0] : undefined;
    if (old === undefined) continue;
    const { was, now } = lostFromHead(input, old, fresh);
    const stood = was.length === 0 ? [] : givenInHead(input, 'before', old);
    for (const { name, shown, type } of was) {
      // Of two that were written there one is gone: that is a lost guard.
      const isNew = (other: GivenInHead): boolean => !stood.some(({ name: old }) => old === other.name);
      const least = now.find(
        (other) => (type !== undefined || (other.type !== undefined && isNew(other))) && isLess(input, name, other.name),
      );
      if (least !== undefined) yield { range: fresh.range, was: shown, now: least.shown };
    }
  }
}

/** `AdminUser = Annotated[User, Depends(require_admin)]` whose name stands for less, wherever it is a type. */
function* redeclaredTypes(input: RuleInput): Iterable<LesserDependency> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined) return;
  for (const text of hunk.added) {
    const type = /^([A-Z]\w+)(?::\s*TypeAlias)?\s*=.*\b(?:Depends|Security)\(/.exec(text)?.[1];
    const [old, fresh] = type === undefined ? [] : [declarationOf(before, type), declarationOf(after, type)];
    if (old !== undefined && fresh !== undefined && isLess(input, old.args[0] ?? '', fresh.args[0] ?? ''))
      yield { range: fresh.range, was: saidBy(old), now: saidBy(fresh) };
  }
}

const firstWord = (facts: SourceFacts, { range }: Call): string | undefined => tokensOn(facts, range.start.line, range.start.line)[0]?.text;

const declarationOf = (facts: SourceFacts, type: string): Call | undefined =>
  facts.calls.find((call) => call.scope === '' && isGiven(call) && firstWord(facts, call) === type);

/** Checks that stood in the head of a function behind the types of its parameters, which ask nobody for them now. */
export function* departedDependencies(input: RuleInput): Iterable<{ readonly range: Range; readonly was: string; readonly owner: string }> {
  if (input.after?.language !== 'python') return;
  for (const fresh of input.added.symbols) {
    const old = fresh.kind === 'function' || fresh.kind === 'method' ? symbolsNamed(input.before, fresh.name)[0] : undefined;
    if (old === undefined || old.parameters.length === 0) continue;
    const { was, now } = lostFromHead(input, old, fresh);
    const lost = was.find(({ name, type }) => type !== undefined && (isAccessName(name) || isGuardByBody(input, name)));
    if (lost !== undefined && !now.some(({ name }) => isGuarding(input, name)))
      yield { range: fresh.range, was: lost.shown, owner: fresh.name };
  }
}

/** By its name, or by what it does before or after the change. */
function isGuarding(input: RuleInput, name: string): boolean {
  return isAccessName(name) || isGuardByBody(input, name) || declared(input, name).some((facts) => refuses(facts, lastName(name)));
}

/** What a parameter is given; the type that stands for it, where it is not written at the parameter. */
interface GivenInHead {
  readonly name: string;
  readonly shown: string;
  readonly type?: string;
}

const ROUTES = /^(?:get|post|put|patch|delete|head|options|api_route|websocket)$/;

/** A file that speaks of FastAPI, or a function that answers at an address. */
function isOfFramework({ before, after }: RuleInput, { name }: SymbolFact): boolean {
  return (
    [before, after].some((facts) => facts !== undefined && tokenTexts(facts).has('fastapi')) ||
    after?.calls.some((call) => call.kind === 'decorator' && call.scope === name && ROUTES.test(lastName(call.callee))) === true
  );
}

interface HeadChange {
  readonly was: readonly GivenInHead[];
  readonly now: readonly GivenInHead[];
}

const NOTHING: HeadChange = { was: [], now: [] };

/** What the head of a function asked for, and neither it nor what it asks for now, nor its body, nor its router does. */
function lostFromHead(input: RuleInput, old: SymbolFact, fresh: SymbolFact): HeadChange {
  const types = new Set(fresh.parameters.map(({ type }) => type));
  const asksOf = ({ type }: Parameter): boolean => /^[A-Z]\w{2,}$/.test(type) && !types.has(type);
  if (!(old.parameters.some(asksOf) || input.removed.calls.some(isGiven)) || !isOfFramework(input, fresh)) return NOTHING;
  const now = givenInHead(input, 'after', fresh);
  const stays = ({ name }: GivenInHead): boolean =>
    now.some((other) => other.name === name || dependsOn(input, other.name, name, 0)) || isAskedOfAll(input, name, fresh.name);
  // A type that is still there stands for the same: whether it asks less is told where it is declared.
  const lost = givenInHead(input, 'before', old).filter((given) => !(given.type !== undefined && types.has(given.type)) && !stays(given));
  return { was: lost.length === 0 || asksNow(input, fresh.name) ? [] : lost, now };
}

function givenInHead(input: RuleInput, side: Side, { name: scope, parameters }: SymbolFact): readonly GivenInHead[] {
  const written = (input[side]?.calls ?? []).filter((call) => call.scope === scope && isGiven(call));
  const behind = parameters.flatMap(({ type }) => {
    const name = givenBy(input, side, type);
    return name === undefined ? [] : [{ name, shown: type, type }];
  });
  return [...written.map((call) => ({ name: call.args[0] ?? '', shown: saidBy(call) })), ...behind];
}

const isGiven = ({ callee, args }: Call): boolean => /^(Depends|Security)$/.test(lastName(callee)) && /^[\w.]+$/.test(args[0] ?? '');

const saidBy = ({ args }: Call): string => args.join(', ');

/** The router, the route or another parameter asks it as before, or the body does now. */
function isAskedStill(input: RuleInput, old: Call, scope: string): boolean {
  const isSame = (call: Call): boolean => isGiven(call) && saidBy(call) === saidBy(old) && call.scope !== '' && within(call.scope, scope);
  const isOfAll = isAskedOfAll(input, old.args[0] ?? '', scope);
  return scope === '' ? isOfAll : isOfAll || input.after?.calls.some(isSame) === true || asksNow(input, scope);
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
  const given = declared(input, name).flatMap((facts) => [
    ...facts.calls.filter((call) => isGiven(call) && lastName(call.scope) === own).map(({ args }) => args[0] ?? ''),
    ...symbolsNamed(facts, own).flatMap(({ parameters }) => parameters.flatMap(({ type }) => givenBy(input, 'after', type) ?? [])),
  ]);
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

/** What stands behind a parameter's type where this file or another one gives it a name. */
function givenBy(input: RuleInput, side: Side, type: string): string | undefined {
  if (!/^[A-Z]\w{2,}$/.test(type) || PLAIN.test(type)) return undefined;
  const files = input.trees[side].mentioning(type, ['.py']);
  for (const path of files.length > MOST_FILES ? [input.path] : files) {
    const facts = path === input.path ? input[side] : input.factsAt(side, path);
    const given = facts === undefined ? undefined : declarationOf(facts, type);
    if (given !== undefined) return given.args[0];
  }
  return undefined;
}

/** Types of frameworks that stand for nothing else. */
const PLAIN = /^(?:Request|Response|BackgroundTasks|UploadFile|WebSocket|AsyncSession|Session|UUID|Decimal|Path|Optional|List|Dict|Any)$/;

/** More files than these that name a type say that its name is a common one. */
const MOST_FILES = 20;
