import type { SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';

const OVERRIDE = /(^|\/)([^/]*_)?override\.(tf|tofu)(\.json)?$/;
const CONFIGURATION = /\.(tf|tofu)(\.json)?$/;

/**
 * The files of the before side that this file overrides: Terraform merges `override.tf` and `*_override.tf`, as JSON too, into the blocks of
 * the same address in their folder. Empty for any other file.
 */
export function overriddenFacts({ path, trees, added, after, factsAt }: RuleInput): readonly SourceFacts[] {
  if (!OVERRIDE.test(path) || added.settings.length === 0) return [];
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const names = new Set((after?.resources ?? []).map(({ name }) => name.split('.').at(-1) ?? ''));
  const files = [...names].flatMap((name) =>
    trees.before
      .mentioning(name, ['.tf', '.tofu', '.json'])
      .filter((file) => CONFIGURATION.test(file) && !OVERRIDE.test(file) && file.slice(0, file.lastIndexOf('/') + 1) === folder),
  );
  return [...new Set(files)].map((file) => factsAt('before', file)).filter((facts) => facts !== undefined);
}
