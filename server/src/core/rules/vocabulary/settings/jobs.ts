import type { Resource, Setting, SourceFacts } from '../../../model/facts.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { nameOf, settingsOf, settingsUnder } from './setting-index.ts';

/** What a job says itself, and what it has from those of its file that it `extends`. */
export function settingsOfJob(facts: SourceFacts | undefined, resource: string): readonly Setting[] {
  if (facts === undefined) return [];
  return [resource, ...parentsOf(facts, resource).map(({ key }) => key)].flatMap((key) => settingsOf(facts, key));
}

/** True where a job hands on to another workflow of the tree (`uses: ./.github/workflows/rollout.yml`) whose jobs have such a key. */
export function isInCalledWorkflow({ after, factsAt }: Pick<RuleInput, 'after' | 'factsAt'>, job: string, key: string): boolean {
  return settingsOf(after, job).some(({ path, value }) => {
    const called =
      path.length === 1 && path[0] === 'uses' ? /^\.\/(\.github\/workflows\/[\w./-]+\.ya?ml)$/.exec(String(value))?.[1] : undefined;
    // The path is one of the tree's where facts are found for it.
    const settings = called === undefined ? [] : (factsAt('after', called as RepoPath)?.settings ?? []);
    const own = settings.filter((setting) => setting.path[0] === key && setting.resource.startsWith('job '));
    const said = own.filter((setting) => setting.value !== null && setting.value !== '');
    if (key !== 'environment') return said.length > 0;
    // One that nobody is asked for holds nothing, nor does one of another job than those that ship.
    const names = said.filter(
      ({ path, value }) => nameOf({ path }) !== 'url' && !/^(?:dev|test|stag|preview|sandbox|qa|int\b)/i.test(String(value)),
    );
    const shipping = settings
      .filter(({ path, value }) => path.includes('steps') && SHIPS.test(String(value)))
      .map(({ resource }) => resource);
    return names.length > 0 && (shipping.length === 0 || shipping.some((job) => names.some(({ resource }) => resource === job)));
  });
}

/** A step that brings something out. */
const SHIPS =
  /\b(?:deploy|release|rollout|publish|promote|kubectl|helm|terraform apply|tofu apply|pulumi up|cdk deploy|aws s3 sync|update-service|twine upload|ansible-playbook)\b/i;

/** What a step, a script or an action says it runs brings something out; what only looks or tries does not. */
export function ships(text: string): boolean {
  return text
    .split('\n')
    .some(
      (line) =>
        SHIPS.test(line) &&
        !/--dry-?run\b|\b(?:helm|kubectl) (?:\S+ )?(?:lint|template|diff|get|describe|version|kubeval|repo|dependency|package|config)\b|\bsetup-|\brelease[-_ ]notes?\b|--release\b/i.test(
          line,
        ),
    );
}

/** The jobs that a job `extends`, the nearest first; each once, for a file may send them in a ring. */
export function parentsOf(facts: SourceFacts, resource: string): readonly Resource[] {
  const found: Resource[] = [];
  const open = [resource];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const names = settingsUnder(facts, { resource: next }, ['extends']).map(({ value }) => value);
    const parents = facts.resources.filter((other) => other.type === 'job' && names.includes(other.name) && !found.includes(other));
    found.push(...parents);
    open.push(...parents.map(({ key }) => key));
  }
  return found;
}
