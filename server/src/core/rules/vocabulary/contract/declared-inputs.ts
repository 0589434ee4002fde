import type { Setting } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { escaped } from '../code/literal-patterns.ts';
import { changedSettings } from '../settings/settings.ts';

/** An input of a declared unit that must be given now, and that some of its users do not give. */
export interface DemandedInput {
  readonly key: string;
  readonly side: 'before' | 'after';
  readonly range: FindingDraft['range'];
  /** Users that do not give it; empty where nobody is known to. */
  readonly lacking: readonly RepoPath[];
}

/** A variable of Terraform that lost its default or is new to those who use its module, and an input of a reusable workflow that became required. */
export function* demandedInputs(input: RuleInput): Generator<DemandedInput> {
  if (/\.(?:tf|tofu)$/.test(input.path)) {
    yield* variables(input);
    yield* newVariables(input);
  } else if (/(^|\/)\.github\/workflows\//.test(input.path)) yield* workflowInputs(input);
  else if (/(^|\/)action\.ya?ml$/.test(input.path)) yield* actionInputs(input);
}

/** An input of an action that had a value for those who say nothing, or is new, and has none. */
function* actionInputs(input: RuleInput): Generator<DemandedInput> {
  const { after, before, added, removed, trees, path } = input;
  const inputOf = (facts: RuleInput['after'], key: string): readonly Setting[] =>
    facts?.settings.filter((setting) => setting.path[0] === 'inputs' && setting.path[1] === key) ?? [];
  const isDemanded = (settings: readonly Setting[]): boolean =>
    settings.some((setting) => setting.path[2] === 'required' && setting.value === true) &&
    !settings.some((setting) => setting.path[2] === 'default');
  const unit = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  const touched = [...added.settings, ...removed.settings].filter((setting) => setting.path[0] === 'inputs');
  for (const key of new Set(touched.map((setting) => setting.path[1] ?? ''))) {
    const own = inputOf(after, key);
    const place = own.find((setting) => added.settings.includes(setting));
    if (place === undefined || !isDemanded(own) || isDemanded(inputOf(before, key))) continue;
    const lacking = trees.after.mentioning(unit.slice(unit.lastIndexOf('/') + 1), ['.yml', '.yaml']).filter((file) => {
      const content = trees.after.read(file);
      return (
        content?.kind === 'text' &&
        new RegExp(`uses:\\s*['"]?\\./${escaped(unit)}/?['"]?(?=[\\s,}]|$)`, 'm').test(content.text) &&
        !new RegExp(`(?:^|[{,\\s])${escaped(key)}\\s*:`, 'm').test(content.text)
      );
    });
    if (lacking.length > 0) yield { key, side: 'after', range: place.range, lacking };
  }
}

function* variables(input: RuleInput): Generator<DemandedInput> {
  for (const { path, before, after, resource, resourceIsGone } of changedSettings(input)) {
    if (resource?.type !== 'variable' || resourceIsGone || path[0] !== 'default' || before === undefined || after !== undefined) continue;
    const key = resource.name;
    // Of a list or a table each part is a setting of its own.
    const isDefaulted = input.after?.settings.some((setting) => setting.resource === before.resource && setting.path[0] === 'default');
    const lacking = isDefaulted === true ? [] : modulesWithout(input, key);
    if (isDefaulted === true || (lacking.length === 0 && isGiven(input, key))) continue;
    yield { key, side: 'before', range: before.range, lacking };
    return;
  }
}

/** A variable that a module asks for since this change, while others of the repository use the module and do not give it. */
function* newVariables(input: RuleInput): Generator<DemandedInput> {
  for (const resource of input.added.resources) {
    if (resource.type !== 'variable' || input.before?.resources.some(({ type, name }) => type === 'variable' && name === resource.name))
      continue;
    if (input.after?.settings.some((setting) => setting.resource === resource.key && setting.path[0] === 'default') !== false) continue;
    const lacking = modulesWithout(input, resource.name);
    if (lacking.length > 0) yield { key: resource.name, side: 'after', range: resource.range, lacking };
  }
}

/** Files that take this folder in as a module and do not give a variable. */
function modulesWithout({ path, trees }: RuleInput, key: string): readonly RepoPath[] {
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  const home = folder.slice(folder.lastIndexOf('/') + 1);
  if (home === '') return [];
  return trees.after.mentioning(home, ['.tf', '.tofu', '.hcl']).filter((file) => {
    const content = trees.after.read(file);
    return (
      !file.startsWith(`${folder}/`) &&
      content?.kind === 'text' &&
      new RegExp(`source\\s*=\\s*"\\.{1,2}/(?:[^"\n]{0,120}/)?${escaped(home)}/?"`).test(content.text) &&
      !new RegExp(`^[ \\t]*${escaped(key)}[ \\t]*=`, 'm').test(content.text)
    );
  });
}

const GIVERS = ['.tf', '.tofu', '.tfvars', '.hcl', '.json', '.yml', '.yaml', '.sh', '.env'];

/** A file of values, a module's block or the environment says it. */
function isGiven({ trees, path }: RuleInput, key: string): boolean {
  // A name that no language has is nobody's.
  if (!/^[\w-]+$/.test(key)) return false;
  const gives = new RegExp(
    `^[ \\t]*(?:"${escaped(key)}"|${escaped(key)})[ \\t]*[=:]|\\bTF_VAR_${escaped(key)}\\b|-var[ =]'?"?${escaped(key)}=`,
    'm',
  );
  return [key, `TF_VAR_${key}`]
    .flatMap((word) => trees.after.mentioning(word, GIVERS))
    .some((file) => {
      const content = trees.after.read(file);
      return file !== path && content?.kind === 'text' && gives.test(content.text);
    });
}

function* workflowInputs(input: RuleInput): Generator<DemandedInput> {
  const demanded = (key: string, facts: RuleInput['after']): boolean => {
    const own =
      facts?.settings.filter(({ path }) => path.at(-2) === key && path.includes('workflow_call') && path.includes('inputs')) ?? [];
    return own.some(({ path, value }) => path.at(-1) === 'required' && value === true);
  };
  for (const setting of input.added.settings) {
    const { path, value, range } = setting;
    const key = path.at(-2) ?? '';
    if (path.at(-1) !== 'required' || value !== true || !path.includes('workflow_call') || path.at(-3) !== 'inputs') continue;
    if (demanded(key, input.before)) continue;
    const name = input.path.slice(input.path.lastIndexOf('/') + 1);
    const lacking = input.trees.after.mentioning(name.replace(/\..*/s, ''), ['.yml', '.yaml']).filter((file) => {
      const content = input.trees.after.read(file);
      return (
        content?.kind === 'text' &&
        content.text.includes(`workflows/${name}`) &&
        !new RegExp(`^[ \\t]*${escaped(key)}[ \\t]*:`, 'm').test(content.text)
      );
    });
    if (lacking.length > 0) yield { key, side: 'after', range, lacking };
  }
}
