import type { Option } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { receiver, shorten, words } from '../code/call-names.ts';
import { changedLines } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { changedOptions } from '../code/option-changes.ts';
import { lostOfActions } from './action-permissions.ts';
import { compareChecks, isConjunction } from './compared-checks.ts';
import { NOT_ACCESS } from './loosened-checks.ts';
import { LIST } from './permission-files.ts';
import { roleLevel, rolesIn } from './role-lattice.ts';

/** Lists and single roles that are values: `permission_classes = [IsOwner]`, `roles: ['admin']`, `requiredRole: 'admin'`. */
export function* widenedRoleLists(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    if (
      !(LIST.test(after.name) || isGrantOf(after)) ||
      NOT_ACCESS.test(after.name) ||
      !isRoleValue(before) ||
      isOfRecords(after) ||
      // FastAPI asks for all scopes of its list.
      after.callee === 'Security' ||
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

/** A token or a key that is issued for one thing of a kind, and for all of them now: `scope: 'orders:read'` to `'orders:*'`. */
export function* widerScopes(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    if (!/^(?:scopes?|permissions|grants|abilities)$/.test(after.name) || !ISSUES.test(words(`${after.callee} ${after.scope}`))) continue;
    const isAll = (value: string): boolean => /['":. ]\*(?=['" ,])/.test(value);
    if (isAll(after.value) && !isAll(before.value))
      yield {
        side: 'after',
        range: after.range,
        severity: 'high',
        message: fitMessage(`\`${shorten(after.name, 20)}: ${shorten(after.value, 40)}\` is for all of them`),
      };
  }
}

const ISSUES = /\b(?:sign|issue|issues|token|tokens|jwt|mint|create key|api key|credential|credentials|grant|encode)\b/;

/** An action whose own list of permissions went, and whose class asks for less. */
export function* widenedActions(input: RuleInput): Iterable<FindingDraft> {
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

/** `get_permissions` of a view set that names other classes, or names them for other actions: `self.action in ('list', 'update')`. */
export function* loosenedActions(input: RuleInput): Iterable<FindingDraft> {
  if (input.after?.language !== 'python') return;
  const told = new Set<string>();
  for (const line of changedLines(input, 'after')) {
    if (!line.scope.endsWith('.get_permissions') || told.has(line.scope)) continue;
    // One that is new took the place of a list, which access/auth-guard-removed compares it with.
    if (input.before?.scopes.some(({ name }) => name === line.scope) !== true) continue;
    told.add(line.scope);
    const lost = lostOfActions(input, receiver(line.scope)) ?? [];
    const [first] = lost.filter(({ action }) => CHANGES.test(action));
    if (first !== undefined)
      yield {
        side: 'after',
        range: rangeOfLine(input, 'after', line.line),
        message: fitMessage(`\`${shorten(first.action, 28)}\` is no longer asked for \`${shorten(first.item, 28)}\``),
      };
  }
}

/** Actions that change something; what is only read may be for more. */
const CHANGES = /^(?!list$|retrieve$)/;

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

/** `groups: [{ name: 'vendor', test: /node_modules/ }]`: records that say nothing of who may do what. */
function isOfRecords({ value }: Option): boolean {
  return (
    /[[,(]\s*\{/.test(value) &&
    !/\b(?:actions?|subjects?|roles?|resources?|permissions?|scopes?|grants?|effect|principals?|verbs?|can|allow)\s*:/i.test(value)
  );
}

/** Classes and enum members of a list are names of roles too. */
function quoted({ value }: Option): string {
  return value.replace(/(?<!['"\w.])([A-Z]\w+)(?!['"\w(])/g, "'$1'");
}
