import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { isAccessName } from '../guards/guard-kinds.ts';
import { carriedBy, expressionLoosened } from './carried-checks.ts';
import { compareChecks, isConjunction } from './compared-checks.ts';
import { told, weight } from './loosened-conditions.ts';
import { demandOf, roleLevel, rolesIn } from './role-lattice.ts';
import { routeOf } from './route-items.ts';

const CHECK =
  /^(has(Any)?(Role|Authority|Permission|Scope)s?|require\w*|ensure\w*|assert\w*|authorize\w*|authorise\w*|checkRoles?|check\w*Permission\w*|allowRoles?|allow|permit|restrict\w*|roles?|Roles|RolesAllowed|Secured|PreAuthorize|PostAuthorize|Permissions|RequirePermissions?|RequireRoles?|Scopes|RequiredScopes|Auth|Authorize|Authorized|UseGuards|permission_classes|permission_required|roles_required|role_required|roles_accepted|user_passes_test|requires|access|hasIpAddress|guard|withRole|minRole|protect\w*|is[A-Z]\w*|only\w*|can\w*)$/;

const OPENS = /^(permitAll|permit_all|anonymous|allowAll|allowAny|AllowAny|Public|AllowAnonymous|PermitAll|SkipAuth|NoAuth)$/;

/** Calls and annotations that name a role: the same check with a lower one, or another check in its place. */
export function* loosenedChecks(input: RuleInput): Iterable<FindingDraft> {
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

/**
 * Middleware of a route without arguments: `requireAdmin` that became `requireUser`. One that is gone and came back as nothing is told
 * where guards are lost (auth-guard-removed).
 */
export function* loosenedRoutes(input: RuleInput): Iterable<FindingDraft> {
  for (const old of input.removed.calls) {
    const path = routeOf(old)?.path;
    if (path === undefined) continue;
    const fresh = input.added.calls.find((call) => call.callee === old.callee && routeOf(call)?.path === path);
    if (fresh === undefined) continue;
    const [was, is] = [highest(demandsOf(old)), highest(demandsOf(fresh))];
    const instead = highest(
      demandsOf(fresh).filter(({ name }) => !old.args.includes(name) && !demandsOf(old).some((one) => one.name === name)),
    );
    if (was === undefined || is === undefined || instead === undefined || is.level >= was.level) continue;
    yield {
      side: 'after',
      range: fresh.range,
      message: fitMessage(`\`${shorten(instead.name, 22)}\` asks less of \`${shorten(path, 26)}\` than \`${shorten(was.name, 22)}\``),
    };
  }
}

interface Demand {
  readonly name: string;
  readonly level: number;
}

/** What stands in front of a handler and names a role, with the role's level. */
function demandsOf(call: Call): readonly Demand[] {
  // FastAPI has them in a list of the route: `dependencies=[Depends(require_owner)]`.
  const depended = call.args.flatMap((text) => [...text.matchAll(/\b(?:Depends|Security)\(([\w.]+)\)/g)].map(([, name = '']) => name));
  return [...call.args.slice(1, -1), ...depended].flatMap((name) => {
    const level = isAccessName(name) ? (demandOf(name) ?? identifierLevel(name)) : undefined;
    return level === undefined ? [] : [{ name, level }];
  });
}

function highest(demands: readonly Demand[]): Demand | undefined {
  return demands.toSorted((a, b) => b.level - a.level)[0];
}

/** `requireAdmin` by its last word. */
function identifierLevel(name: string): number | undefined {
  const word = /^(?:require|ensure|assert|check|only|is|must ?be|auth\.)_?([A-Za-z]+)$/.exec(name)?.[1];
  return word === undefined ? undefined : roleLevel(word);
}

/** Names that sound like a permission and are about something else. */
export const NOT_ACCESS =
  /aria|role="|className|oauth|grant_?type|cors|origin|host|method|header|file|mime|ext|tag|attr|content|accessToken|cache/i;
