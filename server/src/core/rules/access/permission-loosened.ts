import type { Call, Option } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lostOfActions } from '../vocabulary/access/action-permissions.ts';
import { gainedRoles } from '../vocabulary/access/asked-roles.ts';
import { sunkChecks } from '../vocabulary/access/bare-sign-in.ts';
import { carriedBy, expressionLoosened } from '../vocabulary/access/carried-checks.ts';
import { compareChecks, isConjunction } from '../vocabulary/access/compared-checks.ts';
import { grantedInFiles, LIST } from '../vocabulary/access/permission-files.ts';
import { loweredRanks } from '../vocabulary/access/rank-changes.ts';
import { demandOf, roleLevel, rolesIn } from '../vocabulary/access/role-lattice.ts';
import { routeOf } from '../vocabulary/access/route-guards.ts';
import { lastName, receiver, shorten, words } from '../vocabulary/code/call-names.ts';
import { counterpartScope } from '../vocabulary/code/counterpart.ts';
import { changedOptions } from '../vocabulary/code/option-changes.ts';
import { newCallsIn, newGuardsIn } from '../vocabulary/code/scope-changes.ts';
import type { Loosening } from '../vocabulary/conditions/loosening.ts';
import { type ConditionChange, changedConditions } from '../vocabulary/guards/condition-changes.ts';
import { isAccessName, isAccessTest } from '../vocabulary/guards/guard-kinds.ts';
import { databaseRules } from '../vocabulary/settings/database-rules.ts';

/**
 * ## What it sees
 * A check of access that stays and lets more people through: a lower role (`requireRole('admin')` to `requireRole('user')`,
 * `IsOwner` to `AllowAny`), a lower rank of the program's own, a list of roles or scopes that grew, a role that may change
 * more, a condition that was turned round, lost a part, only asks whether there is a value or compares what can never differ,
 * and a permission file or a database's rules that grant more; also where the check went to another file on the way.
 *
 * ## Why it matters
 * A check that is still there looks like a check. Whoever reads the route sees a guard; only the one word in it is another.
 *
 * ## When it is fine
 * A stricter role, a shorter list, a part that another guard of the function asks now. These are not flagged.
 *
 * ## What it misses
 * Roles of the program's own whose order no line of the change says, and a check of a library whose new version asks for less.
 */
export default defineRule({
  id: 'access/permission-loosened',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'medium',
  title: 'A permission check lets more people through',
  reads: ['calls', 'guards', 'conditions', 'options', 'settings', 'symbols'],
  evidence: [{ title: 'OWASP A01:2021 Broken Access Control', url: 'https://owasp.org/Top10/A01_2021-Broken_Access_Control/' }],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<string>();
    for (const draft of [
      ...conditions(input),
      ...everybody(input),
      ...checks(input),
      ...routes(input),
      ...lists(input),
      ...actions(input),
      ...ranks(input),
      ...gained(input),
      ...grantedInFiles(input),
      ...databaseRules(input),
    ]) {
      const line = `${draft.side} ${draft.range.start.line}`;
      if (flagged.has(line)) continue;
      flagged.add(line);
      yield draft;
    }
    if (flagged.size === 0) yield* sunk(input);
  },
});

function* conditions(input: RuleInput): Iterable<FindingDraft> {
  for (const change of changedConditions(input)) {
    const { before, after, loosened } = change;
    if (isRate(input, after.scope)) continue;
    if (!isAccess(change)) continue;
    const old = demandOf(before.test);
    const now = demandOf(after.test);
    const sinks = old !== undefined && now !== undefined && now < old && loosened === undefined;
    if (loosened === undefined ? !sinks : isAskedElsewhere(input, change, loosened)) continue;
    yield { side: 'after', range: after.range, message: fitMessage(told(loosened, after.test, after.scope)), ...weight(loosened) };
  }
}

function isAccess({ before }: ConditionChange): boolean {
  if ('exit' in before)
    return isAccessTest(before.test) && (before.exit === 'throw' || before.exit === 'answer' || ASKS_WHO.test(words(before.test)));
  return before.kind === 'answers' && isPredicate(lastName(before.scope)) ? true : ASKS_WHO.test(words(before.test));
}

/** What a condition must hold to be about somebody's right, where nothing refuses. */
const ASKS_WHO =
  /\b(role|roles|permission|permissions|is admin|is owner|is staff|is superuser|is authenticated|is authorized|owner id|has role|has permission|has scope|has any role|can (edit|view|delete|manage|update|access|refund|approve|write|read|publish|create|remove))\b/;

/** A function that asked, and answers `true` to everybody now. */
function* everybody(input: RuleInput): Iterable<FindingDraft> {
  for (const answer of input.added.conditions) {
    if (answer.kind !== 'answers' || !/^(true|True)$/.test(answer.test) || !isPredicate(lastName(answer.scope))) continue;
    const was = input.before?.scopes.some((scope) => scope.name === answer.scope) ?? false;
    const had =
      input.before?.conditions.some(
        (other) => other.scope === answer.scope && other.kind === 'answers' && /^(true|True)$/.test(other.test),
      ) ?? false;
    const asks = [...(input.after?.guards ?? []), ...(input.after?.conditions ?? [])].some(
      (other) => other.scope === answer.scope && other !== answer,
    );
    if (was && !had && !asks && !isRate(input, answer.scope))
      yield { side: 'after', range: answer.range, message: fitMessage(`everybody may now in \`${shorten(lastName(answer.scope), 30)}\``) };
  }
}

/** How often somebody may is another question. */
function isRate({ path }: RuleInput, scope: string): boolean {
  return /\b(limit|limits|limiter|rate|throttl\w*|quota)\b/.test(words(`${path} ${scope}`));
}

/** A function that answers whether somebody may: `canRefund`, `has_object_permission`, `isOwner`. */
function isPredicate(name: string): boolean {
  return /^(can|may|is|has|allow|authorize|check|test_func|permits?|should_allow)/i.test(name) && isAccessName(name);
}

function told(loosened: Loosening | undefined, test: string, scope: string): string {
  const where = scope === '' ? '' : ` in \`${shorten(lastName(scope), 20)}\``;
  switch (loosened?.kind) {
    case 'inverted':
      return `\`${shorten(loosened.part, 40)}\` is the opposite of what was asked${where}`;
    case 'lost':
      return `\`${shorten(loosened.part, 40)}\` is no longer asked${where}`;
    case 'added':
      return `\`${shorten(loosened.part, 36)}\` is enough now${where}`;
    case 'joined':
      return `any part of \`${shorten(loosened.part, 36)}\` is enough now${where}`;
    case 'constant':
      return `everybody may now${where}: \`${shorten(test, 24)}\``;
    case 'presence':
      return `\`${shorten(loosened.part, 34)}\` only asks for any value${where}`;
    default:
      return `\`${shorten(test, 40)}\` asks for less than before${where}`;
  }
}

function weight(loosened: Loosening | undefined): Pick<FindingDraft, 'severity'> {
  // Another way in may be what was wanted; it is still for somebody else to say so.
  return loosened?.kind === 'added' || loosened?.kind === 'raised' ? { severity: 'high' } : {};
}

/** The part that went is asked by another guard of the same function now, or by a check that is called. */
function isAskedElsewhere(input: RuleInput, { before, after }: ConditionChange, { kind, part }: Loosening): boolean {
  if (kind === 'raised') return true;
  if (kind !== 'lost') return false;
  const words = part.match(/[A-Za-z_$][\w$]*/g) ?? [];
  const asks = (text: string): boolean =>
    words.length > 0 && words.every((word) => new RegExp(`\\b${word.replace(/\$/g, '\\$')}\\b`).test(text));
  return (
    newGuardsIn(input, before.scope).some((guard) => guard.range !== after.range && asks(guard.test)) ||
    newCallsIn(input, before.scope).some(
      (call) =>
        // What a new function of this file asks is seen there.
        lastName(call.callee) !== lastName(after.scope) &&
        isAccessName(lastName(call.callee)) &&
        /^(require|assert|ensure|check|verify|authori)/i.test(lastName(call.callee)),
    )
  );
}

const CHECK =
  /^(has(Any)?(Role|Authority|Permission|Scope)s?|require\w*|ensure\w*|assert\w*|authorize\w*|authorise\w*|checkRoles?|check\w*Permission\w*|allowRoles?|allow|permit|restrict\w*|roles?|Roles|RolesAllowed|Secured|PreAuthorize|PostAuthorize|Permissions|RequirePermissions?|RequireRoles?|Scopes|RequiredScopes|Auth|Authorize|Authorized|UseGuards|permission_classes|permission_required|roles_required|role_required|roles_accepted|user_passes_test|requires|access|hasIpAddress|guard|withRole|minRole|protect\w*|is[A-Z]\w*|only\w*|can\w*)$/;

const OPENS = /^(permitAll|permit_all|anonymous|allowAll|allowAny|AllowAny|Public|AllowAnonymous|PermitAll|SkipAuth|NoAuth)$/;

/** Calls and annotations that name a role: the same check with a lower one, or another check in its place. */
function* checks(input: RuleInput): Iterable<FindingDraft> {
  const left = input.added.calls.filter(isCheck);
  for (const old of input.removed.calls.filter(isCheck)) {
    const at = left.findIndex((fresh) => isSamePlace(input, old, fresh));
    const [here] = at < 0 ? [] : left.splice(at, 1);
    const fresh = here ?? carriedBy(input, old);
    if (fresh === undefined) continue;
    const looser = expressionLoosened(old, fresh, opened);
    const what = compareChecks(textOf(old), textOf(fresh), demandsAll(old));
    if (looser !== undefined) {
      yield { side: 'after', range: fresh.range, message: fitMessage(told(looser, argsOf(fresh), fresh.scope)), ...weight(looser) };
      continue;
    }
    if (what === undefined) continue;
    yield {
      side: 'after',
      range: fresh.range,
      message: fitMessage(`\`${shorten(writtenAs(fresh), 36)}\` ${what}, was \`${shorten(argsOf(old), 22)}\``),
    };
  }
}

function isCheck(call: Call): boolean {
  const name = lastName(call.callee);
  if (OPENS.test(name)) return true;
  if (!CHECK.test(name) || routeOf(call) !== undefined) return false;
  return isAccessName(name) || call.kind === 'decorator' ? rolesIn(textOf(call)).length > 0 || call.kind === 'decorator' : false;
}

/** The same function, decorated thing or route builder chain: `.requestMatchers("/admin").hasRole("ADMIN")`. */
function isSamePlace(input: RuleInput, old: Call, fresh: Call): boolean {
  if (old.kind === 'decorator' || fresh.kind === 'decorator')
    return old.kind === fresh.kind && counterpartScope(input, old.scope) === fresh.scope;
  const chain = (call: Call): string => call.callee.slice(0, Math.max(0, call.callee.lastIndexOf('.')));
  if (chain(old) !== '' && chain(old).includes('(')) return chain(old) === chain(fresh);
  return (
    old.callee === fresh.callee &&
    counterpartScope(input, old.scope) === fresh.scope &&
    Math.abs(input.removed.calls.indexOf(old) - input.added.calls.indexOf(fresh)) <= 3
  );
}

function textOf(call: Call): string {
  return `${call.kind === 'decorator' ? '' : lastName(call.callee)} ${OPENS.test(lastName(call.callee)) ? `'${lastName(call.callee)}'` : ''} ${call.args.map(opened).join(' ')}`;
}

/** A whole expression inside a string, as an annotation has it: `"hasRole('ADMIN')"`. */
function opened(argument: string): string {
  return /^['"]/.test(argument) && argument.includes('(') ? argument.slice(1, -1) : argument;
}

function argsOf(call: Call): string {
  return call.args.length === 0 ? lastName(call.callee) : call.args.join(', ');
}

function writtenAs(call: Call): string {
  return `${call.kind === 'decorator' ? '@' : ''}${lastName(call.callee)}(${call.args.join(', ')})`;
}

/** `requireScopes('a', 'b')` asks for all of them; lists of roles ask for any. */
function demandsAll(call: Call): boolean {
  return isConjunction(lastName(call.callee));
}

/** Middleware of a route without arguments: `requireAdmin` that became `requireUser`. */
function* routes(input: RuleInput): Iterable<FindingDraft> {
  for (const old of input.removed.calls) {
    const path = routeOf(old)?.path;
    if (path === undefined) continue;
    const fresh = input.added.calls.find((call) => call.callee === old.callee && routeOf(call)?.path === path);
    if (fresh === undefined) continue;
    const demand = (call: Call): number | undefined => {
      const levels = call.args
        .slice(1, -1)
        .flatMap((argument) => (isAccessName(argument) ? (demandOf(argument) ?? identifierLevel(argument) ?? []) : []));
      return levels.length === 0 ? undefined : Math.max(...levels);
    };
    const [was, is] = [demand(old), demand(fresh)];
    if (was === undefined || is === undefined || is >= was) continue;
    const guard = fresh.args.slice(1, -1).find(isAccessName) ?? '';
    yield {
      side: 'after',
      range: fresh.range,
      message: fitMessage(`\`${shorten(guard, 30)}\` asks less of \`${shorten(path, 30)}\` than before`),
    };
  }
}

/** `requireAdmin` by its last word. */
function identifierLevel(name: string): number | undefined {
  const word = /^(?:require|ensure|assert|check|only|is|must ?be|auth\.)_?([A-Za-z]+)$/.exec(name)?.[1];
  return word === undefined ? undefined : roleLevel(word);
}

const NOT_ACCESS =
  /aria|role="|className|oauth|grant_?type|cors|origin|host|method|header|file|mime|ext|tag|attr|content|accessToken|cache/i;

/** Lists and single roles that are values: `permission_classes = [IsOwner]`, `roles: ['admin']`, `requiredRole: 'admin'`. */
function* lists(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    if (
      !(LIST.test(after.name) || isGrantOf(after)) ||
      NOT_ACCESS.test(after.name) ||
      !isRoleValue(before) ||
      after.value.startsWith('{') ||
      before.scope.includes('<')
    )
      continue;
    const what =
      grantMore(before, after) ??
      compareChecks(quoted(before), quoted(after), isConjunction(after.name) && !/^(permissions|scopes)$/i.test(after.name));
    if (what === undefined) continue;
    const sinks = what === 'asks for less';
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`\`${shorten(after.name, 30)}\` ${what}`),
      ...(sinks ? {} : { severity: 'high' as const }),
    };
  }
}

/** An action whose own list of permissions went, and whose class asks for less. */
function* actions(input: RuleInput): Iterable<FindingDraft> {
  for (const { name, scope, range } of input.removed.options) {
    if (name !== 'permission_classes' || input.after?.symbols.some((symbol) => symbol.name === scope) !== true) continue;
    const lists = input.after.options.filter((option) => option.name === name);
    // With no list left, access/auth-guard-removed tells.
    if (lists.some((option) => option.scope === scope) || !lists.some((option) => option.scope === receiver(scope))) continue;
    const [lost] = lostOfActions(input, scope) ?? [];
    if (lost !== undefined)
      yield {
        side: 'before',
        range,
        message: fitMessage(`\`${shorten(lost.action, 28)}\` is no longer asked for \`${shorten(lost.item, 28)}\``),
      };
  }
}

/** `viewer: ['orders:read']` in a table of permissions. */
function isGrantOf({ name, key, value }: Option): boolean {
  return roleLevel(name) !== undefined && /perm|role|matrix|access|grant|acl|polic|abilit|capabilit/i.test(key) && value.startsWith('[');
}

/** A role's list of rights that gained one which changes something. */
function grantMore(before: Option, after: Option): string | undefined {
  if (!isGrantOf(after)) return undefined;
  const old = rolesIn(before.value);
  const gained = rolesIn(after.value).find(
    (right) => !old.includes(right) && /write|delete|admin|manage|refund|approve|create|update|\*|grant|edit|remove|publish/i.test(right),
  );
  return gained === undefined ? undefined : `may also ${shorten(gained, 24)}`;
}

function isRoleValue({ value }: Option): boolean {
  return rolesIn(value).length > 0 || /^\[?\s*[A-Z]\w+(\s*,\s*[A-Z]\w+)*\s*,?\]?$/.test(value);
}

/** Classes and enum members of a list are names of roles too. */
function quoted({ value }: Option): string {
  return value.replace(/(?<!['"\w.])([A-Z]\w+)(?!['"\w(])/g, "'$1'");
}

/** It is enough to be signed in where a right was asked for. */
function* sunk(input: RuleInput): Iterable<FindingDraft> {
  for (const { was, now, side, range } of sunkChecks(input))
    yield { side, range, message: fitMessage(`\`${shorten(now, 34)}\` is enough now, \`${shorten(was, 34)}\` was asked for`) };
}

/** A rank of the program's own that is asked for, and is a lower one now. */
function* ranks(input: RuleInput): Iterable<FindingDraft> {
  for (const { range, before, after } of loweredRanks(input))
    yield {
      side: 'after',
      range,
      message: fitMessage(`\`${shorten(after, 24)}\` is enough now, \`${shorten(before, 24)}\` was asked for`),
    };
}

/** Roles that went in front of a function, and others with them. */
function* gained(input: RuleInput): Iterable<FindingDraft> {
  for (const { scope, was, gained: role, range } of gainedRoles(input))
    yield {
      side: 'after',
      range,
      message: fitMessage(`\`${shorten(role, 22)}\` may also \`${shorten(lastName(scope), 24)}\`, it was \`${shorten(was, 24)}\``),
    };
}
