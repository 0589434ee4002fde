import type { Setting, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { quote, restoreExpressions } from '../../quote.ts';
import { findSetting, settingsOf, settingsUnder } from '../settings/setting-index.ts';
import { ofResource, type SettingChange } from '../settings/settings.ts';
import { CLAIM, PASSING, TEMPLATE } from './volume-names.ts';

/** A workload that finds another volume than the one it wrote to. */
export interface ExchangedClaim {
  readonly message: string;
  /** One finding per volume. */
  readonly about: string;
  readonly severity: 'high';
}

/**
 * A claim that cannot be changed in place, or that is asked for under another name: its class, the volume it is bound to, the name by which a
 * pod, a template of claims or a compose file names it. What was written stays where it was, and the next start finds an empty folder.
 */
export function exchangedClaim(change: SettingChange, input: RuleInput): ExchangedClaim | undefined {
  const { path, resource } = change;
  const [old, now] = [textOf(change.before), textOf(change.after)];
  if (change.before === undefined || change.resourceIsNew || change.resourceIsGone || old === '' || old === now) return undefined;
  if (isComputed(old) || isComputed(now) || path.some((part) => PASSING.test(part)) || PASSING.test(resource?.name ?? '')) return undefined;
  const what = classOf(change, input) ?? boundOf(change) ?? claimOf(change, input) ?? volumeOfCompose(change, input);
  return what === undefined
    ? undefined
    : {
        message: `${what}${ofResource(change)}: ${quote(old, 18)} -> ${quote(now === '' ? 'none' : now, 18)}, without its data`,
        about: `${change.before.resource} ${what} ${old}`,
        severity: 'high',
      };
}

const CLASS = /^(storageClassName|storage_class_name)$/;
/** Keys of a chart's values and of operators under which a claim is described. */
const STORAGE =
  /^(persistence|persistentVolume\w*|pvc|storage|storageSpec|dataVolume\w*|walStorage|volume|volumes|dataVolumeClaimSpec|volumeClaim\w*)$/;

/** The class of a claim, of a template of claims, or of the storage that a chart or an operator claims. */
function classOf(change: SettingChange, input: RuleInput): string | undefined {
  const { path, resource, before } = change;
  const name = path.at(-1) ?? '';
  const isClass = CLASS.test(name) || (/^(storageClass|class)$/.test(name) && path.slice(-3, -1).some((part) => STORAGE.test(part)));
  // A class that was the default of the cluster may be the one that is named now.
  if (!isClass || before === undefined || change.after === undefined) return undefined;
  if (
    resource !== undefined &&
    !/Claim|claim|Volume/.test(resource.type) &&
    !path.some((part) => TEMPLATE.test(part) || STORAGE.test(part))
  )
    return undefined;
  const at = path.findIndex((part) => TEMPLATE.test(part));
  if (at < 0) return quote(name);
  // Templates are a list: another one in front of them changes no class.
  const claim = claimNames(input.before, before, path.slice(0, at + 1)).get(path[at + 1] ?? '') ?? '';
  const others = [...claimNames(input.after, before, path.slice(0, at + 1))].filter(([, other]) => other === claim).map(([index]) => index);
  const still = others.some(
    (index) => textOf(findSetting(input.after, { resource: before.resource, path: path.with(at + 1, index) })) === textOf(before),
  );
  return still || PASSING.test(claim) ? undefined : quote(name);
}

/** The volume that a claim is bound to, and where a volume lies. */
function boundOf({ path, resource, after }: SettingChange): string | undefined {
  const place = path.slice(-2).join('.');
  const isClaim = /^(PersistentVolumeClaim|kubernetes_persistent_volume_claim(_v1)?)$/.test(resource?.type ?? '');
  if (isClaim && /^(volumeName|volume_name)$/.test(path.at(-1) ?? '')) return after === undefined ? undefined : quote('volumeName');
  const isSource =
    /^(csi\.volumeHandle|awsElasticBlockStore\.volumeID|gcePersistentDisk\.pdName|azureDisk\.diskURI|nfs\.(path|server)|hostPath\.path|local\.path)$/.test(
      place,
    );
  return isSource && resource?.type === 'PersistentVolume' && after !== undefined ? quote(place) : undefined;
}

/** The claim that a pod names, or the name that a template of claims, or a chart, gives to those of each pod. */
function claimOf(change: SettingChange, input: RuleInput): string | undefined {
  const { path, before, after } = change;
  const name = path.at(-1) ?? '';
  if (before === undefined || after === undefined || textOf(after) === '' || PASSING.test(textOf(before))) return undefined;
  const at = path.findIndex((part) => TEMPLATE.test(part));
  if (at >= 0 && path.slice(at + 2).join('.') === 'metadata.name') {
    const stays = [...claimNames(input.after, before, path.slice(0, at + 1)).values()].includes(textOf(before));
    return stays ? undefined : 'the volume claims';
  }
  const isNamed =
    (/^(claimName|claim_name)$/.test(name) && CLAIM.test(path.at(-2) ?? '')) || (name === 'existingClaim' && textOf(before) !== '');
  return isNamed && !isRenamedWithClaim(before, after, input) ? 'the claim' : undefined;
}

/** The claim itself has the new name in this change: that is told where it goes. */
function isRenamedWithClaim(before: Setting, after: Setting, input: RuleInput): boolean {
  const gone = [...input.removed.resources, ...input.removedElsewhere().resources].some(
    ({ type, name }) => type === 'PersistentVolumeClaim' && name === textOf(before),
  );
  const came = [...(input.after?.resources ?? []), ...input.addedElsewhere().resources].some(
    ({ type, name }) => type === 'PersistentVolumeClaim' && name === textOf(after),
  );
  return gone && came;
}

/** A named volume that a compose file declares under another name of the host, and the project whose name its volumes begin with. */
function volumeOfCompose({ path, before, after }: SettingChange, input: RuleInput): string | undefined {
  const { resources = [] } = input.after ?? {};
  if (before?.resource !== '' || after === undefined || !resources.some(({ type }) => type === 'service')) return undefined;
  if (path.length === 3 && path[0] === 'volumes' && path[2] === 'name') return `the volume ${quote(path[1] ?? '', 16)}`;
  if (path.length === 4 && path[0] === 'volumes' && path[2] === 'driver_opts' && path[3] === 'device')
    return `the volume ${quote(path[1] ?? '', 16)}`;
  if (path.join() !== 'name') return undefined;
  // Volumes that say their own name, or that somebody else made, are not called after the project.
  const declared = settingsUnder(input.after, { resource: '' }, ['volumes']).filter((setting) => setting.path.length === 2);
  const own = declared.find(
    ({ path: volume }) =>
      !PASSING.test(volume[1] ?? '') &&
      ['name', 'external'].every((key) => findSetting(input.after, { resource: '', path: [...volume, key] }) === undefined),
  );
  return own === undefined ? undefined : `the project that ${quote(own.path[1] ?? '', 16)} is called after`;
}

/** Names of the claims that the templates of a workload make, by their place in the list. */
function claimNames(facts: SourceFacts | undefined, { resource }: Setting, list: readonly string[]): ReadonlyMap<string, string> {
  const names = settingsOf(facts, resource).filter(
    ({ path }) =>
      path.length === list.length + 3 && path.slice(-2).join('.') === 'metadata.name' && list.every((part, at) => part === path[at]),
  );
  return new Map(names.map((setting) => [setting.path[list.length] ?? '', textOf(setting)]));
}

function textOf(setting: Setting | undefined): string {
  return setting === undefined || setting.value === null ? '' : String(setting.value);
}

function isComputed(text: string): boolean {
  return restoreExpressions(text) !== text || /\{\{|\$\{|\$\(|\b(var|local|data|module)\./.test(text);
}
