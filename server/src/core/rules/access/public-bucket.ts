import type { Option, Resource, Setting, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { publicCommands } from '../vocabulary/access/public-commands.ts';
import { changesInCode } from '../vocabulary/settings/declared-in-code.ts';
import { nameOf, settingsUnder, valueUnder } from '../vocabulary/settings/setting-index.ts';
import { isFalse, isTrue } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A store that is opened to everybody: a public ACL, a public access block that is turned off or removed, `Principal: *` in an
 * Allow, `allUsers` (also where one grant is made for each of a list), a public container; in templates, in programs that declare them, and in calls that open a file or a bucket
 * (`make_public`).
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
  reads: ['settings', 'resources', 'options', 'calls', 'loops', 'commands'],
  evidence: [
    { title: 'Sentry security incident of 12 June 2016', url: 'https://blog.sentry.io/2016/06/14/security-incident-june-12-2016' },
    { title: 'checkov CKV_AWS_20, CKV_AWS_53, CKV_AWS_54 and CKV_AWS_70', url: 'https://www.checkov.io/5.Policy%20Index/terraform.html' },
  ],
  *check(input) {
    const told = new Set<number>();
    const blocks = new Set<string>();
    const all = [...changedSettings(input), ...changesInCode(input)];
    for (const change of all) {
      const lifted = isLifted(change) ? all.filter((other) => isLifted(other) && blockOf(other) === blockOf(change)) : [];
      const what = lifted.length > 1 ? severalLifted(lifted) : opened(change, input);
      // The parts of one block open one bucket.
      if (what === undefined || (lifted.length > 0 && blocks.has(blockOf(change)))) continue;
      if (lifted.length > 0) blocks.add(blockOf(change));
      told.add(placeOf(change).range.start.line);
      const website = /(^|[-_.])(public|website|www|static|cdn|assets)([-_.]|$)/i.test(change.resource?.name ?? '');
      yield { ...placeOf(change), ...(website ? { severity: 'medium' as const } : {}), message: fitMessage(what) };
    }
    yield* openedInCode(input, told);
    yield* publicCommands(input);
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
  /^(allow_nested_items_to_be_public|allow_blob_public_access|AllowBlobPublicAccess|public_network_access_enabled_for_storage|publicReadAccess|PublicReadAccess|public_read_access|allowBlobPublicAccess|allow_blob_public_access|container_public_access|is_public|make_public|public_access_enabled|anonymous_access_enabled|anonymousReadEnabled)$/;

const ACL = /^(acl|AccessControl|canned_?acl|predefined_?acl|access_?control|default_?acl|object_?acl|x-amz-acl)$/i;
const PUBLIC_ACL =
  /^(public-?read(-?write)?|authenticated-?read|PublicRead(Write)?|publicReadWrite|(s3\.)?BucketAccessControl\.PUBLIC_\w+|\w+\.(ObjectCannedACL|BucketCannedACL)Public\w+|(ObjectCannedACL|BucketCannedACL)(\.|::)(PUBLIC_\w+|PublicRead\w*|AUTHENTICATED_READ)|CannedAccessControlList\.Public\w+)$/i;

/** Calls of the clouds' libraries that open a file or a bucket. */
const OPENING_CALL = /(^|\.)(make_public|makePublic|MakePublic|makeAllFilesPublic|grant_public_access|grantPublicAccess)$/;
/** Constructs and clients that say who may read. */
const ACCESS_CONSTRUCT = /iam_?(member|binding|policy)|bucket|access_?control|\bacl\b|storage|blob/i;
const GRANTS = /bucket_?(object_?)?(iam_?(member|binding)|access_?control)/i;
const ANYBODY = /['"](allUsers|allAuthenticatedUsers)['"]/;

/** What a program hands to a store: an ACL in a dictionary of its own, a list of readers, a call that opens a file. */
function* openedInCode(input: RuleInput, told: Set<number>): Iterable<FindingDraft> {
  const { added, before, after } = input;
  const isTold = (line: number): boolean =>
    after?.settings.some((setting) => setting.range.start.line === line) === true || told.has(line) || told.size > 2;
  const plain = (value: string): string => value.replace(/^[bruf]?['"`]|['"`]$/g, '');
  for (const option of added.options) {
    const isAcl = ACL.test(option.name) && PUBLIC_ACL.test(plain(option.value));
    const isOpened = OPENS.test(option.name) && isTrue(option.value) && isStore(option, after);
    const isReader = ANYBODY.test(option.value) && !/^[[{]\s*\{/.test(option.value);
    if ((!isAcl && !isReader && !isOpened) || isTold(option.range.start.line)) continue;
    const stood = before?.options.some((other) =>
      isAcl || isOpened ? other.name === option.name && other.value === option.value : ANYBODY.test(other.value),
    );
    const isAccess = after?.calls.some(({ callee }) => ACCESS_CONSTRUCT.test(callee)) ?? false;
    if (
      stood === true ||
      (isReader && !isAccess && !isOpened) ||
      (option.callee !== '' && (isAcl || isOpened) && changesInCode(input).some((change) => change.after?.range === option.range))
    )
      continue;
    told.add(option.range.start.line);
    const what = isOpened
      ? `${quote(option.name)} -> true: everybody may read it`
      : isAcl
        ? `${quote(option.name)} -> ${quote(plain(option.value))}: everybody may read it`
        : `${quote(option.name)} holds everybody: ${quote(option.value, 36)}`;
    yield { side: 'after', range: option.range, message: fitMessage(what) };
  }
  // One grant for each of a list: `for (const member of ['allUsers', …])`.
  for (const { head, body, range } of added.loops) {
    const grants = after?.calls.some(
      ({ callee, range: own }) => GRANTS.test(callee) && own.start.line >= body.startLine && own.end.line <= body.endLine,
    );
    if (
      grants !== true ||
      !ANYBODY.test(head) ||
      isTold(range.start.line) ||
      before?.loops.some((other) => ANYBODY.test(other.head)) === true
    )
      continue;
    told.add(range.start.line);
    yield { side: 'after', range, message: fitMessage(`grants access to ${quote(ANYBODY.exec(head)?.[1] ?? '')}`) };
  }
  for (const call of added.calls) {
    const argument = call.args.find((text) => PUBLIC_ACL.test(plain(text)) && /acl|access|canned/i.test(`${text} ${call.callee}`));
    if ((!OPENING_CALL.test(call.callee) && argument === undefined) || call.kind === 'decorator' || isTold(call.range.start.line)) continue;
    if (before?.calls.some((other) => other.callee === call.callee && other.args.join() === call.args.join()) === true) continue;
    told.add(call.range.start.line);
    yield { side: 'after', range: call.range, message: fitMessage(`${quote(call.callee, 30)} lets everybody read it`) };
  }
}

/** A class of one's own that is made from a bucket hands the options on: `super(scope, id, { … })`. */
function isStore({ callee, scope }: Option, facts: SourceFacts | undefined): boolean {
  if (/bucket|storage|\bblob|container/i.test(callee)) return true;
  const owner = scope.split('.')[0] ?? '';
  return (
    /^(super|super\(\)\.__init__)$/.test(callee) &&
    facts?.symbols.some((symbol) => symbol.name === owner && /bucket|storage|blob|container/i.test(`${symbol.name} ${symbol.type}`)) ===
      true
  );
}

/** A block that went to another file, or to another address with a `moved` block. */
function isKept(resource: Resource, { after, addedElsewhere }: RuleInput): boolean {
  if (after?.resources.some((other) => other.key === resource.key) === true) return true;
  return [...(after?.resources ?? []), ...addedElsewhere().resources].some(
    (other) => /^(moved|import)$/.test(other.type) && other.name.split('[')[0] === `${resource.type}.${resource.name}`,
  );
}

/** A part of a public access block that is off now. */
function isLifted(change: SettingChange): boolean {
  const { before, after, resourceIsGone } = change;
  if (!BLOCK.test(nameOf(change)) || resourceIsGone) return false;
  if (before === undefined) return after !== undefined && isFalse(after.value);
  return isTrue(before.value) && (after === undefined || isFalse(after.value));
}

/** The block that a part belongs to. */
function blockOf({ before, after, path }: SettingChange): string {
  return `${(after ?? before)?.resource ?? ''} ${path.slice(0, -1).join('/')}`;
}

function severalLifted(parts: readonly SettingChange[]): string {
  const [first, ...rest] = parts.map((part) => nameOf(part));
  const of = parts[0]?.resource?.name ?? '';
  const others = rest.length === 1 ? quote(rest[0] ?? '') : `${rest.length} more`;
  return `${quote(first ?? '')}, ${others}${of === '' ? '' : ` of ${quote(of, 20)}`} off: it may be made public`;
}

function opened(change: SettingChange, input: RuleInput): string | undefined {
  const name = nameOf(change);
  const { before, after } = change;
  if (BLOCK.test(name))
    return isLifted(change) ? `${quote(name)} -> ${after === undefined ? 'removed' : 'false'}: the bucket may be made public` : undefined;
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
  if (ACL.test(name) && PUBLIC_ACL.test(value)) return `${quote(name)} -> ${quote(value)}: everybody may read it`;
  const isHeld = /^(locals|variable)$/.test(change.resource?.type ?? '') || input.path.endsWith('.tfvars');
  const isMember = MEMBER.test(name);
  if ((isHeld || isMember || isEachMember(change, input)) && /^(allUsers|allAuthenticatedUsers)$/.test(value))
    return `grants access to ${quote(value)}`;
  if (isMember && !value.includes('?') && ANYBODY.test(value) && !ANYBODY.test(String(before?.value)))
    return `grants access to ${quote(ANYBODY.exec(value)?.[1] ?? value)}`;
  if (OPENS.test(name) && isTrue(after.value)) return `${quote(name)} -> true: blobs may be made public`;
  if (/^container_access_type$|^publicAccess$/.test(name) && /^(blob|container)$/i.test(value))
    return `${quote(name)} -> ${quote(value)}: everybody may read it`;
  if (/^public_?access_?prevention$/i.test(name) && before?.value === 'enforced' && value !== 'enforced')
    return `${quote(name)}: enforced -> ${value}`;
  return isPublicPrincipal(after, input.after) ? 'allows everybody: `Principal: *` with no condition' : undefined;
}

const MEMBER = /^(member|members|entity|entities)$/;

/** One of those that a resource is made for, each of whom is its member: `for_each = toset(["allUsers"])` with `member = each.value`. */
function isEachMember({ path, after }: SettingChange, input: RuleInput): boolean {
  return (
    path[0] === 'for_each' &&
    after !== undefined &&
    settingsUnder(input.after, after, []).some((other) => MEMBER.test(nameOf(other)) && /\beach\.(value|key)\b/.test(String(other.value)))
  );
}

/** `Principal: "*"`, `Principal: { AWS: "*" }`, `principals { identifiers = ["*"] }`. */
function isPublicPrincipal(setting: Setting, facts: SourceFacts | undefined): boolean {
  const at = setting.path.findIndex((element) => /^(Principal|principals(#.*)?)$/.test(element));
  if (at < 0 || setting.value !== '*' || (nameOf(setting) === 'type' && setting.path.length > at + 1)) return false;
  const prefix = setting.path.slice(0, at);
  if (/^deny$/i.test(String(valueUnder(facts, setting, prefix, /^(Effect|effect)$/) ?? ''))) return false;
  return !settingsUnder(facts, setting, prefix).some((other) => /^(Condition|condition(#.*)?)$/.test(other.path[prefix.length] ?? ''));
}
