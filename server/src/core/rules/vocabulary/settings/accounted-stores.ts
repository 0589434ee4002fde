import type { Resource } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { settingsOf } from './setting-index.ts';

/** True for a store with a block that says where it went, in this file or elsewhere in the change, or with a lifecycle that does not look at the property. */
export function isStoreAccountedFor(resource: Resource, property: string, input: RuleInput): boolean {
  const { after } = input;
  const named = [...(after?.resources ?? []), ...input.addedElsewhere().resources].some(
    (other) => /^(moved|import|removed)$/.test(other.type) && other.name.split('[')[0] === `${resource.type}.${resource.name}`,
  );
  const ignored = settingsOf(after, resource.key).some(
    (setting) =>
      setting.path[0] === 'lifecycle' && setting.path[1] === 'ignore_changes' && (setting.value === property || setting.value === 'all'),
  );
  return named || ignored;
}
