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
}

function* variables(input: RuleInput): Generator<DemandedInput> {
  for (const { path, before, after, resource, resourceIsGone } of changedSettings(input)) {
    if (resource?.type !== 'variable' || resourceIsGone || path[0] !== 'default' || before === undefined || after !== undefined) continue;
    const key = resource.name;
    // Of a list or a table each part is a setting of its own.
    const isDefaulted = input.after?.settings.some((setting) => setting.resource === before.resource && setting.path[0] === 'default');
    if (isDefaulted === true || isGiven(input, key)) continue;
    yield { key, side: 'before', range: before.range, lacking: [] };
    return;
  }
}

/** A variable that a module asks for since this change, while others of the repository use the module and do not give it. */
function* newVariables(input: RuleInput): Generator<DemandedInput> {
  const folder = input.path.slice(0, Math.max(0, input.path.lastIndexOf('/')));
  const home = folder.slice(folder.lastIndexOf('/') + 1);
  if (home === '') return;
  for (const resource of input.added.resources) {
    if (resource.type !== 'variable' || input.before?.resources.some(({ type, name }) => type === 'variable' && name === resource.name))
      continue;
    if (input.after?.settings.some((setting) => setting.resource === resource.key && setting.path[0] === 'default') !== false) continue;
    const lacking = input.trees.after.mentioning(home, ['.tf', '.tofu', '.hcl']).filter((file) => {
      const content = input.trees.after.read(file);
      return (
        !file.startsWith(`${folder}/`) &&
        content?.kind === 'text' &&
        new RegExp(`source\\s*=\\s*"\\.{1,2}/(?:[^"\n]{0,120}/)?${escaped(home)}/?"`).test(content.text) &&
        !new RegExp(`^[ \\t]*${escaped(resource.name)}[ \\t]*=`, 'm').test(content.text)
      );
    });
    if (lacking.length > 0) yield { key: resource.name, side: 'after', range: resource.range, lacking };
  }
}

const GIVERS = ['.tf', '.tofu', '.tfvars', '.hcl', '.json', '.yml', '.yaml', '.sh', '.env'];

/** A file of values, a module's block or the environment says it. */
function isGiven({ trees, path }: RuleInput, key: string): boolean {
  // A name that no language has is nobody's.
  if (!/^[\w-]+$/.test(key)) return false;
  const gives = new RegExp(`^[ \\t]*(?:"${key}"|${key})[ \\t]*[=:]|\\bTF_VAR_${key}\\b|-var[ =]'?"?${key}=`, 'm');
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
        !new RegExp(`^[ \\t]*${key}[ \\t]*:`, 'm').test(content.text)
      );
    });
    if (lacking.length > 0) yield { key, side: 'after', range, lacking };
  }
}
