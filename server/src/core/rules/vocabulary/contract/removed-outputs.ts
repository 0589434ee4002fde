import type { Resource, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { escaped } from '../code/literal-patterns.ts';
import { pathFrom } from '../code/specifiers.ts';

/**
 * What a unit of configuration gives to those who use it, gone while they still ask for it: an output of a module of Terraform
 * (`module.db.endpoint`), of an action or a reusable workflow (`steps.deploy.outputs.url`, `needs.deploy.outputs.url`).
 */
export function* removedOutputs(input: RuleInput): Generator<FindingDraft> {
  const { before, after, path } = input;
  if (before === undefined || after === undefined) return;
  if (/\.(?:tf|tofu)$/.test(path)) yield* ofModule(input);
  else if (/(^|\/)(?:action|[\w.-]+)\.ya?ml$/.test(path) && (ACTION.test(path) || WORKFLOW.test(path)))
    yield* ofWorkflow(input, before, after);
}

const ACTION = /(?:^|\/)action\.ya?ml$/;
const WORKFLOW = /(?:^|\/)\.github\/workflows\/[\w.-]+$/;

function* ofModule(input: RuleInput): Generator<FindingDraft> {
  const folder = input.path.slice(0, Math.max(0, input.path.lastIndexOf('/')));
  const isOutput = ({ type }: Resource): boolean => type === 'output';
  for (const output of input.removed.resources.filter(isOutput)) {
    const isKept = [...(input.after?.resources ?? []), ...input.addedElsewhere().resources].some(
      (other) => isOutput(other) && other.name === output.name,
    );
    if (isKept || folder === '') continue;
    const users = input.trees.after
      .mentioning(output.name, ['.tf', '.tofu'])
      .filter((file) => asksModule(input, file, folder, output.name));
    if (users.length > 0) yield told(input, output.range, output.name, users);
  }
}

/** A file that takes a folder in as a module, and asks that module for the output. */
function asksModule({ trees }: RuleInput, file: RepoPath, folder: string, name: string): boolean {
  const content = trees.after.read(file);
  if (content?.kind !== 'text') return false;
  return [...content.text.matchAll(MODULE)].some(
    ([, own = '', source = '']) =>
      pathFrom(file, source.replace(/\/$/, '')) === folder &&
      new RegExp(`\\bmodule\\.${escaped(own)}(?:\\[[^\\]]{0,60}\\])?\\.${escaped(name)}\\b`).test(content.text),
  );
}

/** A module of Terraform that is a folder of the same repository. */
const MODULE = /module\s+"([\w-]+)"\s*\{[^}]{0,2000}?source\s*=\s*"(\.{1,2}\/[^"\n]{1,200})"/g;

function* ofWorkflow(input: RuleInput, before: SourceFacts, after: SourceFacts): Generator<FindingDraft> {
  const outputsIn = (facts: SourceFacts): ReadonlyMap<string, SourceFacts['settings'][number]> =>
    new Map(
      facts.settings.flatMap((setting) => {
        const at = setting.path.indexOf('outputs');
        const isOwn = at === 0 || (at > 0 && setting.path[at - 1] === 'workflow_call');
        return isOwn && setting.path.length > at + 1 ? [[setting.path[at + 1] ?? '', setting] as const] : [];
      }),
    );
  const now = outputsIn(after);
  for (const [name, setting] of outputsIn(before)) {
    if (now.has(name) || !input.removed.settings.some((other) => other.key === setting.key)) continue;
    const users = input.trees.after.mentioning(name, ['.yml', '.yaml']).filter((file) => asksUnit(input, file, name));
    if (users.length > 0) yield told(input, setting.range, name, users);
  }
}

/** A workflow that uses the action of a folder, or the workflow, and asks some step or job for the output. */
function asksUnit({ trees, path }: RuleInput, file: RepoPath, name: string): boolean {
  const content = file === path ? undefined : trees.after.read(file);
  const unit = ACTION.test(path) ? path.slice(0, Math.max(0, path.lastIndexOf('/'))) : path;
  return (
    content?.kind === 'text' &&
    new RegExp(`uses:\\s*['"]?\\./${escaped(unit)}/?['"]?(?=[\\s,}]|$)`, 'm').test(content.text) &&
    new RegExp(`\\.outputs\\.${escaped(name)}\\b`).test(content.text)
  );
}

function told(input: RuleInput, range: FindingDraft['range'], name: string, users: readonly RepoPath[]): FindingDraft {
  return {
    side: 'before',
    range,
    message: fitMessage(`output ${quote(name, 30)} is gone; ${users.length} ${users.length === 1 ? 'file asks' : 'files ask'} for it`),
    severity: 'high',
    related: users.slice(0, 10).map((file) => ({ path: file, line: lineOf(input, file, name), message: `asks for ${name}` })),
  };
}

function lineOf({ trees }: RuleInput, file: RepoPath, name: string): number {
  const content = trees.after.read(file);
  const at = content?.kind === 'text' ? content.text.search(new RegExp(`\\.${escaped(name)}\\b`)) : -1;
  return content?.kind === 'text' && at >= 0 ? content.text.slice(0, at).split('\n').length : 1;
}
