import type { Resource, Setting, SourceFacts } from '../../../model/facts.ts';
import type { Side } from '../../../model/range.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { escaped } from '../code/literal-patterns.ts';

/** Files of Terraform, and those that give its variables values. */
export const TERRAFORM_FILE = /\.(tf|tofu|tfvars|tfvars\.json)$/;
const VALUES_FILE = /\.tfvars(\.json)?$/;
/** Files of values that Terraform reads by itself, wherever it is run in their folder. */
const READ_BY_ITSELF = /(^|\/)(terraform\.tfvars|[^/]*\.auto\.tfvars)(\.json)?$/;

/** A setting of a resource that takes its value from a variable or a local value. */
export interface ValueUser {
  readonly resource: Resource;
  readonly setting: Setting;
  readonly file: RepoPath;
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
  if (!TERRAFORM_FILE.test(path)) return [];
  const folder = folderOf(path);
  const [, name = ''] = reference.split('.');
  const word = new RegExp(`(^|[^\\w.-])${escaped(reference)}($|[^\\w-])`);
  // Values of one environment stand in a folder below the module, or beside it.
  const isOfModule = (file: RepoPath): boolean => {
    const own = folderOf(file);
    return own === folder || (VALUES_FILE.test(path) && folder.startsWith(own));
  };
  return trees.after.mentioning(name, ['.tf', '.tofu']).flatMap((file) => {
    if (!isOfModule(file)) return [];
    const facts = file === path ? input.after : input.factsAt('after', file);
    const byKey = new Map(facts?.resources.map((resource) => [resource.key, resource]));
    return (facts?.settings ?? []).flatMap((setting) => {
      const resource = byKey.get(setting.resource);
      return resource !== undefined && typeof setting.value === 'string' && word.test(setting.value) ? [{ resource, setting, file }] : [];
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
  return VALUES_FILE.test(path) && resource === undefined && /^\w+$/.test(first) ? `var.${first}` : undefined;
}

/** The same for a field of a value: `local.store.protect`, `var.store.protect`. */
export function fieldReferenceOf(setting: Pick<Setting, 'path'>, resource: Resource | undefined, path: string): string | undefined {
  const whole = referenceOf(setting, resource, path);
  const fields = setting.path.slice(1);
  return whole === undefined || !fields.every((field) => /^[A-Za-z_][\w-]*$/.test(field)) ? whole : [whole, ...fields].join('.');
}

/**
 * Where `var.protect` or `local.protect`, or a field of one (`local.store.protect`), gets its value on one side, in the folder of this
 * file: the last file of values that Terraform reads by itself and that speaks of it, else the default or the local value. Undefined
 * where none of them says.
 */
export function sourceOfValue(input: RuleInput, side: Side, reference: string): Setting | undefined {
  const [kind = '', name = '', ...fields] = reference.split('.');
  const factsIn = (file: RepoPath): SourceFacts | undefined => (file === input.path ? input[side] : input.factsAt(side, file));
  const filesWith = (extensions: readonly `.${string}`[]): readonly RepoPath[] =>
    input.trees[side].mentioning(name, extensions).filter((file) => folderOf(file) === folderOf(input.path));
  if (kind === 'var') {
    const given = filesWith(['.tfvars', '.json'])
      .filter((file) => READ_BY_ITSELF.test(file))
      .sort((one, other) => rankOf(one) - rankOf(other) || (one < other ? -1 : 1))
      .flatMap(
        (file) =>
          factsIn(file)?.settings.filter(({ path, resource }) => resource === '' && path.join('/') === [name, ...fields].join('/')) ?? [],
      )
      .at(-1);
    if (given !== undefined) return given;
  }
  return filesWith(['.tf', '.tofu'])
    .flatMap((file) => {
      const facts = factsIn(file);
      return (facts?.resources ?? []).flatMap((resource) => {
        const isSource = kind === 'var' ? resource.type === 'variable' && resource.name === name : resource.type === 'locals';
        const at = [kind === 'var' ? 'default' : name, ...fields].join('/');
        return isSource ? (facts?.settings ?? []).filter((own) => own.resource === resource.key && own.path.join('/') === at) : [];
      });
    })
    .at(0);
}

/** Local values of local values are followed this deep. */
const DEEPEST = 4;

/**
 * A text with the names of its module written out, as far as one side says them: `${local.name}-main`, `local.name`, and a
 * variable that came with the change and has a default.
 */
export function withLocals(input: RuleInput, side: Side, value: Setting['value'], depth = 0): Setting['value'] {
  if (typeof value !== 'string' || depth > DEEPEST || !/\b(?:local|var)\./.test(value) || !TERRAFORM_FILE.test(input.path)) return value;
  const held = (name: string): string | undefined => {
    // What a variable was is not known: somebody may give it another value.
    if (name.startsWith('var.') && (side === 'before' || sourceOfValue(input, 'before', name) !== undefined)) return undefined;
    const found = sourceOfValue(input, side, name)?.value;
    const text = found === undefined || found === null ? undefined : String(withLocals(input, side, found, depth + 1));
    return text === undefined || isComputed(text) ? undefined : text;
  };
  if (/^(?:local|var)(?:\.\w+)+$/.test(value)) return held(value) ?? value;
  return value.replace(/\$\{\s*((?:local|var)(?:\.\w+)+)\s*\}/g, (all, name: string) => held(name) ?? all);
}

/** What Terraform works out: an attribute of another block, a call, a name of the module. `db.r6g.large` is a text. */
export function isComputed(text: string): boolean {
  return /^(?:local|var|module|data|each|count|self|path|terraform|[a-z0-9]+_\w+)(?:\[[^\]]*\])?\.\w|\(|\$\{/.test(text);
}

/** The order in which Terraform reads them; the last one wins. */
function rankOf(file: RepoPath): number {
  return file.includes('.auto.tfvars') ? 2 : file.endsWith('.json') ? 1 : 0;
}

/** True for a file of values that Terraform reads by itself, so that it counts from the moment it is there. */
export function isReadByItself(path: RepoPath): boolean {
  return READ_BY_ITSELF.test(path);
}

function folderOf(path: RepoPath): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
