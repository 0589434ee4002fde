import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten } from '../code/call-names.ts';
import { nameOf } from '../settings/setting-index.ts';
import { changedSettings, placeOf } from '../settings/settings.ts';
import { compareChecks } from './compared-checks.ts';

/** Files that say who may do what. */
export function* grantedInFiles(input: RuleInput): Iterable<FindingDraft> {
  if (OTHERS.test(input.path) || input.before === undefined) return;
  for (const change of changedSettings(input)) {
    const name = nameOf(change);
    const where = change.path.join('.');
    const isGrant = PERMISSION_FILE.test(input.path) || /roles?|permissions?|grants?|scopes?|allow/i.test(where);
    if (
      !isGrant ||
      change.resource !== undefined ||
      change.after === undefined ||
      /deny|denied|except|block|Statement|Action|Effect/i.test(where)
    )
      continue;
    const [old, now] = [change.before?.value, change.after.value];
    if (LIST.test(name) && typeof old === 'string' && typeof now === 'string') {
      const what = /^\d+$/.test(change.path.at(-1) ?? '') ? undefined : compareChecks(`'${old}'`, `'${now}'`, false);
      if (what?.startsWith('asks') === true)
        yield { ...placeOf(change), message: fitMessage(`\`${shorten(where, 34)}\` ${what}: ${shorten(old, 14)} -> ${shorten(now, 14)}`) };
    }
    const isEntry = /^\d+$/.test(change.path.at(-1) ?? '');
    if (!isEntry || typeof now !== 'string' || isListedBefore(input, change.path, now)) continue;
    if (RIGHT.test(now) && (hasListBefore(input, change.path) || hasHomeBefore(input, change.path)))
      yield {
        ...placeOf(change),
        message: fitMessage(`\`${shorten(change.path.slice(0, -1).join('.'), 34)}\` also has \`${shorten(now, 24)}\``),
        ...(/\*$/.test(now) ? {} : { severity: 'high' as const }),
      };
  }
}

const PERMISSION_FILE =
  /(permission|roles?|rbac|acl|access|authz|scopes|grants|entitlement|polic(y|ies))[\w-]*\.(json|ya?ml|toml)$|(^|\/)(permissions|roles|rbac|acl|authz)\//i;

const OTHERS = /(^|\/)(\.claude|\.cursor|\.gemini|\.github|\.brakeline|\.vscode)\/|opencode|package\.json$|tsconfig/;

/** A right to everything, a name of somebody who may do everything, or a right that changes something: `orders:write`, `manage-users`. */
const RIGHT =
  /(^|[:.])\*$|^(admin|root|superuser|everyone|public|anonymous|owner|impersonat\w*|[\w-]*-admin)$|[:.](write|delete|admin|manage|refund|approve|grant|create|update|edit|publish|impersonate)$|^(manage|impersonate|admin|write|delete|create|update|edit|approve|grant)[-_:.]\w+|[-_](admin|write|manage|delete)$/i;

/** Names of values that list roles or rights, or are one. */
export const LIST =
  /roles?$|permissions?$|scopes?$|groups?$|allowed|allowlist|authorities|permission_?classes|guards?$|access$|visibility$|min_?role|required_?(role|permission)|policy$/i;

/** The table that the list is put into was there, so that somebody who was known gets it. */
function hasHomeBefore(input: RuleInput, path: readonly string[]): boolean {
  const home = path.slice(0, -2);
  return (
    home.length > 1 &&
    input.before?.settings.some((setting) => setting.path.length > home.length && home.every((part, at) => setting.path[at] === part)) ===
      true
  );
}

function entriesBefore(input: RuleInput, path: readonly string[]): readonly unknown[] {
  const list = path.slice(0, -1).join('\u0000');
  return input.before?.settings.filter((setting) => setting.path.slice(0, -1).join('\u0000') === list).map(({ value }) => value) ?? [];
}

function isListedBefore(input: RuleInput, path: readonly string[], value: string): boolean {
  return entriesBefore(input, path).includes(value);
}

function hasListBefore(input: RuleInput, path: readonly string[]): boolean {
  return entriesBefore(input, path).length > 0;
}
