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
    if (before !== undefined && asksInServer(input, change)) {
      yield {
        ...placeOf(change),
        message: fitMessage(
          `\`${shorten(change.path.at(-1) ?? '', 24)}\` of \`${shorten(change.path.at(-2) ?? '', 30)}\`: nobody is asked who they are`,
        ),
        severity: 'high',
      };
      continue;
    }
    if (after === undefined || before === undefined || resourceIsNew) continue;
    const name = nameFor(change);
    if (OTHER.test(words(change.path.slice(-3).join(' ')))) continue;
    const closes = ASKS.test(name) && isOn(before.value) && isOff(after.value);
    const opens = OPENS.test(name) && !isOn(before.value) && isOn(after.value);
    if (!closes && !opens && !permitsAll(change)) continue;
    yield {
      ...placeOf(change),
      message: fitMessage(
        `\`${shorten(name.replace(/ /g, '.'), 34)}\` is \`${shorten(String(after.value), 12)}\`: nobody is asked who they are`,
      ),
      severity: 'high',
    };
  }
}

/** nginx: a directive that asks, gone from a block that still hands requests on, and none like it in the block or around it. */
function asksInServer({ after: facts }: RuleInput, { path, before, after }: SettingChange): boolean {
  if (facts?.language !== 'nginx' || !DIRECTIVES.test(path.at(-1) ?? '') || before?.value === 'off') return false;
  if (after !== undefined) return after.value === 'off';
  const block = path.slice(0, -1);
  const isAround = (other: readonly string[]): boolean =>
    other.length <= path.length && other.slice(0, -1).every((part, at) => part === block[at]);
  const serves = facts.settings.some(
    (setting) => SERVES.test(setting.path.at(-1) ?? '') && block.every((part, at) => setting.path[at] === part),
  );
  const asked = facts.settings.some(
    (setting) => DIRECTIVES.test(setting.path.at(-1) ?? '') && setting.value !== 'off' && isAround(setting.path),
  );
  return serves && !asked;
}

const DIRECTIVES = /^(?:auth_request|auth_basic|auth_jwt|auth_digest|ssl_verify_client)$/;
const SERVES = /^(?:(?:proxy|fastcgi|uwsgi|grpc|scgi)_pass|root|alias|try_files)$/;

/** The policy of a path: `quarkus.http.auth.permission.api.policy` from `authenticated` to `permit`, an entry of Micronaut's map. */
function permitsAll({ path, before, after }: SettingChange): boolean {
  const own = path.at(-1) ?? '';
  const isPolicy =
    (own === 'policy' && path.includes('auth') && path.includes('permission')) ||
    (/^(?:access|\d+)$/.test(own) && path.includes('intercept-url-map'));
  return isPolicy && EVERYBODY.test(String(after?.value)) && !EVERYBODY.test(String(before?.value));
}

const EVERYBODY = /^(?:permit|permitAll|isAnonymous\(\)|anonymous|public)$/i;

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
