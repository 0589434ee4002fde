import type { Setting } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { isPlain } from './computed-texts.ts';
import { forcesNew } from './force-new.ts';
import { settingsOf } from './setting-index.ts';
import type { SettingChange } from './settings.ts';
import { statefulKind } from './stateful.ts';

/** The property of a store that changed in place, where the tool can only replace the store for it. */
export function replacingProperty(change: SettingChange, facts: RuleInput['before']): string | undefined {
  const { resource, path } = change;
  if (resource === undefined || change.resourceIsNew || change.resourceIsGone || statefulKind(resource.type) === undefined)
    return undefined;
  const inTemplate = resource.type.startsWith('AWS::');
  if (inTemplate && path[0] !== 'Properties') return undefined;
  if (path.join('/') === 'lifecycle/replace_triggered_by/0' && change.before === undefined) return 'replace_triggered_by';
  const property = path[inTemplate ? 1 : 0] ?? '';
  const { before, after } = change;
  // The attribute behind a key of the table, which changes with the key itself.
  if (/^(AttributeDefinitions|attribute\w*(#.*)?)$/.test(property) && before !== undefined && after !== undefined) {
    const isKey = settingsOf(facts, resource.key).some(
      (other) => /^(KeySchema|hash_key|range_key)$/.test(other.path[inTemplate ? 1 : 0] ?? '') && other.value === before.value,
    );
    return isKey && before.value !== after.value && /^(AttributeName|name)$/.test(path.at(-1) ?? '') ? property : undefined;
  }
  if (!forcesNew(resource.type, property)) return undefined;
  // A key that only holds others says nothing by itself.
  if ((before ?? after)?.value === null && before?.value === after?.value) return undefined;
  if (before === undefined) return appears(property, path, after) ? property : undefined;
  if (after === undefined) return path.length > (inTemplate ? 2 : 1) || isPlain(before) ? property : undefined;
  const plain = (value: Setting['value']): string => String(value).toLowerCase().replace(/\s+/g, '');
  return before.value === after.value || (/^(location|region)$/.test(property) && plain(before.value) === plain(after.value))
    ? undefined
    : property;
}

/** A property that is now written out may say what was so before; of these the default is another one. */
function appears(property: string, path: readonly string[], after: Setting | undefined): boolean {
  if (
    /^(KeySchema|LocalSecondaryIndexes|PrimaryKey|local_secondary_index.*|sortKey|range_key|keySchema|localSecondaryIndexes)$/.test(
      property,
    )
  )
    return true;
  if (/^(storage_encrypted|StorageEncrypted|storageEncrypted|encrypted|Encrypted|at_rest_encryption_enabled)$/.test(property))
    return after?.value === true || after?.value === 'true';
  return path.length === 1 && /^(snapshot_identifier|kms_key_id|storageEncryptionKey)$/.test(property);
}
