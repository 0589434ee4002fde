import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten, words } from '../code/call-names.ts';
import { isFalse, isTrue } from '../settings/setting-values.ts';
import { changedSettings, changeName, placeOf, type SettingChange } from '../settings/settings.ts';

const ABOUT =
  '(?:auth|authn|authz|authentication|authenticate|authorization|authorisation|authorize|login|sign in|acl|acls|oauth2?|oidc|sso|mfa|2fa|two factor|basic auth|jwt|api key|password)';

/** Switches of a service, a chart or a module that ask who somebody is: on is the safe side. */
const ASKS = new RegExp(
  `(?:^|\\b)(?:(?:enable|enabled|require|required|requires|use|enforce|enforced|force) ${ABOUT}|${ABOUT} (?:enabled?|required?|enforced?|is enabled|is required)|xpack security enabled|security authorization|protected mode|requires? (?:login|authentication|auth|password|user)|secure (?:admin|api|endpoints?))$`,
);

/** Switches that let everybody in: off is the safe side. */
const OPENS = new RegExp(
  `(?:(?:disable|disabled|skip|bypass|no|without) ${ABOUT}|${ABOUT} (?:disabled?|bypass|skip|skipped|optional)|allow everyone if no acl found|anonymous (?:auth\\w*|access|users?|reads?|enabled|allowed)(?: enabled| allowed)?|allow (?:anonymous|unauthenticated|guests?)(?: \\w+)?|allow empty password|guest access(?: enabled)?|public signup)$`,
);

/** What a name ends with, and who decides something else: rate limits, audit and the like have rules of their own. */
const OTHER =
  /\b(?:audit|log|logs|logging|cache|caching|metrics|tracing|debug|rate|limit|ui|button|banner|form|link|theme|analytics|telemetry|report\w*|usage)\b/;

/** Settings by which a service asked who somebody is, turned off: `auth.enabled: false`, `AUTH_DISABLED: "true"`, `anonymous: true`. */
export function* switchedOffAccess(input: RuleInput): Iterable<FindingDraft> {
  for (const change of changedSettings(input)) {
    const { before, after, resourceIsNew } = change;
    if (after === undefined || before === undefined || resourceIsNew) continue;
    const name = nameFor(change);
    if (OTHER.test(words(change.path.slice(-3).join(' ')))) continue;
    const closes = ASKS.test(name) && isOn(before.value) && isOff(after.value);
    const opens = OPENS.test(name) && !isOn(before.value) && isOn(after.value);
    if (!closes && !opens) continue;
    yield {
      ...placeOf(change),
      message: fitMessage(
        `\`${shorten(name.replace(/ /g, '.'), 34)}\` is \`${shorten(String(after.value), 12)}\`: nobody is asked who they are`,
      ),
      severity: 'high',
    };
  }
}

/** The last words of the way to a setting: `auth enabled`; of a variable its name. */
function nameFor(change: SettingChange): string {
  const own = words(changeName(change));
  if (own === 'value') return words(change.path.at(-2) ?? '');
  const path = change.path.filter((part) => !/^\d+$/.test(part));
  const parent = path.at(-1) === changeName(change) ? (path.at(-2) ?? '') : '';
  return /^(?:enabled?|required?|mode|disabled?|optional|enforced?|authorization)$/.test(own) ? words(`${parent} ${own}`) : own;
}

function isOn(value: unknown): boolean {
  return isTrue(value as string) || value === 1 || value === '1';
}

function isOff(value: unknown): boolean {
  return isFalse(value as string) || value === 0 || value === '0';
}
