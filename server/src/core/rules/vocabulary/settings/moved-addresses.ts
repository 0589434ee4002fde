import type { Resource, Setting, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { findSetting } from './setting-index.ts';
import { isFalse } from './setting-values.ts';

/** A `moved` block gives what had the address another one, or a `removed` block leaves it as it is; in any file of the folder. */
export function isLetGo(address: string, input: RuleInput): boolean {
  return factsMentioning('from', input).some((facts) =>
    facts.resources.some((block) => {
      if (block.name.split('[')[0] !== address) return false;
      if (block.type === 'moved') return isDeclared(String(settingOf(facts, block, 'to')), input);
      // Without a word about it, what a `removed` block names is destroyed.
      return block.type === 'removed' && isFalse(settingOf(facts, block, 'lifecycle', 'destroy'));
    }),
  );
}

/** An address that no file of the folder declares is an address of nothing, and what moves there is destroyed. */
function isDeclared(address: string, input: RuleInput): boolean {
  const [type = '', name = ''] = address.replace(/\[[^[\]]*\]/g, '').split('.');
  return factsMentioning(name, input).some((facts) => facts.resources.some((other) => other.type === type && other.name === name));
}

function settingOf(facts: SourceFacts, resource: Resource, ...path: readonly string[]): Setting['value'] | undefined {
  return findSetting(facts, { resource: resource.key, path })?.value;
}

/** Facts of this file, and of those in its folder that hold a word; comments hold it too, so the facts decide. */
function factsMentioning(word: string, { path, trees, after, factsAt }: RuleInput): readonly SourceFacts[] {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const files = trees.after
    .mentioning(word, ['.tf', '.tofu'])
    .filter((file) => file !== path && file.slice(0, file.lastIndexOf('/') + 1) === folder);
  return [after, ...files.map((file) => factsAt('after', file))].filter((facts) => facts !== undefined);
}
