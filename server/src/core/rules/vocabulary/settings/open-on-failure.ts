import type { Setting } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { words } from '../code/call-names.ts';
import { nameOf } from './setting-index.ts';
import { isFalse, isTrue } from './setting-values.ts';
import type { SettingChange } from './settings.ts';

/** Names that say by themselves that what failed is let through: Envoy's, Nginx's and Kong's, policy engines'. */
const ALLOWS =
  /^(failure mode allow|failure mode allowed|fail open|fails open|allow on (error|failure|timeout)|allow when (down|unavailable))$/;
const DENIES = /^(failure mode deny|fail closed|fail close|deny on (error|failure|timeout)|fail on error)$/;
const CHOICE = /^(failure ?policy|failure mode|on ?error|on ?failure|fail mode|fallback|default decision|on ?timeout)$/;
/** What such a choice belongs to: who is asked whether a request may pass. */
const CHECKS =
  /\b(webhooks?|auth\w*|ext ?authz|ext authz|authz|opa|gatekeeper|kyverno|policy|policies|admission|waf|jwt|oidc|oauth\w*|introspect\w*|captcha|permission\w*|validat\w*)\b/;

/** True for a setting by which a check that cannot be made counts as passed. */
export function opensOnFailure({ path }: RuleInput, change: SettingChange, value: Setting['value']): boolean {
  const name = words(nameOf(change));
  if (ALLOWS.test(name)) return isTrue(value);
  const where = words(`${path} ${change.resource?.type ?? ''} ${change.path.slice(0, -1).join(' ')}`);
  if (DENIES.test(name)) return isFalse(value) && (name === 'failure mode deny' || CHECKS.test(where));
  return (
    CHOICE.test(name) && CHECKS.test(where) && /^(ignore|allow|open|pass|permit|skip|fail[-_ ]?open|allow[-_ ]?all)$/i.test(String(value))
  );
}
