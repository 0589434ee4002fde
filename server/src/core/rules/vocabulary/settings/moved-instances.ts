import type { Resource, Setting, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { findSetting, settingsOf } from './setting-index.ts';
import type { SettingChange } from './settings.ts';
import { sourceOfValue } from './terraform-values.ts';

/** A block that a `moved` of the change gave another address, and which of the instances it is now. */
interface Moved {
  readonly old: Resource;
  readonly fresh: Resource;
  /** `originals` of `aws_s3_bucket.media["originals"]`; undefined for an address without one. */
  readonly instance: string | undefined;
}

/**
 * Changes of the blocks of Terraform that `moved` leads to: what each instance of a `for_each` takes from its map is compared with
 * what its own block said before, and what that one said and no line of the new block says any more is lost.
 */
export function movedInstances(input: RuleInput): readonly SettingChange[] {
  const { before, after, added, removed } = input;
  if (before?.language !== 'hcl' || after?.language !== 'hcl' || added.settings.length + removed.settings.length === 0) return [];
  return movedIn(input, before, after).flatMap(({ old, fresh, instance }) => {
    const own = settingsOf(after, fresh.key);
    const given = (setting: Setting): Setting['value'] =>
      instance === undefined ? setting.value : instanceValue(input, own, setting, instance);
    const changed = (instance === undefined ? [] : added.settings).flatMap((setting): readonly SettingChange[] => {
      const was = setting.resource === fresh.key ? findSetting(before, { path: setting.path, resource: old.key }) : undefined;
      const value = was === undefined ? null : given(setting);
      // What is worked out otherwise is not known.
      return was === undefined || value === was.value || /\beach\.(?:key|value)\b/.test(String(value))
        ? []
        : [{ path: setting.path, before: was, after: { ...setting, value }, resource: fresh, resourceIsNew: false, resourceIsGone: false }];
    });
    const lost = removed.settings.flatMap((setting): readonly SettingChange[] => {
      const isSaid = setting.resource !== old.key || own.some(({ path }) => path.every((part, at) => setting.path[at] === part));
      return isSaid || setting.value === null
        ? []
        : [{ path: setting.path, before: setting, after: undefined, resource: fresh, resourceIsNew: false, resourceIsGone: false }];
    });
    return [...changed, ...lost];
  });
}

function movedIn(input: RuleInput, before: SourceFacts, after: SourceFacts): readonly Moved[] {
  const elsewhere = input.addedElsewhere();
  const blocks = [...after.resources, ...elsewhere.resources].filter(({ type }) => type === 'moved');
  if (blocks.length === 0) return [];
  const settings = [...after.settings, ...elsewhere.settings].filter(({ path }) => path.join() === 'to');
  const at = (facts: SourceFacts, address: string): Resource | undefined =>
    facts.resources.find(({ type, name }) => `${type}.${name}` === address);
  return blocks.flatMap((block) => {
    const to = String(settings.find(({ resource }) => resource === block.key)?.value ?? '');
    const [, address = '', instance] = /^([\w.-]+)(?:\[["']?([^"'\]]+)["']?\])?$/.exec(to) ?? [];
    const [old, fresh] = [at(before, block.name), at(after, address)];
    // A block that stays under its own address as well was not this one.
    return old === undefined || fresh === undefined || at(after, block.name) !== undefined ? [] : [{ old, fresh, instance }];
  });
}

/** `each.value.days` as the map of the block's `for_each` says for one of its keys; any other value as it stands. */
function instanceValue(input: RuleInput, own: readonly Setting[], { value }: Setting, instance: string): Setting['value'] {
  const map = /^(?:local|var)\.[\w.]+$/.exec(String(own.find(({ path }) => path.join('/') === 'for_each')?.value))?.[0];
  const held = (fields: readonly string[]): Setting['value'] => {
    const literal = own.find(({ path }) => path.join('/') === ['for_each', instance, ...fields].join('/'));
    return (
      (literal ?? (map === undefined ? undefined : sourceOfValue(input, 'after', [map, instance, ...fields].join('.'))))?.value ?? null
    );
  };
  if (typeof value !== 'string') return value;
  const whole = /^each\.value((?:\.\w+)*)$/.exec(value);
  if (whole !== null) return held((whole[1] ?? '').split('.').slice(1)) ?? value;
  if (value === 'each.key') return instance;
  return value.replace(/\$\{each\.(key|value)((?:\.\w+)*)\}/g, (all, kind: string, fields: string) =>
    kind === 'key' ? instance : String(held(fields.split('.').slice(1)) ?? all),
  );
}
