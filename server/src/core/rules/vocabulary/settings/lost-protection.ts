import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { homeOf } from '../code/option-paths.ts';
import { changesInCode } from './declared-in-code.ts';
import { isFalse, isTrue } from './setting-values.ts';
import { isOffInProduction } from './stage-conditions.ts';

/** Settings and keywords that keep a thing from being deleted while they are on. */
export const PROTECTION =
  /^(deletion_?protection(_enabled)?|DeletionProtection(Enabled)?|deletionProtection(Enabled)?|enable_deletion_protection|prevent_destroy|(enable_?)?termination_?protection|(Enable)?TerminationProtection|disable_api_termination|DisableApiTermination|deletion_protection_enabled|delete_protection|deleteProtection|purge_protection_enabled|enablePurgeProtection|prevent_deletion|prevent_deletion_if_contains_resources|protect|force_destroy_protection|deletion_lock|object_lock_enabled|ObjectLockEnabled|objectLockEnabled|preventDestroy|deletionPolicyProtection|termination_protection_enabled|terminationProtectionEnabled|deletion_protection_mode|enableDeletionProtection|disableApiTermination|lock|skip_?destroy|delete_?lock|deletion_?prevention|prevent_?delete|enable_delete_protection|database_deletion_protection|cluster_deletion_protection|allow_deletion_protection|vault_lock|legal_hold|retain)$/i;

/** On, in the words of those that have more than two. */
export function isOn(value: string | number | boolean | null): boolean {
  return isTrue(value) || (typeof value === 'string' && /^(ACTIVE|ENABLED)$/i.test(value));
}

/** `modify_db_cluster(…, DeletionProtection=False)`, in a program that asked for no such thing. */
export function* switchedOffInCalls({ added, before }: RuleInput): Generator<FindingDraft> {
  for (const { name, value, callee, range } of added.options) {
    if (!PROTECTION.test(name) || name.length < 8 || !/^(false|False|aws\.Bool\(false\))$/.test(value)) continue;
    const isChange = /^(modify|update|patch|Modify|Update|Patch)/.test(lastName(callee));
    if (!isChange || before?.options.some((old) => old.name === name && lastName(old.callee) === lastName(callee)) === true) continue;
    yield { side: 'after', range, severity: 'high', message: fitMessage(`${quote(callee, 36)} takes ${quote(name, 24)} off`) };
  }
}

/**
 * A construct of the same type that stood protected in another file, and is declared here without protection, or with one that
 * nobody asks for: `props.protect ?? false`.
 */
export function* lostOnTheWay(input: RuleInput): Generator<FindingDraft> {
  for (const setting of input.added.settings) {
    const name = setting.path.at(-1) ?? '';
    if (!PROTECTION.test(name) || !isOffByDefault(setting.value)) continue;
    const resource = input.after?.resources.find((other) => other.key === setting.resource);
    const isOld = input.before?.resources.some((other) => other.key === setting.resource) === true;
    if (resource === undefined || (isOld && isFalse(setting.value))) continue;
    const gone = isOld ? input.removed.settings : input.removedElsewhere().settings;
    const was = gone.find(
      (other) =>
        other.path.at(-1) === name &&
        isOn(other.value) &&
        other.resource.replace(/[ .].*/s, '') === setting.resource.replace(/[ .].*/s, ''),
    );
    if (was === undefined || isAskedFor(input, String(setting.value))) continue;
    yield {
      side: 'after',
      range: setting.range,
      message: fitMessage(`${quote(name)} of ${quote(resource.name, 20)}: true -> ${shorten(String(setting.value), 26)}`),
    };
  }
}

/** A keyword that protected what a program declares in Python or Go, left out while the construct stays: most are off by default. */
export function* leftOut(input: RuleInput): Generator<FindingDraft> {
  for (const { path, before, after, resource } of changesInCode(input)) {
    const name = path[0] ?? '';
    const isOfConstruct = !/^(protect|lock|retain|legal_hold|skip_?destroy)$/i.test(name) || /ResourceOptions$/.test(resource?.type ?? '');
    if (before === undefined || after !== undefined || !PROTECTION.test(name) || !isOfConstruct || !isOn(before.value)) continue;
    // A builder of Java that is handed an expression: `.deletionProtection(isProd)`.
    const handed = input.added.calls.find(({ callee, args }) => lastName(callee) === name && args.length === 1);
    const [given = 'removed'] = handed?.args ?? [];
    if (handed !== undefined && !isOffByDefault(given) && !isOffInProduction(given)) continue;
    if (handed === undefined && isSpread(input, name, resource?.type ?? '')) continue;
    yield {
      ...(handed === undefined ? { side: 'before', range: before.range } : { side: 'after', range: handed.range }),
      message: fitMessage(`${quote(name)} of ${quote(resource?.type ?? '', 30)}: true -> ${shorten(given, 30)}`),
    };
  }
}

/** An object that is handed over whole has it: `ddb.TableV2(self, 'Entries', **PROTECTED)`. */
function isSpread({ after, addedElsewhere }: RuleInput, name: string, construct: string): boolean {
  const spread = (after?.calls ?? [])
    .filter(({ callee }) => callee === construct)
    .flatMap(({ args }) => args.flatMap((argument) => /^(?:\*\*|\.\.\.)\s?(?:\w+\.)?(\w+)$/.exec(argument)?.[1] ?? []));
  if (spread.length === 0) return false;
  return [...(after?.options ?? []), ...addedElsewhere().options].some(
    (option) => option.name === name && /^(?:true|True)$/.test(option.value) && spread.includes(lastName(homeOf(option))),
  );
}

/** Off, or off where nobody says otherwise: `props.protect ?? false`. */
export function isOffByDefault(value: string | number | boolean | null): boolean {
  return isFalse(value) || (typeof value === 'string' && /(\?\?|\|\||\bor\b|,) ?(false|False)\)?$/.test(value));
}

/** Somebody in the change hands the switch on. */
function isAskedFor(input: RuleInput, value: string): boolean {
  const name = /(?<!\w)\d*([A-Za-z_]\w*)['"]?(?:,| ?\?\?| ?\|\|| or\b)/.exec(value)?.[1];
  return (
    name !== undefined &&
    [...input.addedElsewhere().options, ...(input.after?.options ?? [])].some(
      (option) => option.name === name && /^(true|True)$/.test(option.value),
    )
  );
}
