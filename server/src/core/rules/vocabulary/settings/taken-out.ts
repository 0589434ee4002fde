import type { Resource, Setting } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { findResource, findSetting, settingsUnder } from './setting-index.ts';

/** A place of a manifest that an overlay takes out of what it is laid over. */
export interface TakenOut {
  readonly setting: Setting;
  /** The place that is gone; empty where the whole object is. */
  readonly path: readonly string[];
  /** Kind and name of the object, as far as the overlay says. */
  readonly kind: string;
  readonly name: string;
}

/**
 * What a patch or the values of a chart newly take out of what they are laid over: an operation that removes, a key that a
 * merge sets to nothing (https://helm.sh/docs/chart_template_guide/values_files, "Deleting a default key"), and a directive
 * that deletes. One that stood in another file of the change is not new.
 */
export function takenOut(input: RuleInput): readonly TakenOut[] {
  const known = found.get(input);
  if (known !== undefined) return known;
  const all = input.added.settings.flatMap((setting) => {
    const resource = findResource(input.after, setting.resource);
    const isOverlay = resource === undefined ? VALUES.test(input.path) : /^(patch|kubernetes) /.test(resource.key);
    const isDirective = setting.path.at(-1) === '$patch' && setting.value === 'delete';
    if (!isOverlay || (setting.value !== null && !isDirective)) return [];
    // A key that holds others has no value of its own either, and one that held nothing loses nothing.
    const path = isDirective ? setting.path.slice(0, -1) : setting.path;
    if (!isDirective && settingsUnder(input.after, setting, path).length > 1) return [];
    const stood = findSetting(input.before, setting);
    return stood?.value === setting.value || stoodElsewhere(input, setting) ? [] : [{ setting, path, ...ownerOf(resource) }];
  });
  found.set(input, all);
  return all;
}

const found = new WeakMap<RuleInput, readonly TakenOut[]>();

const VALUES = /(^|\/)values[^/]*\.ya?ml$/;

function ownerOf(resource: Resource | undefined): { readonly kind: string; readonly name: string } {
  const kind = resource?.type === 'patch' ? (/ (\w*)\/[^ ]*$/.exec(resource.key)?.[1] ?? '') : (resource?.type ?? '');
  return { kind, name: resource?.name ?? '' };
}

/** The same was taken out in a file that the change put in another place. */
function stoodElsewhere(input: RuleInput, { path, value }: Setting): boolean {
  return input.removedElsewhere().settings.some((other) => other.value === value && other.path.join('\u0000') === path.join('\u0000'));
}

/** ` of ``api``` for a message; empty where nothing says of whom. */
export function nameOfTaken({ path, name }: TakenOut): string {
  const at = path.findIndex((element) => /^(init|ephemeral)?containers$/i.test(element));
  const container = path[at + 1] ?? '';
  return at >= 0 && !/^\d*$/.test(container) ? container : name;
}
