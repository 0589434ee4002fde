import type { Setting } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { words } from '../code/call-names.ts';
import { ships } from '../settings/jobs.ts';
import { isEveryName, letsAllRefsIn } from './open-refs.ts';

/**
 * Stages that ship, were held to a branch, and run for every one now, of pipelines whose stages are no jobs of their own: Azure
 * (`condition`), CircleCI (`filters`), Jenkins (`when`), Bitbucket (`branches`).
 */
export function* freedStages(input: RuleInput): Iterable<FindingDraft> {
  if (input.before === undefined || input.after === undefined) return;
  const told = new Set<string>();
  for (const setting of input.removed.settings) {
    const found =
      azureStage(setting, input) ?? circleJob(setting, input) ?? jenkinsStage(setting, input) ?? bitbucketBranch(setting, input);
    if (found === undefined || told.has(found)) continue;
    told.add(found);
    yield {
      side: 'before',
      range: setting.range,
      message: fitMessage(`${quote(found, 24)} runs for every branch now: without ${quote(String(setting.value), 36)}`),
    };
  }
}

const isUnder = ({ path }: Setting, prefix: readonly string[]): boolean => prefix.every((part, at) => path[at] === part);

/** By its name, or by what it runs. */
function isShipping(name: string, runs: readonly string[]): boolean {
  if (/\b(dev|test|stag\w+|preview|review|sandbox|qa)\b/.test(words(name).replace(/\bstage\b/g, ''))) return false;
  return /\b(deploy\w*|release|publish|promote|roll ?out|ship|production)\b/.test(words(name)) || runs.some(ships);
}

const BRANCH = /\bBuild\.(SourceBranch|SourceBranchName|Reason)\b/;

/** `and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/main'))`. */
function isHeldByBranch(condition: string): boolean {
  return (condition.match(/\b\w+\([^()]*\)/g) ?? [condition]).some((part) => BRANCH.test(part) && !letsAllRefsIn(part));
}

function azureStage({ path, value }: Setting, { before, after }: RuleInput): string | undefined {
  if (path.at(-1) !== 'condition' || !BRANCH.test(String(value))) return undefined;
  const place = path.slice(0, -1);
  const nameIn = (facts: RuleInput['before']): string | undefined => {
    const named = facts?.settings.find(
      (other) =>
        isUnder(other, place) &&
        other.path.length === place.length + 1 &&
        /^(stage|job|deployment|script|task|bash)$/.test(other.path.at(-1) ?? ''),
    );
    return named === undefined ? undefined : String(named.value);
  };
  const name = nameIn(after);
  if (name === undefined || name !== nameIn(before)) return undefined;
  const now = after?.settings.filter((other) => isUnder(other, place)) ?? [];
  const isHeld = after?.settings.some(
    (other) =>
      other.path.at(-1) === 'condition' &&
      isHeldByBranch(String(other.value)) &&
      isUnder({ ...other, path: place }, other.path.slice(0, -1)),
  );
  return !isHeld &&
    isShipping(
      name,
      now.map((other) => String(other.value)),
    )
    ? name
    : undefined;
}

function circleJob({ path, value }: Setting, { after }: RuleInput): string | undefined {
  const at = path.indexOf('filters');
  const name = path[at - 1];
  if (at < 2 || name === undefined || path[0] !== 'workflows' || path[at + 2] !== 'only' || value === null) return undefined;
  const jobs = path.slice(0, path.lastIndexOf('jobs', at) + 1);
  const own = after?.settings.filter((other) => isUnder(other, jobs) && (other.path.includes(name) || other.value === name)) ?? [];
  if (own.length === 0 || own.some((other) => isFilter(other))) return undefined;
  return isShipping(name, []) ? name : undefined;
}

function isFilter({ path, value }: Setting): boolean {
  return path.includes('filters') && (value === null ? false : !path.includes('only') || !isEveryName(String(value)));
}

function jenkinsStage({ path, value, scope }: Setting, { after }: RuleInput): string | undefined {
  const at = path.indexOf('when');
  if (
    after?.language !== 'jenkins' ||
    at < 1 ||
    !/^(branch|tag|buildingTag|changeRequest|environment|expression)$/.test(path[at + 1] ?? path[at] ?? '')
  )
    return undefined;
  const stays = after.scopes.some(({ name }) => name === scope);
  const isHeld = after.settings.some(
    (other) => isUnder(other, path.slice(0, at + 1)) && !(other.path.at(-1) === 'branch' && isEveryName(String(other.value))),
  );
  const runs = after.commands.filter((command) => command.scope === scope).map(({ written }) => written);
  return stays && !isHeld && value !== null && isShipping(scope, runs) ? scope : undefined;
}

/** What stood under `branches: main:` stands under `default:`, which is for all that are not named. */
function bitbucketBranch({ path, value }: Setting, { added, after }: RuleInput): string | undefined {
  if (path[0] !== 'pipelines' || path[1] !== 'branches' || typeof value !== 'string' || !ships(value)) return undefined;
  if (after?.settings.some((other) => isUnder(other, path.slice(0, 3)))) return undefined;
  const opened = added.settings.some((other) => isUnder(other, ['pipelines', 'default']) && other.value === value);
  return opened ? `branches: ${path[2] ?? ''}` : undefined;
}
