import type { Call, Fact, Guard, SourceFacts } from '../../../model/facts.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, literal, receiver, shorten, words } from '../code/call-names.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { isIn, partScopes } from '../code/own-parts.ts';
import { asksElsewhere, isExtracted, newCallsIn, newGuardsIn } from '../code/scope-changes.ts';
import { symbolsNamed } from '../code/symbols-by-name.ts';
import { isAccessName } from '../guards/guard-kinds.ts';
import { roleLevel } from './role-lattice.ts';
import { guardsOfRoute, routeOf } from './route-items.ts';
import { basesOf, successorsOf } from './successor-guards.ts';

/** A check that asked for one right or role, where now it is enough to be signed in. */
export interface SunkCheck {
  readonly was: string;
  readonly now: string;
  readonly side: Side;
  readonly range: Range;
}

/**
 * Checks of a right that gave way to a mere question who somebody is, at the same place: the decorators of a function, what
 * stands in front of a route, the calls and conditions of a function, an extractor's type, the bases of a class.
 */
export function sunkChecks(input: RuleInput): readonly SunkCheck[] {
  if (input.before === undefined || input.after === undefined) return [];
  return [...decorators(input), ...routes(input), ...inBodies(input), ...declared(input), ...rewritten(input)];
}

const RIGHT =
  /\b(permissions?|perms?|rights?|roles?|scopes?|authorit(?:y|ies)|privileges?|abilit(?:y|ies)|polic(?:y|ies)|admins?|staff|superuser|owners?|owns|managers?|moderators?|entitle\w*|grants?|can|may|capabilit(?:y|ies)|acl)\b/;

const SIGN_IN =
  /\b(logins?|logged in|auth|authed|authenticated?|authentication|sessions?|signed in|sign in|users?|current user|identity|jwt|bearer|token|account|principal)\b/;

/** A name or a text asks for a right, whatever else it asks. */
export function asksRight(text: string): boolean {
  const said = words(text);
  return RIGHT.test(said) || /['"`][\w-]{1,60}[:.][\w.*:-]{1,80}['"`]/.test(text);
}

/** A name asks who somebody is, and nothing else of him. */
export function asksSignIn(text: string): boolean {
  return !asksRight(text) && ((roleLevel(lastName(text)) ?? 9) <= 1 || SIGN_IN.test(words(text)));
}

/**
 * A new condition or call that only asks who somebody is, where the old condition asked for a right: the one does not stand for the other.
 * Of handlers without a name; `sunkChecks` tells of the rest.
 */
export function asksLessThan(old: Guard, fresh: Guard | Call): boolean {
  return /\('/.test(old.scope) && asksRight(old.test) && ('test' in fresh ? isBareSignIn(fresh.test) : asksSignIn(textOf(fresh)));
}

function textOf(call: Call): string {
  const name = lastName(call.callee);
  // A function that is not shown asks for more than what `login_required` says.
  const args = call.args.map((argument) => (argument === 'fn' ? 'has_right' : argument));
  return `${name}(${args.join(', ')})`;
}

/** A decorator that guards, by its own name or by what it is given. */
function isGuard(call: Call): boolean {
  const name = lastName(call.callee);
  if (/^(allow|deny|warn|forbid|expect|derive)$/.test(name)) return false;
  return isAccessName(name) || /^user_passes_test$/.test(name) || (/^Use(Guards|Before)$/.test(name) && call.args.some(isAccessName));
}

function* decorators(input: RuleInput): Iterable<SunkCheck> {
  const { before, after } = input;
  for (const old of input.removed.calls) {
    if (old.kind !== 'decorator' || !isGuard(old) || !asksRight(textOf(old))) continue;
    const scope = counterpartScope(input, old.scope);
    const around = (calls: readonly Call[] | undefined, at: string): readonly Call[] =>
      calls?.filter((call) => call.kind === 'decorator' && within(at, call.scope) && isGuard(call)) ?? [];
    const now = scope === undefined ? [] : around(after?.calls, scope);
    const signIn = now.find((call) => asksSignIn(textOf(call)));
    // With fewer of them than before it is a lost guard.
    if (signIn === undefined || now.some((call) => asksRight(textOf(call))) || now.length < around(before?.calls, old.scope).length)
      continue;
    if (isAskedElsewhere(input, old, old.scope)) continue;
    const isHere = input.added.calls.includes(signIn);
    yield { was: shown(old), now: shown(signIn), side: isHere ? 'after' : 'before', range: isHere ? signIn.range : old.range };
  }
}

function* routes(input: RuleInput): Iterable<SunkCheck> {
  for (const old of input.removed.calls) {
    const route = old.kind === 'call' ? routeOf(old) : undefined;
    if (route === undefined) continue;
    const was = guardsOfRoute(old, isAccessName).filter(asksRight);
    const fresh = input.after?.calls.find((call) => lastName(call.callee) === lastName(old.callee) && routeOf(call)?.path === route.path);
    if (was.length === 0 || fresh === undefined) continue;
    const now = guardsOfRoute(fresh, isAccessName);
    const signIn = now.find(asksSignIn);
    const inFront = input.after?.calls.some((call) => routeOf(call) === undefined && guardsOfRoute(call, isAccessName).some(asksRight));
    if (signIn === undefined || now.some(asksRight) || inFront === true || now.length < guardsOfRoute(old, isAccessName).length) continue;
    const isHere = input.added.calls.includes(fresh);
    yield { was: was[0] ?? '', now: signIn, side: isHere ? 'after' : 'before', range: isHere ? fresh.range : old.range };
  }
}

/** A call that refuses whoever may not: `assertPermission(user, 'x')`, and not one that gives, lists or reads. */
function isDemand(call: Call): boolean {
  return (
    call.kind === 'call' &&
    /^(require|assert|ensure|check|verify|authori[sz]e|enforce|must|demand|deny|guard|only|permit)/i.test(lastName(call.callee)) &&
    isAccessName(lastName(call.callee))
  );
}

function* inBodies(input: RuleInput): Iterable<SunkCheck> {
  const { after } = input;
  const refuses = (guard: Guard): boolean => guard.exit === 'throw' || guard.exit === 'answer' || guard.exit === 'return';
  const lost = [
    ...input.removed.calls.filter((call) => isDemand(call) && asksRight(textOf(call))).map((fact) => ({ fact, text: textOf(fact) })),
    ...input.removed.guards.filter((guard) => refuses(guard) && RIGHT.test(words(guard.test))).map((fact) => ({ fact, text: fact.test })),
  ];
  for (const { fact, text } of lost) {
    const scope = counterpartScope(input, fact.scope);
    if (after === undefined || scope === undefined || scope === '' || /\('/.test(fact.scope)) continue;
    const signIn =
      newGuardsIn(input, fact.scope).find((guard) => refuses(guard) && isBareSignIn(guard.test)) ??
      newCallsIn(input, fact.scope).find((call) => isDemand(call) && asksSignIn(textOf(call)));
    if (signIn === undefined) continue;
    const parts = partScopes(after, scope);
    const stillAsks =
      after.guards.some((guard) => isIn(parts, guard.scope) && asksRight(guard.test)) ||
      after.conditions.some((condition) => isIn(parts, condition.scope) && asksRight(condition.test)) ||
      after.calls.some((call) => isIn(parts, call.scope) && (isDemand(call) || call.kind === 'decorator') && asksRight(textOf(call)));
    if (stillAsks || isAskedElsewhere(input, fact, fact.scope)) continue;
    const now = 'callee' in signIn ? textOf(signIn) : signIn.test;
    yield { was: text, now, side: 'before', range: fact.range };
  }
}

/** `!user`, `user is None`, `not user.is_authenticated`, `session == null`. */
function isBareSignIn(test: string): boolean {
  return (
    !asksRight(test) &&
    /^(?:!|not )?\(?[\w.?$]*(?:user|session|actor|principal|viewer|account|claims|identity|auth|isAuthenticated|is_authenticated|authenticated)(?:\(\))?\)?(?: ?(?:===?|is) ?(?:null|undefined|None|nil))?$/i.test(
      test,
    )
  );
}

/** What a function of the change that this one asks now, here or in another file, says of the right. */
function isAskedElsewhere(input: RuleInput, fact: Fact, scope: string): boolean {
  if ('callee' in fact && 'args' in fact && isExtracted(input, fact as Call)) return true;
  const elsewhere = input.addedElsewhere();
  const isAsked = asksElsewhere(input, scope);
  return (
    elsewhere.guards.some((guard) => asksRight(guard.test) && isAsked(guard)) ||
    elsewhere.calls.some((call) => isAccessName(lastName(call.callee)) && asksRight(textOf(call)) && isAsked(call)) ||
    (input.after?.symbols ?? []).some(
      (symbol) =>
        symbol.kind === 'function' &&
        newCallsIn(input, scope).some((call) => lastName(call.callee) === lastName(symbol.name) && asksRight(symbol.name)),
    )
  );
}

/** A parameter of a handler of Rust that only somebody with a right can give, and the bases of a class of Python. */
function* declared(input: RuleInput): Iterable<SunkCheck> {
  for (const old of input.removed.symbols) {
    const fresh = symbolsNamed(input.after, old.name).find(({ kind }) => kind === old.kind);
    if (fresh === undefined) continue;
    const isRust = input.before?.language === 'rust';
    const typesOf = (symbol: typeof old): readonly string[] =>
      isRust
        ? symbol.parameters.map(({ type }) => type).filter((type) => isAccessName(type) && !/^(State|Path|Json|Query|Form|&)/.test(type))
        : symbol.kind === 'class'
          ? symbol.type.split(/[\s,()]+/).filter((type) => /(Mixin|Required)$/.test(type) && isAccessName(type))
          : [];
    const [was] = typesOf(old).filter(asksRight);
    const now = typesOf(fresh);
    const signIn = now.find(asksSignIn);
    if (was === undefined || signIn === undefined || now.some(asksRight)) continue;
    if (input.after?.calls.some((call) => call.kind === 'decorator' && within(call.scope, fresh.name) && asksRight(textOf(call))) === true)
      continue;
    yield { was, now: signIn, side: 'before', range: old.range };
  }
}

/**
 * A function that became a class, or came under another name: the right that its decorator asked for by its text is said nowhere any
 * more, and of what does its work now only who somebody is is asked. One that asks nobody at all is a lost guard.
 */
function* rewritten(input: RuleInput): Iterable<SunkCheck> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  for (const old of input.removed.calls) {
    const right =
      old.kind === 'decorator' && isGuard(old) ? old.args.map(literal).find((text) => text !== undefined && text !== '') : undefined;
    if (right === undefined || !asksRight(textOf(old)) || old.scope === '' || hasScope(after, old.scope)) continue;
    const isSaid = (text: string): boolean => text.includes(right);
    const elsewhere = input.addedElsewhere();
    if (after.tokens.some(({ text }) => isSaid(text)) || [...elsewhere.calls, ...elsewhere.options].some(({ key }) => isSaid(key)))
      continue;
    for (const successor of successorsOf(before, after, old.scope)) {
      const owner = receiver(successor) || successor;
      const asked = [
        ...basesOf(input, owner)
          .flatMap((type) => type.match(/[A-Za-z_]\w*/g) ?? [])
          .filter(isAccessName),
        ...after.calls.filter((call) => call.kind === 'decorator' && within(successor, call.scope) && isGuard(call)).map(textOf),
      ];
      const signIn = asked.find(asksSignIn);
      if (signIn === undefined || asked.some(asksRight) || isAskedInside(after, owner)) continue;
      yield { was: shown(old), now: signIn, side: 'before', range: old.range };
      break;
    }
  }
}

/** A check of a right in the body, or an option that names one. */
function isAskedInside({ guards, conditions, options, calls }: SourceFacts, owner: string): boolean {
  return (
    [...guards, ...conditions].some(({ scope, test }) => within(scope, owner) && asksRight(test)) ||
    options.some(({ scope, name }) => within(scope, owner) && /permission|role|scope|right/i.test(name)) ||
    calls.some((call) => within(call.scope, owner) && isDemand(call))
  );
}

function shown(call: Call): string {
  return shorten(`@${textOf(call)}`, 40);
}
