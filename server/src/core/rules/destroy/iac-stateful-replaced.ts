import type { Resource, Setting } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { changedOptions } from '../vocabulary/code/option-changes.ts';
import { addressed } from '../vocabulary/settings/addressed.ts';
import { changedAddresses } from '../vocabulary/settings/changed-addresses.ts';
import { forcesNew } from '../vocabulary/settings/force-new.ts';
import { settingsOf } from '../vocabulary/settings/setting-index.ts';
import { changedSettings, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';
import { statefulKind } from '../vocabulary/settings/stateful.ts';
import { referenceOf, usersOf, withLocals } from '../vocabulary/settings/terraform-values.ts';

/**
 * ## What it sees
 * A property of a database, table, bucket, volume or key that cannot be changed in place: its name or identifier, engine, key
 * schema, zone, encryption. Terraform, CloudFormation, CDK and Pulumi; a table by type says which properties. Also a store of a
 * template or a CDK stack that got another logical id, `replace_triggered_by`, `for_each` that became `count`, another provider,
 * another prefix or namespace of Kustomize, and a variable or a local value of the module
 * that such a property takes its value from.
 *
 * ## Why it matters
 * The tool deletes the resource and makes a new, empty one. The plan says so in one word, among hundreds of lines.
 *
 * ## When it is fine
 * A `moved` or `import` block that names the resource, a property under `ignore_changes`, and a name that is only written
 * otherwise: what a variable or a function gives is a note.
 *
 * ## What it misses
 * Types that the table does not know, and names that are put together in a module.
 */
export default defineRule({
  id: 'destroy/iac-stateful-replaced',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Replaces infrastructure that holds data',
  reads: ['settings', 'resources', 'options', 'calls'],
  evidence: [
    {
      title: 'terraform destroy by an agent, 2026',
      url: 'https://aspov.com/category/ai/when-your-ai-agent-wipes-production-the-terraform-disaster-that-erased-2-5-years-of-data',
    },
  ],
  *check(input) {
    const seen = new Set<string>();
    for (const written of changedSettings(input)) {
      const change = spelledOut(input, written);
      const property = propertyOf(change, input.before);
      const { resource } = change;
      if (property === undefined || resource === undefined || seen.has(`${resource.key} ${property}`)) continue;
      if (isAccounted(resource, property, input)) continue;
      seen.add(`${resource.key} ${property}`);
      const kind = statefulKind(resource.type) ?? 'store';
      const { severity, how } = describe(change);
      yield {
        ...placeOf(change),
        ...(severity === undefined ? {} : { severity }),
        message: fitMessage(`${quote(property.split('#')[0] ?? property, 22)}${how} replaces the ${kind} ${quote(resource.name, 20)}`),
        ...addressed(resource, input.path),
      };
    }
    yield* changedValues(input);
    yield* changedConstants(input);
    yield* changedAddresses(input);
    for (const { old, fresh } of renamedStores(input)) {
      yield {
        side: 'after',
        range: fresh.range,
        ...addressed(old, input.path),
        message: fitMessage(
          `${quote(old.name, 18)} is now ${quote(fresh.name, 18)}: a new ${statefulKind(fresh.type) ?? 'store'}, without its data`,
        ),
      };
    }
  },
});

/** A text by the name that this file gives it once. */
function heldBy(facts: RuleInput['before'], value: Setting['value']): Setting['value'] {
  if (typeof value !== 'string' || !/^(?:this\.|self\.)?[A-Za-z_]\w*$/.test(value)) return value;
  const name = value.slice(value.lastIndexOf('.') + 1);
  const held = new Set(facts?.options.filter((option) => option.name === name && option.callee === '').map((option) => option.value));
  const [only = ''] = held;
  return held.size === 1 && isText(only) ? only.slice(1, -1) : value;
}

/** The change with the local values of the module written out on both sides. */
function spelledOut(input: RuleInput, change: SettingChange): SettingChange {
  const { before, after } = change;
  if (before === undefined || after === undefined) return change;
  if (/^(cdk|pulumi):/.test(change.resource?.type ?? ''))
    return {
      ...change,
      before: { ...before, value: heldBy(input.before, before.value) },
      after: { ...after, value: heldBy(input.after, after.value) },
    };
  return {
    ...change,
    before: { ...before, value: withLocals(input, 'before', before.value) },
    after: { ...after, value: withLocals(input, 'after', after.value) },
  };
}

/** A variable's default, a local value or a line of a `.tfvars` file that such a property takes its value from. */
function* changedValues(input: RuleInput): Generator<FindingDraft> {
  for (const written of changedSettings(input)) {
    const { resource, path } = written;
    // An entry of a table of names is one of them: `local.names.store`.
    const isEntry = resource?.type === 'locals' && path.length === 2;
    if (written.before?.value === written.after?.value || (path.length !== 1 && !isEntry)) continue;
    const change = resource?.type === 'locals' ? spelledOut(input, written) : written;
    const { before, after } = change;
    const own = referenceOf(change, resource, input.path);
    const reference = isEntry && own !== undefined ? `${own}.${path[1] ?? ''}` : own;
    if (before === undefined || after === undefined || reference === undefined || before.value === null) continue;
    if (plainText(before.value) === plainText(after.value) || !isSurelyOther(before, after)) continue;
    const user = usersBehind(input, reference).find(
      ({ resource: store, setting }) =>
        statefulKind(store.type) !== undefined &&
        forcesNew(store.type, setting.path[0] ?? '') &&
        !isAccounted(store, setting.path[0] ?? '', input),
    );
    if (user === undefined) continue;
    const kind = statefulKind(user.resource.type) ?? 'store';
    yield {
      ...placeOf(change),
      message: fitMessage(
        `${quote(user.setting.path[0] ?? '', 18)} by ${quote(reference, 18)} replaces the ${kind} ${quote(user.resource.name, 16)}`,
      ),
    };
  }
}

/** A text of a program that names of its stores are made of: `const prefix = 'orders'`, `bucketName: \`${prefix}-files\``. */
function* changedConstants(input: RuleInput): Generator<FindingDraft> {
  const { after } = input;
  if (after === undefined || after.resources.every(({ type }) => !/^(?:cdk|pulumi):/.test(type))) return;
  for (const { before: old, after: now } of changedOptions(input)) {
    if (
      now.callee !== '' ||
      !/^\w+$/.test(now.name) ||
      !isText(old.value) ||
      !isText(now.value) ||
      plainText(old.value.slice(1, -1)) === plainText(now.value.slice(1, -1))
    )
      continue;
    const taken = new RegExp(`\\$\\{ ?(?:this\\.)?${now.name} ?\\}|^(?:this\\.)?${now.name}$`);
    const user = after.settings.find(({ resource, path, value }) => {
      const type = after.resources.find(({ key }) => key === resource)?.type ?? '';
      return (
        /^(?:cdk|pulumi):/.test(type) && statefulKind(type) !== undefined && forcesNew(type, path[0] ?? '') && taken.test(String(value))
      );
    });
    const store = after.resources.find(({ key }) => key === user?.resource);
    if (user === undefined || store === undefined || isAccounted(store, user.path[0] ?? '', input)) continue;
    yield {
      side: 'after',
      range: now.range,
      message: fitMessage(
        `${quote(user.path[0] ?? '', 18)} by ${quote(now.name, 18)} replaces the ${statefulKind(store.type) ?? 'store'} ${quote(store.name, 16)}`,
      ),
    };
  }
}

function isText(value: string): boolean {
  return /^(['"`])[^'"`$]*\1$/.test(value);
}

/** Who takes its value from a name, also through local values that are made of it. */
function usersBehind(input: RuleInput, reference: string): ReturnType<typeof usersOf> {
  const found = [...usersOf(input, reference)];
  const followed = new Set([reference]);
  for (const { resource, setting, file } of found) {
    const next = resource.type === 'locals' && setting.path.length === 1 ? referenceOf(setting, resource, file) : undefined;
    if (next === undefined || followed.has(next) || followed.size > 8) continue;
    followed.add(next);
    found.push(...usersOf(input, next));
  }
  return found;
}

/** The property that changed in place, where it is one that cannot. */
function propertyOf(change: SettingChange, facts: RuleInput['before']): string | undefined {
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

function isPlain(setting: Setting): boolean {
  return typeof setting.value !== 'string' || !/[${(]|\b(var|local|data|module)\./.test(setting.value);
}

/** The names that a text is made of: `${var.env}` of `ledger-${var.env}`. */
function namesOf({ value }: Setting): string {
  return [...String(value).matchAll(/\$\{([^{}]*)\}/g)].map(([, name]) => name?.trim()).join();
}

function plainText(value: Setting['value']): string {
  return String(value).toLowerCase();
}

/** Whatever the names hold that are not known, the two are not the same. */
function isSurelyOther(before: Setting, after: Setting): boolean {
  if (isPlain(before) && isPlain(after)) return true;
  if (isPlain(before) || isPlain(after)) return !mayBeSame(before, after);
  return isGrown(before, after) || isGrown(after, before) || (namesOf(before) !== '' && namesOf(before) === namesOf(after));
}

/** All of one and more text of its own before or behind it: `${var.name}-main`, `${var.name}-main-${var.zone}`. */
function isGrown({ value: old }: Setting, { value: fresh }: Setting): boolean {
  const whole = /^[a-z]+\.[\w.]+$/.test(String(old)) ? `\${${String(old)}}` : String(old);
  const text = String(fresh);
  const more = text.startsWith(whole) ? text.slice(whole.length) : text.endsWith(whole) ? text.slice(0, -whole.length) : '';
  return whole.includes('${') && /[\w-]/.test(more.replace(/\$\{[^{}]*\}/g, ''));
}

/** What one is put together from can come to the other: `orders-${var.env}` to `orders-prod`, and never to `ledger-prod`. */
function mayBeSame(before: Setting, after: Setting): boolean {
  const [plain, made] = isPlain(before) ? [before, after] : [after, before];
  if (!isPlain(plain) || typeof made.value !== 'string' || !made.value.includes('${')) return true;
  const text = String(plain.value);
  const parts = made.value.split(/\$\{[^{}]*\}/);
  const [first = '', ...rest] = parts;
  const last = rest.at(-1) ?? '';
  return text.startsWith(first) && text.endsWith(last) && text.length >= first.length + last.length && !/[{}]/.test(parts.join(''))
    ? rest.slice(0, -1).every((part) => text.includes(part))
    : /[{}]/.test(parts.join(''));
}

function describe({ before, after }: SettingChange): { readonly severity?: 'low'; readonly how: string } {
  if (before === undefined || after === undefined) return { how: before === undefined ? ' set' : ' removed' };
  // What a variable holds is not known, and it may hold what stood here; where both are made of the same ones, the rest tells.
  const isSure =
    !isPlain(before) &&
    !isPlain(after) &&
    (isGrown(before, after) || isGrown(after, before) || (namesOf(before) === namesOf(after) && namesOf(after) !== String(after.value)));
  if (!isSure && (!isPlain(before) || !isPlain(after)) && mayBeSame(before, after)) return { severity: 'low', how: ' computed' };
  const short = `${String(before.value)} -> ${String(after.value)}`;
  return { how: short.length <= 24 && before.value !== null && after.value !== null ? ` ${short}` : ' changed' };
}

/** A block that says where the resource went, or a lifecycle that does not look at the property. */
function isAccounted(resource: Resource, property: string, input: RuleInput): boolean {
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

/**
 * A store of a template or a stack that is gone while another one of its type came in the same file: its logical id changed.
 * Terraform's addresses are the business of destroy/iac-stateful-removed.
 */
function* renamedStores({ added, before, after }: RuleInput): Generator<{ readonly old: Resource; readonly fresh: Resource }> {
  const isNamed = ({ type }: Resource): boolean => /^(AWS::|cdk:|pulumi:)/.test(type) && statefulKind(type) !== undefined;
  const keys = (resources: readonly Resource[] | undefined): ReadonlySet<string> => new Set(resources?.map((resource) => resource.key));
  const left = (before?.resources ?? []).filter((resource) => isNamed(resource) && !keys(after?.resources).has(resource.key));
  for (const fresh of added.resources.filter(isNamed)) {
    // Pulumi is told what it was called, and keeps it.
    const isKnownAs = (name: string): boolean =>
      settingsOf(after, fresh.key).some(({ path, value }) => path[0] === 'aliases' && value === name);
    const at = left.findIndex((old) => old.type === fresh.type && !isKnownAs(old.name));
    const [old] = at < 0 ? [] : left.splice(at, 1);
    if (old !== undefined) yield { old, fresh };
  }
}
