import type { Resource, Setting } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';

/** A setting of a resource that takes its value from a variable or a local value. */
export interface ValueUser {
  readonly resource: Resource;
  readonly setting: Setting;
}

/**
 * Who uses `var.region` or `local.products` in the module that this file belongs to, on the after side: the value is changed
 * in one file, and what it does stands in another. Empty for files that are no Terraform.
 */
export function usersOf(input: RuleInput, reference: string): readonly ValueUser[] {
  const known = users.get(input) ?? new Map<string, readonly ValueUser[]>();
  users.set(input, known);
  const found = known.get(reference) ?? findUsers(input, reference);
  known.set(reference, found);
  return found;
}

const users = new WeakMap<RuleInput, Map<string, readonly ValueUser[]>>();

function findUsers(input: RuleInput, reference: string): readonly ValueUser[] {
  const { path, trees } = input;
  if (!/\.(tf|tofu|tfvars|auto\.tfvars)$/.test(path)) return [];
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const [, name = ''] = reference.split('.');
  const word = new RegExp(`(^|[^\\w.-])${reference.replaceAll('.', '\\.')}($|[^\\w-])`);
  // Values of one environment stand in a folder below the module, or beside it.
  const isOfModule = (file: string): boolean => {
    const own = file.slice(0, file.lastIndexOf('/') + 1);
    return own === folder || (path.endsWith('tfvars') && folder.startsWith(own));
  };
  return trees.after.mentioning(name, ['.tf', '.tofu']).flatMap((file) => {
    if (!isOfModule(file)) return [];
    const facts = file === path ? input.after : input.factsAt('after', file);
    const byKey = new Map(facts?.resources.map((resource) => [resource.key, resource]));
    return (facts?.settings ?? []).flatMap((setting) => {
      const resource = byKey.get(setting.resource);
      return resource !== undefined && typeof setting.value === 'string' && word.test(setting.value) ? [{ resource, setting }] : [];
    });
  });
}

/**
 * What Terraform calls a value that a setting gives: the default of a variable, a local value, a line of a `.tfvars` file;
 * undefined for any other setting.
 */
export function referenceOf(setting: Pick<Setting, 'path'>, resource: Resource | undefined, path: string): string | undefined {
  const [first = ''] = setting.path;
  if (resource?.type === 'variable') return first === 'default' ? `var.${resource.name}` : undefined;
  if (resource?.type === 'locals') return `local.${first}`;
  return path.endsWith('.tfvars') && resource === undefined && /^\w+$/.test(first) ? `var.${first}` : undefined;
}
