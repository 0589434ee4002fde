import type { Resource, Setting, SourceFacts } from '../../model/facts.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import {
  changedSettings,
  isFalse,
  isTrue,
  nameOf,
  placeOf,
  type SettingChange,
  settingsUnder,
  valueUnder,
} from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A store that is opened to everybody: a public ACL, a public access block that is turned off or removed, `Principal: *` in an
 * Allow, `allUsers`, a public container.
 *
 * ## Why it matters
 * What was private is on the internet as soon as it is applied, and copies of it stay there.
 *
 * ## When it is fine
 * Deny statements, an Allow that a condition narrows (a distribution's or an account's own), and turning access off. A bucket
 * that is called a website asks for a look and no more.
 *
 * ## What it misses
 * Policies put together from variables, and accounts that block public access above the bucket.
 */
export default defineRule({
  id: 'access/public-bucket',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Opens a store to everybody',
  reads: ['settings', 'resources'],
  evidence: [
    { title: 'Sentry security incident of 12 June 2016', url: 'https://blog.sentry.io/2016/06/14/security-incident-june-12-2016' },
    { title: 'checkov CKV_AWS_20, CKV_AWS_53, CKV_AWS_54 and CKV_AWS_70', url: 'https://www.checkov.io/5.Policy%20Index/terraform.html' },
  ],
  *check(input) {
    for (const change of changedSettings(input)) {
      const what = opened(change, input);
      if (what === undefined) continue;
      const website = /(^|[-_.])(public|website|www|static|cdn|assets)([-_.]|$)/i.test(change.resource?.name ?? '');
      yield { ...placeOf(change), ...(website ? { severity: 'medium' as const } : {}), message: fitMessage(what) };
    }
    for (const resource of input.removed.resources) {
      if (
        !/^(aws_s3_(bucket|account)_public_access_block|AWS::S3::AccessPoint|google_storage_managed_folder_iam_binding)$/.test(
          resource.type,
        ) ||
        isKept(resource, input)
      )
        continue;
      yield { side: 'before', range: resource.range, message: fitMessage(`removes the public access block ${quote(resource.name)}`) };
    }
  },
});

const BLOCK =
  /^(block_public_acls|block_public_policy|ignore_public_acls|restrict_public_buckets|BlockPublicAcls|BlockPublicPolicy|IgnorePublicAcls|RestrictPublicBuckets|blockPublicAcls|blockPublicPolicy|ignorePublicAcls|restrictPublicBuckets|uniform_bucket_level_access|enforce_public_access_block)$/;
const OPENS =
  /^(allow_nested_items_to_be_public|allow_blob_public_access|AllowBlobPublicAccess|public_network_access_enabled_for_storage|publicReadAccess|public_read_access|allowBlobPublicAccess|allow_blob_public_access|container_public_access|is_public|make_public|public_access_enabled|anonymous_access_enabled|anonymousReadEnabled)$/;

/** A block that went to another file, or to another address with a `moved` block. */
function isKept(resource: Resource, { after, addedElsewhere }: RuleInput): boolean {
  if (after?.resources.some((other) => other.key === resource.key) === true) return true;
  return [...(after?.resources ?? []), ...addedElsewhere().resources].some(
    (other) => /^(moved|import)$/.test(other.type) && other.name.split('[')[0] === `${resource.type}.${resource.name}`,
  );
}

function opened(change: SettingChange, input: RuleInput): string | undefined {
  const name = nameOf(change);
  const { before, after } = change;
  if (BLOCK.test(name)) {
    const off =
      (before !== undefined && isTrue(before.value) && (after === undefined || isFalse(after.value))) ||
      (before === undefined && after !== undefined && isFalse(after.value));
    return off && !change.resourceIsGone
      ? `${quote(name)} -> ${after === undefined ? 'removed' : 'false'}: the bucket may be made public`
      : undefined;
  }
  if (
    /^(PublicAccessBlockConfiguration|publicAccessBlockConfiguration|blockPublicAccess|public_access_block)$/.test(name) &&
    !change.resourceIsGone &&
    before !== undefined &&
    after === undefined
  ) {
    const stays = settingsUnder(input.after, before, change.path).length > 0;
    return stays || !(before.value === null || /BLOCK_ALL/.test(String(before.value)))
      ? undefined
      : `${quote(name)} removed: the bucket may be made public`;
  }
  if (after === undefined) return undefined;
  if (
    name === 'blockPublicAccess' &&
    before !== undefined &&
    /BLOCK_ALL/.test(String(before.value)) &&
    !/BLOCK_ALL/.test(String(after.value))
  )
    return `${quote(name)}: BLOCK_ALL -> ${String(after.value)}`;
  const value = String(after.value);
  if (
    /^(acl|AccessControl|canned_acl|predefined_acl|accessControl|predefinedAcl|cannedAcl|default_acl)$/.test(name) &&
    /^(public-?read(-?write)?|authenticated-?read|PublicRead(Write)?|publicReadWrite|(s3\.)?BucketAccessControl\.PUBLIC_\w+)$/i.test(value)
  )
    return `${quote(name)} -> ${quote(value)}: everybody may read it`;
  if (/^(member|members|entity|entities)$/.test(name) && /^(allUsers|allAuthenticatedUsers)$/.test(value))
    return `grants access to ${quote(value)}`;
  if (OPENS.test(name) && isTrue(after.value)) return `${quote(name)} -> true: blobs may be made public`;
  if (/^container_access_type$|^publicAccess$/.test(name) && /^(blob|container)$/i.test(value))
    return `${quote(name)} -> ${quote(value)}: everybody may read it`;
  if (name === 'public_access_prevention' && before?.value === 'enforced' && value !== 'enforced')
    return `${quote(name)}: enforced -> ${value}`;
  return isPublicPrincipal(after, input.after) ? 'allows everybody: `Principal: *` with no condition' : undefined;
}

/** `Principal: "*"`, `Principal: { AWS: "*" }`, `principals { identifiers = ["*"] }`. */
function isPublicPrincipal(setting: Setting, facts: SourceFacts | undefined): boolean {
  const at = setting.path.findIndex((element) => /^(Principal|principals(#.*)?)$/.test(element));
  if (at < 0 || setting.value !== '*' || (nameOf(setting) === 'type' && setting.path.length > at + 1)) return false;
  const prefix = setting.path.slice(0, at);
  if (/^deny$/i.test(String(valueUnder(facts, setting, prefix, /^(Effect|effect)$/) ?? ''))) return false;
  return !settingsUnder(facts, setting, prefix).some((other) => /^(Condition|condition(#.*)?)$/.test(other.path[prefix.length] ?? ''));
}
