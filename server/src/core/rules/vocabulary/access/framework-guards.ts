import type { Call, Option } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { frameworkCalls } from '../code/framework-calls.ts';
import { newBodiesOf } from '../code/new-bodies.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { isAccessName } from '../guards/guard-kinds.ts';
import { namesOf } from '../guards/moved-guards.ts';
import { lostOfActions } from './action-permissions.ts';
import { CURRENT, DEMANDS } from './demanded-names.ts';
import { EMPTY } from './emptied-guards.ts';
import { BODY_NAME } from './guard-items.ts';
import { inheritsBases, inheritsList } from './inherited-guards.ts';
import { lostFromHeads } from './lost-from-heads.ts';
import { isAskedBehindMount, isAskedOfAll, isOfOtherRouter } from './mounted-dependencies.ts';
import { lostFilters } from './rails-filters.ts';
import { isGuardByBody, refuses } from './refusing-functions.ts';

/** A guard that a framework applies because it is declared, and that is gone while what it guarded stays. */
export interface LostFrameworkGuard {
  readonly item: string;
  /** What it guarded. */
  readonly owner: string;
  readonly range: Range;
  /** `after` where what takes the guard away is new; the old side otherwise. */
  readonly side?: 'after';
}

/** Base classes (`LoginRequiredMixin`), dependencies (`Depends(require_admin)`), lists of middleware, hooks before each request. */
export function lostFrameworkGuards(input: RuleInput): readonly LostFrameworkGuard[] {
  return [...bases(input), ...dependencies(input), ...lists(input), ...hooks(input), ...lostFilters(input)];
}

const BASE =
  /\b\w*(LoginRequired|PermissionRequired|UserPassesTest|AccessMixin|StaffRequired|SuperuserRequired|AuthRequired|Authenticated|AdminRequired|OwnerRequired|TenantMixin|CsrfProtect|Protected|Secured|(?:Staff|Admin|Owner|Member|Login|Permission|Role|Superuser|User|Auth|Access|Group|Scope|Token|Session|Team|Manager|Editor)(?:Required|Only|Check|Restricted|Guard|Test|Access))\w*\b/g;

function* bases(input: RuleInput): Iterable<LostFrameworkGuard> {
  for (const old of input.removed.symbols) {
    if (old.kind !== 'class') continue;
    const now = input.after?.symbols.find((symbol) => symbol.name === old.name && symbol.kind === 'class');
    if (now === undefined) continue;
    const left: readonly string[] = now.type.match(BASE) ?? [];
    const gone = old.type.match(BASE)?.filter((name) => !left.includes(name)) ?? [];
    const [item] = gone;
    if (item === undefined || left.some((name) => !old.type.includes(name)) || inheritsBases(input, old.name, gone)) continue;
    // A decorator or an attribute of the class may do the same.
    const does = newCallsIn(input, old.name).some((call) => call.kind === 'decorator' && call.args.concat(call.callee).some(isAccessName));
    const has = input.added.options.some((option) => within(option.scope, old.name) && /permission|decorators/.test(option.name));
    if (!does && !has) yield { item, owner: old.name, range: old.range };
  }
}

const INJECTS = /^(Depends|Security|Provide|Inject)$/;

function isDependency(call: Call): boolean {
  return INJECTS.test(lastName(call.callee)) && call.args.some(isAskingName);
}

/** What is given to a parameter asks who it is, or for a right, by its name. */
export function isAskingName(name: string): boolean {
  return (
    isAccessName(name) ||
    CURRENT.test(name) ||
    DEMANDS.test(name) ||
    /\b(current_?user|current_?active|api_?key|oauth2|bearer|principal|session_user|verify_\w+)\b|get_\w*user/i.test(name)
  );
}

/** A dependency that refuses in its own body, whatever it is called. */
function isGuardingDependency(input: RuleInput, { callee, args }: Call): boolean {
  return INJECTS.test(lastName(callee)) && args.some((argument) => isGuardByBody(input, argument));
}

/** A dependency whose function, or the one that makes it (`scoped('orders')`), refuses now: in this file, or one that came with the change. */
function isRefusing(input: RuleInput, { callee, args }: Call): boolean {
  const { after } = input;
  if (after === undefined || !INJECTS.test(lastName(callee))) return false;
  return args.some((argument) => {
    const name = lastName(/^[\w.]+/.exec(argument)?.[0] ?? '');
    return name !== '' && (refuses(after, name) || newBodiesOf(input, name).some(({ facts }) => refuses(facts, name)));
  });
}

/** A function that is new in this file and does nothing: it asks nobody, calls nothing and is handed nothing that would. */
function isHollow({ before, after }: RuleInput, name: string): boolean {
  if (before === undefined || after === undefined || hasScope(before, name)) return false;
  const symbol = after.symbols.find((other) => other.name === name && other.kind === 'function');
  const body = after.scopes.find((scope) => scope.name === name);
  return (
    symbol !== undefined &&
    body !== undefined &&
    !after.guards.some(({ scope }) => scope === name) &&
    !after.calls.some(({ scope }) => scope === name) &&
    !tokensOn(after, body.startLine, body.endLine).some(({ text }) => /^(raise|yield|Depends|Security|Annotated)$/.test(text))
  );
}

function* dependencies(input: RuleInput): Iterable<LostFrameworkGuard> {
  for (const { call, ...place } of lostFromHeads(input)) {
    if (!isDependency(call) && !isGuardingDependency(input, call)) continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined) continue;
    const stands = (other: Call): boolean =>
      (isDependency(other) || isRefusing(input, other)) && !other.args.some((argument) => isHollow(input, argument));
    const now = input.after?.calls.filter(stands) ?? [];
    // The router's own dependency stands for all of its routes.
    const moved = newCallsIn(input, '').some((other) => stands(other) && other.scope === '' && !isOfOtherRouter(input.after, other, scope));
    if (
      moved ||
      call.args.some((argument) => isAskedOfAll(input, argument, scope)) ||
      (scope === '' && isAskedBehindMount(input, call)) ||
      (scope !== '' && (now.some((other) => within(other.scope, scope)) || isAskedByAnother(input, call, scope)))
    )
      continue;
    // One that only its body gives away is counted by its own name.
    const isSuch = (other: Call): boolean => stands(other) || (other.callee === call.callee && other.args[0] === call.args[0]);
    const count = (side: 'before' | 'after'): number =>
      input[side]?.calls.filter((other) => other.scope === '' && isSuch(other)).length ?? 0;
    if (scope === '' && (count('after') >= count('before') || newCallsIn(input, '').some(stands))) continue;
    yield { item: call.args[0] ?? call.callee, owner: call.scope === '' ? 'the router' : call.scope, ...place };
  }
}

/** What the function depends on now depends on the same itself: `own_harvest(rows=Depends(own_harvests))`, `own_harvests(user=Depends(current_user))`. */
function isAskedByAnother(input: RuleInput, { args }: Call, scope: string): boolean {
  const { after } = input;
  const [item = ''] = args;
  if (after === undefined || !/^[\w.]+$/.test(item)) return false;
  const asked = frameworkCalls(after);
  const leading = new Set(namesOf(input, after, item));
  // A dependency of this file that depends on it leads to it as well.
  for (let hop = 0; hop < MOST_HOPS; hop += 1)
    for (const { callee, scope: own } of asked) if (leading.has(lastName(callee))) leading.add(lastName(own));
  return asked.some(({ callee, scope: own }) => within(own, scope) && leading.has(lastName(callee)));
}

/** Dependencies behind one another that are followed. */
const MOST_HOPS = 3;

const LISTS =
  /^(MIDDLEWARE(_CLASSES)?|DEFAULT_PERMISSION_CLASSES|DEFAULT_AUTHENTICATION_CLASSES|permission_classes|authentication_classes|middleware|middlewares|interceptors|decorators|method_decorators)$/;

function* lists(input: RuleInput): Iterable<LostFrameworkGuard> {
  for (const old of input.removed.options) {
    if (!LISTS.test(old.name)) continue;
    const scope = counterpartScope(input, old.scope);
    if (old.callee !== '' && old.name === 'permission_classes') {
      const item = itemsOf(old).find((name) => isGuardItem(name) || !OPEN.test(name));
      if (item !== undefined && isFieldWithout(input, old))
        yield { item, owner: fieldOf(input.before, old) ?? old.callee, range: old.range };
      continue;
    }
    // The class may have taken a function's place: its list holds for whatever stands in it.
    const now = input.after?.options.find(
      (option) => option.name === old.name && (option.scope === scope || (option.scope !== '' && within(scope ?? '', option.scope))),
    );
    if (scope === undefined || !staysOwner(input, scope)) continue;
    // A list that stays and asks for less is told by access/permission-loosened, one that asks for nothing here.
    const isPermissions = /^(DEFAULT_PERMISSION_CLASSES|permission_classes)$/.test(old.name);
    if (old.name === 'permission_classes' && now !== undefined && !EMPTY.test(now.value)) continue;
    const fresh = now === undefined ? [] : itemsOf(listBehind(input, now));
    const isGuard = (item: string): boolean => isGuardItem(item) || (isPermissions && !OPEN.test(item));
    const gone = itemsOf(old).filter((item) => isGuard(item) && !fresh.includes(item));
    const came = fresh.filter((item) => isGuard(item) && !itemsOf(old).includes(item));
    const lost = old.name === 'permission_classes' ? lostOfActions(input, old.scope) : undefined;
    if (lost?.length === 0) continue;
    const item = lost?.[0]?.item ?? gone[0];
    if (item !== undefined && came.length < gone.length && !(now === undefined && inheritsList(input, old, gone)))
      yield { item, owner: scope === '' ? old.name : scope, range: clip(input, old.range) };
  }
}

/** The list that the file gives a name: `interceptors=chain`, `chain = [AuthInterceptor()]`. */
function listBehind({ after }: RuleInput, option: Option): Option {
  if (!/^\w+$/.test(option.value)) return option;
  const isIt = ({ name, callee, scope }: Option): boolean =>
    name === option.value && callee === '' && (scope === option.scope || scope === '');
  return after?.options.find(isIt) ?? option;
}

/** A field that is made by a call, `payouts = strawberry.field(permission_classes=[IsFinance])`, stays and says nothing of who may. */
function isFieldWithout({ before, after }: RuleInput, option: Option): boolean {
  const field = fieldOf(before, option);
  const now =
    field === undefined
      ? []
      : (after?.calls.filter(({ callee, range }) => callee === option.callee && firstOn(after, range.start.line) === field) ?? []);
  // Another argument may ask for the same: `extensions=[PermissionExtension(permissions=[IsFinance()])]`.
  const asks = (argument: string): boolean =>
    argument.startsWith(`${option.name}=`)
      ? !EMPTY.test(argument.slice(option.name.length + 1))
      : itemsOf(option).some((item) => argument.includes(item));
  return now.length > 0 && !now.some(({ args }) => args.some(asks));
}

function fieldOf(facts: RuleInput['before'], option: Option): string | undefined {
  const call = facts?.calls.find(
    ({ callee, range }) =>
      callee === option.callee && range.start.line <= option.range.start.line && option.range.end.line <= range.end.line,
  );
  return call === undefined ? undefined : firstOn(facts, call.range.start.line);
}

const firstOn = (facts: RuleInput['before'], line: number): string | undefined =>
  tokensOn(facts, line, line).find(({ text }) => /^\w+$/.test(text))?.text;

/** Of a long list the part that this change touches. */
function clip({ hunk }: RuleInput, range: Range): Range {
  const { start, lines } = hunk.before;
  if (lines === 0 || start <= range.start.line) return range;
  const ends = start + lines <= range.end.line;
  return { start: { line: start, character: 0 }, end: ends ? { line: start + lines, character: 0 } : range.end };
}

function staysOwner(input: RuleInput, scope: string): boolean {
  return scope === '' || input.after?.symbols.some((symbol) => symbol.name === scope) === true;
}

/** Last names of what a list holds, whether they are written as names or as dotted strings. */
function itemsOf(option: Option): readonly string[] {
  return (option.value.match(/[A-Za-z_][\w.]*/g) ?? []).map((item) => item.slice(item.lastIndexOf('.') + 1));
}

/** Classes that let everybody in, or everybody who only looks. */
const OPEN = /^(AllowAny|Allow\w*All|IsAuthenticatedOrReadOnly)$/;

function isGuardItem(item: string): boolean {
  return !OPEN.test(item) && !BODY_NAME.test(item) && (isAccessName(item) || /csrf|xframe|_required$/i.test(item));
}

/** `@app.before_request def require_login()`, gone with its function. */
function* hooks(input: RuleInput): Iterable<LostFrameworkGuard> {
  for (const call of input.removed.calls) {
    if (call.kind !== 'decorator' || !/(^|\.)(before_request|before_app_request|middleware|before_first_request)$/.test(call.callee))
      continue;
    const name = call.scope.slice(call.scope.lastIndexOf('.') + 1);
    const left = input.after?.calls.some(
      (other) => other.kind === 'decorator' && other.scope === call.scope && other.callee === call.callee,
    );
    const isGuard =
      isAccessName(name) ||
      (input.before !== undefined && refuses(input.before, name)) ||
      input.removed.calls.some((other) => other.kind === 'decorator' && other.scope === call.scope && isAccessName(other.callee));
    if (!isGuard || left === true) continue;
    const moved = newCallsIn(input, '').some((other) => /before_request$|add_middleware$|register_middleware$/.test(other.callee));
    if (!moved)
      yield { item: name, owner: call.callee.slice(0, Math.max(0, call.callee.lastIndexOf('.'))) || 'the application', range: call.range };
  }
}
