import type { RuleInput } from '../../define.ts';
import { countOf, isFalse, isTrue } from './setting-values.ts';
import { changedSettings, type SettingChange } from './settings.ts';

/** A lock that stays and holds less, and a switch by which a server takes orders that it refused. */
export function weakerLocks(input: RuleInput): readonly { readonly change: SettingChange; readonly what: string }[] {
  return changedSettings(input).flatMap((change) => {
    const what = change.resourceIsGone || change.resourceIsNew ? undefined : (weaker(change) ?? opened(change));
    return what === undefined ? [] : [{ change, what }];
  });
}

/** `mode = "COMPLIANCE"` that anybody with the right may lift now, and fewer days. */
function weaker({ path, before, after, resource }: SettingChange): string | undefined {
  if (
    before === undefined ||
    after === undefined ||
    !/object_lock|ObjectLock|vault_lock|VaultLock|immutability|retention_policy/i.test(`${resource?.type} ${path.join('/')}`)
  )
    return undefined;
  const name = path.at(-1) ?? '';
  if (/^mode$/i.test(name) && /^compliance$/i.test(String(before.value)) && /^governance$/i.test(String(after.value)))
    return `${String(before.value)} -> ${String(after.value)}`;
  const [old, now] = [countOf(before.value), countOf(after.value)];
  const isLength =
    /^(days|years|min_retention_days|minRetentionDays|MinRetentionDays|immutability_period_since_creation_in_days|retention_period)$/i.test(
      name,
    );
  return isLength && old !== undefined && now !== undefined && now < old ? `${old} -> ${now}` : undefined;
}

/** Elasticsearch refuses a delete by a pattern, and Kafka a delete of a topic, unless told otherwise. */
function opened({ path, before, after }: SettingChange): string | undefined {
  const name = path.join('.');
  if (/(^|\.)action\.destructive_requires_name$/.test(name) && isFalse(after?.value) && !isFalse(before?.value))
    return 'false: a pattern deletes many indices';
  if (/(^|[._])delete[._]topic[._]enable$/i.test(name) && isTrue(after?.value) && isFalse(before?.value)) return 'false -> true';
  return undefined;
}
