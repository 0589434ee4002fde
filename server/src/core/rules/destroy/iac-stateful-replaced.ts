import { defineRule } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { isStoreAccountedFor } from '../vocabulary/settings/accounted-stores.ts';
import { addressed } from '../vocabulary/settings/addressed.ts';
import { changedAddresses } from '../vocabulary/settings/changed-addresses.ts';
import { mayBeUnchanged } from '../vocabulary/settings/computed-texts.ts';
import { renamedStores } from '../vocabulary/settings/renamed-stores.ts';
import { replacingProperty } from '../vocabulary/settings/replacing-properties.ts';
import { changedSettings, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';
import { spelledOutChange } from '../vocabulary/settings/spelled-out-changes.ts';
import { statefulKind } from '../vocabulary/settings/stateful.ts';
import { changedConstants, changedValues } from '../vocabulary/settings/values-of-stores.ts';

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
      const change = spelledOutChange(input, written);
      const property = replacingProperty(change, input.before);
      const { resource } = change;
      if (property === undefined || resource === undefined || seen.has(`${resource.key} ${property}`)) continue;
      if (isStoreAccountedFor(resource, property, input)) continue;
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

/** What became of the value, as the message tells it; a note where the names in it may hold what stood here. */
function describe({ before, after }: SettingChange): { readonly severity?: 'low'; readonly how: string } {
  if (before === undefined || after === undefined) return { how: before === undefined ? ' set' : ' removed' };
  if (mayBeUnchanged(before, after)) return { severity: 'low', how: ' computed' };
  const short = `${String(before.value)} -> ${String(after.value)}`;
  return { how: short.length <= 24 && before.value !== null && after.value !== null ? ` ${short}` : ' changed' };
}
