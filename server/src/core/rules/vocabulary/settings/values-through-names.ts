import type { Resource, Setting } from '../../../model/facts.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { findSetting } from './setting-index.ts';
import type { SettingChange } from './settings.ts';
import { fieldReferenceOf, isReadByItself, referenceOf, sourceOfValue, TERRAFORM_FILE, usersOf } from './terraform-values.ts';

/** A hunk with more changed settings than this is no edit of a person, and its names are not followed. */
const MOST_FOLLOWED = 100;

/**
 * Changes of the settings that take their value by name from one that changed here: `var.protected` whose default turned, a local
 * value, a line of a `.tfvars` file, a first one too, `.Values.drain.share` of a chart, the default of a template's parameter. Each stands at the place where the value is written, with
 * the path and the resource of the setting that it decides.
 */
export function throughNames(input: RuleInput, changes: readonly SettingChange[]): readonly SettingChange[] {
  const isTerraform = TERRAFORM_FILE.test(input.path);
  const chart = chartOf(input.path);
  const isTemplate = /\.(ya?ml|json|template)$/.test(input.path) && changes.some(({ path }) => parameterOf(path) !== undefined);
  if ((!isTerraform && chart === undefined && !isTemplate) || changes.length > MOST_FOLLOWED) return [];
  return changes.flatMap((change) => {
    const { after } = change;
    const before = change.before ?? heldBefore(input, change);
    if (after === undefined || (change.resourceIsNew && change.before !== undefined) || !isScalar(after)) return [];
    const users = isTerraform
      ? terraformUsers(input, change)
      : chart === undefined
        ? templateUsers(input, change.path)
        : chartUsers(input, chart, change.path);
    return users.flatMap(({ setting, resource, file }) => {
      const old = before ?? (isOverruled(input, change) ? undefined : writtenBefore(input, file, setting));
      if (old === undefined || !isScalar(old) || old.value === after.value) return [];
      return [
        {
          path: setting.path,
          before: { ...setting, value: old.value, range: before === undefined ? after.range : old.range },
          after: { ...setting, value: after.value, range: after.range },
          resource,
          resourceIsNew: false,
          resourceIsGone: false,
          byName: true as const,
        },
      ];
    });
  });
}

/** Another file, or a line of values, has the last word about the name. */
function isOverruled(input: RuleInput, { path, resource, after }: SettingChange): boolean {
  const reference = fieldReferenceOf({ path }, resource, input.path);
  const source = reference === undefined ? undefined : sourceOfValue(input, 'after', reference);
  return source !== undefined && source.value !== after?.value && !isValuesFile(input.path);
}

function isValuesFile(path: RepoPath): boolean {
  return path.includes('.tfvars');
}

/** What stood where the name stands now, if it was a value and no name. */
function writtenBefore(input: RuleInput, file: RepoPath, setting: Setting): Setting | undefined {
  const facts = file === input.path ? input.before : input.factsAt('before', file);
  const old = findSetting(facts, setting);
  return old === undefined || /^(var|local|module|data|each|count|_*Values_)|\$\{|^_*Values_/.test(String(old.value)) ? undefined : old;
}

/** What a variable held before a file of values spoke of it for the first time. */
function heldBefore(input: RuleInput, { path, resource }: SettingChange): Setting | undefined {
  // A new file that somebody has to name on the command line is another environment's.
  if (resource !== undefined || (input.before === undefined && !isReadByItself(input.path))) return undefined;
  const reference = fieldReferenceOf({ path }, resource, input.path);
  const held = reference === undefined ? undefined : sourceOfValue(input, 'before', reference);
  return held === undefined || held.value === null ? undefined : held;
}

interface User {
  readonly setting: Setting;
  readonly resource: Resource | undefined;
  readonly file: RepoPath;
}

function isScalar({ value }: Setting): boolean {
  return value !== null && value !== '';
}

/** The whole value is the name: what is built around it may be anything. */
function terraformUsers(input: RuleInput, change: SettingChange): readonly User[] {
  const references = [referenceOf(change, change.resource, input.path), fieldReferenceOf(change, change.resource, input.path)];
  return [...new Set(references)].flatMap((reference) => {
    if (reference === undefined) return [];
    const whole = new Set([reference, `\${${reference}}`]);
    return usersOf(input, reference).filter(
      ({ setting, resource }) => whole.has(String(setting.value)) && !/^(variable|locals|output)$/.test(resource.type),
    );
  });
}

/** `Protect` of `Parameters.Protect.Default`, the value that a template of CloudFormation has where nobody gives another. */
function parameterOf(path: readonly string[]): string | undefined {
  const [section, name, key] = path;
  return section === 'Parameters' && key === 'Default' && path.length === 3 ? name : undefined;
}

/** `!Ref Protect` is read as the name alone. */
function templateUsers(input: RuleInput, path: readonly string[]): readonly User[] {
  const name = parameterOf(path);
  const resources = new Map(input.after?.resources.map((resource) => [resource.key, resource]));
  return (name === undefined ? [] : (input.after?.settings ?? []))
    .filter(({ value, resource, path: [section] }) => value === name && section === 'Properties' && resources.has(resource))
    .map((setting) => ({ setting, resource: resources.get(setting.resource), file: input.path }));
}

/** The folder of the chart whose values a file gives; undefined for any other file. */
function chartOf(path: RepoPath): string | undefined {
  return /^(.*\/|)values[^/]*\.ya?ml$/.exec(path)?.[1];
}

/** Templates are read with their actions masked letter by letter (languages/yaml/templates.ts), so a name is still to be seen. */
function chartUsers(input: RuleInput, folder: string, path: readonly string[]): readonly User[] {
  const leaf = path.at(-1) ?? '';
  const masked = new RegExp(`^_*_Values_${path.join('_').replace(/[^A-Za-z0-9_]/g, '_')}(__\\w*)?$`);
  return input.trees.after.mentioning(leaf, ['.yaml', '.yml']).flatMap((file) => {
    if (!file.startsWith(`${folder}templates/`)) return [];
    const facts = input.factsAt('after', file);
    const resources = new Map(facts?.resources.map((resource) => [resource.key, resource]));
    return (facts?.settings ?? [])
      .filter(({ value }) => typeof value === 'string' && masked.test(value))
      .map((setting) => ({ setting, resource: resources.get(setting.resource), file }));
  });
}
