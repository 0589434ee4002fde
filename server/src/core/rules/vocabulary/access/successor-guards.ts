import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import { keepOf } from '../code/kept.ts';
import { callsInside, guardKind, isAccessName } from '../guards/guard-kinds.ts';

/** A guard that was declared on something which others stand in for now, and that none of them has. */
export interface LostWithOwner {
  readonly item: string;
  readonly range: Range;
  /** Who does its work now. */
  readonly successor: string;
}

const MIXIN =
  /\b\w*(?:LoginRequired|PermissionRequired|UserPassesTest|AccessMixin|StaffRequired|SuperuserRequired|AuthRequired|Authenticated|AdminRequired|OwnerRequired|Protected|Secured|Authorized|(?:Staff|Admin|Owner|Member|Login|Permission|Role|Superuser|User|Auth|Access|Group|Scope|Token|Session|Team|Manager|Editor)(?:Required|Only|Check|Restricted|Guard|Test|Access))\w*\b/;
const DECLARED =
  /^(?:permission_classes|authentication_classes|permission_required|decorators|login_required|dependencies|required_scopes)$/;

/**
 * A view, a controller or a handler that was rewritten under other names: a class that became functions, a function that became
 * a class. What guarded it was declared on it and went with its name, and the code it guarded stands in the open.
 */
export function* guardsLostWithOwner(input: RuleInput): Iterable<LostWithOwner> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  for (const { item, owner, range } of declared(input)) {
    if (owner === '' || standsAs(after, owner)) continue;
    const open = [...successorsOf(before, after, owner), ...viewsOf(input, before, owner)].find((scope) => !isGuarded(input, after, scope));
    if (open !== undefined) yield { item, range, successor: open };
  }
}

/** True where a file has it by its name, and not only as a name for something else: `index = IndexView.as_view()`. */
export function standsAs({ language, symbols }: SourceFacts, owner: string): boolean {
  return symbols.some(({ name, kind }) => name === owner && (language !== 'python' || kind !== 'variable'));
}

function* declared({ removed }: RuleInput): Iterable<{ readonly item: string; readonly owner: string; readonly range: Range }> {
  for (const { kind, name, type, range } of removed.symbols) {
    const item = kind === 'class' ? MIXIN.exec(type)?.[0] : undefined;
    if (item !== undefined) yield { item, owner: name, range };
  }
  for (const call of removed.calls) if (isGuardDecorator(call)) yield { item: `@${call.callee}`, owner: call.scope, range: call.range };
  for (const { name, value, scope, range } of removed.options)
    if (DECLARED.test(name) && !/AllowAny|^\[\]$|^\(\)$/.test(value)) yield { item: name, owner: scope, range };
}

function isGuardDecorator({ kind, callee, args }: Call): boolean {
  return (
    kind === 'decorator' &&
    !/^(?:allow|deny|warn|forbid|expect|Public|AllowAnonymous|PermitAll)$/.test(callee) &&
    (isAccessName(callee) || (/^(?:UseGuards|method_decorator)$/.test(lastName(callee)) && args.some(isAccessName)))
  );
}

const PLAIN =
  /^(?:len|str|int|repr|print|range|list|dict|set|isinstance|super|String|Number|log\w*|logger\.\w+|console\.\w+|Ok|Err|Some|json|res\.json|Response|JsonResponse|HttpResponse|render|redirect|ResponseEntity\.\w+|fmt\.\w+)$/;

const calleesByScope = keepOf((facts: SourceFacts): ReadonlyMap<string, ReadonlySet<string>> => {
  const found = new Map<string, Set<string>>();
  for (const { kind, callee, scope } of facts.calls) {
    if (scope === '' || kind === 'decorator' || PLAIN.test(callee)) continue;
    const known = found.get(scope);
    if (known === undefined) found.set(scope, new Set([callee]));
    else known.add(callee);
  }
  return found;
});

/** Functions that were not there before and mostly do what `owner` did. */
export function successorsOf(before: SourceFacts, after: SourceFacts, owner: string): readonly string[] {
  const old = new Set([...calleesByScope(before)].flatMap(([scope, callees]) => (within(scope, owner) ? [...callees] : [])));
  const known = new Set(before.scopes.map(({ name }) => name));
  return [...calleesByScope(after)]
    .filter(([scope, callees]) => {
      if (known.has(scope) || /(^|\.)_/.test(scope)) return false;
      const shared = [...callees].filter((callee) => old.has(callee)).length;
      return shared >= 2 && shared * 2 >= callees.size;
    })
    .map(([scope]) => scope);
}

/**
 * New classes of Django REST framework that do some of what the decorated function did: their base does the rest. None where the settings
 * ask for permissions by default.
 */
function viewsOf({ after, before, trees }: RuleInput, old: SourceFacts, owner: string): readonly string[] {
  const isView = before?.calls.some(
    ({ kind, callee, scope }) => kind === 'decorator' && scope === owner && lastName(callee) === 'api_view',
  );
  if (after === undefined || isView !== true || trees.after.mentioning('DEFAULT_PERMISSION_CLASSES', ['.py']).length > 0) return [];
  const did = calleesByScope(old).get(owner) ?? new Set();
  const known = new Set(old.symbols.map(({ name }) => name));
  return after.symbols.flatMap(({ kind, name, type }) => {
    if (
      kind !== 'class' ||
      known.has(name) ||
      !/\b(?:\w*ViewSet|APIView|\w*GenericAPIView|(?:List|Create|Retrieve|Update|Destroy)+APIView)\b/.test(type)
    )
      return [];
    const does = [...calleesByScope(after)].some(
      ([scope, callees]) => within(scope, name) && [...callees].some((callee) => did.has(callee)),
    );
    return does ? [name] : [];
  });
}

/** A declaration on it or around it, a check inside, or a wrapper where it is put to an address. */
function isGuarded(input: RuleInput, after: SourceFacts, scope: string): boolean {
  const around = (other: string): boolean => other !== '' && (within(other, scope) || within(scope, other));
  return (
    after.calls.some(
      (call) => around(call.scope) && (isGuardDecorator(call) || (call.kind === 'call' && isAccessName(lastName(call.callee)))),
    ) ||
    after.calls.some((call) => call.scope === '' && isAccessName(call.callee)) ||
    after.options.some((option) => around(option.scope) && DECLARED.test(option.name)) ||
    after.symbols.some(
      ({ name, kind }) => kind === 'class' && around(name) && basesOf(input, name).some((type) => MIXIN.test(type) || isAccessName(type)),
    ) ||
    isHelper(after, scope) ||
    after.symbols.some(
      ({ name, parameters }) => name === scope && parameters.some(({ type }) => isAccessName(type) || /current_?user/i.test(type)),
    ) ||
    after.guards.some((guard) => around(guard.scope) && guardKind(guard, callsInside(guard, after.calls)) === 'access') ||
    input.addedElsewhere().calls.some(({ callee, args }) => isAccessName(callee) && args.some((text) => text.includes(lastName(scope))))
  );
}

/** What the head of a class names as its bases, and the heads of those of them that the change holds. */
export function basesOf(input: RuleInput, owner: string): readonly string[] {
  const classes = [...(input.after?.symbols ?? []), ...input.addedElsewhere().symbols].filter(({ kind }) => kind === 'class');
  const found = new Set([owner]);
  const heads: string[] = [];
  for (const name of found) {
    for (const { type } of classes.filter((other) => other.name === name)) {
      heads.push(type);
      for (const base of type.match(/[A-Za-z_]\w*/g) ?? []) if (found.size < MOST_BASES) found.add(base);
    }
  }
  return heads;
}

const MOST_BASES = 24;

/** Another function of the file calls it, and nothing puts it to an address: whoever comes to it came through that one. */
function isHelper(after: SourceFacts, scope: string): boolean {
  const own = lastName(scope);
  return (
    after.calls.some((call) => call.kind === 'call' && call.scope !== '' && !within(call.scope, scope) && lastName(call.callee) === own) &&
    !after.calls.some(({ kind, scope: on }) => kind === 'decorator' && on === scope) &&
    !ENTRY.test(own)
  );
}

/** What a framework calls by its name. */
const ENTRY =
  /^(?:get|post|put|patch|delete|head|options|list|create|retrieve|update|destroy|partial_update|dispatch|handle|index|show|store)$/i;
