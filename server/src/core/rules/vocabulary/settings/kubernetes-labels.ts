import type { Resource, Setting, SourceFacts } from '../../../model/facts.ts';
import type { RepoPath, Tree } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { settingsOf } from './setting-index.ts';

export type Labels = ReadonlyMap<string, string>;

const WORKLOAD = /^(Deployment|StatefulSet|DaemonSet|ReplicaSet|Rollout|Job|CronJob|Pod|ReplicationController)$/;
/** Objects that find pods by their labels. */
const SELECTS =
  /^(Service|NetworkPolicy|PodDisruptionBudget|ServiceMonitor|PodMonitor|ServiceEntry|DestinationRule|Gateway|AuthorizationPolicy|CiliumNetworkPolicy)$/;

export function isWorkload(resource: Resource): boolean {
  return WORKLOAD.test(kindOf(resource));
}

export function isSelecting(resource: Resource): boolean {
  return SELECTS.test(kindOf(resource));
}

/** True for what keeps pods running by a selector of its own, which the cluster refuses to change in place. */
export function hasFixedSelector(resource: Resource): boolean {
  return /^(Deployment|StatefulSet|DaemonSet|ReplicaSet|Rollout)$/.test(kindOf(resource));
}

/** `Service` is `kubernetes_service_v1` in Terraform. */
function kindOf({ type }: Resource): string {
  const [, kind] = /^kubernetes_([a-z_]+?)(?:_v\d\w*)?$/.exec(type) ?? [];
  return kind === undefined ? type : kind.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Labels that a workload gives its pods. */
export function podLabels(facts: SourceFacts | undefined, resource: Resource): Labels {
  const own = kindOf(resource) === 'Pod' ? 'metadata/labels' : 'template/metadata/labels';
  return labelsAt(settingsOf(facts, resource.key), (path) => path === own || path.endsWith(`/${own}`));
}

/** Labels by which an object finds pods; empty where it finds none, or all. */
export function selectorOf(facts: SourceFacts | undefined, resource: Resource): Labels {
  return labelsAt(settingsOf(facts, resource.key), (path) =>
    /^spec\/(selector|podSelector|pod_selector|endpointSelector|workloadSelector)(\/match(L|_l)abels)?$/.test(path),
  );
}

/** True where every label asked for is given. */
export function selects(selector: Labels, labels: Labels): boolean {
  return selector.size > 0 && [...selector].every(([key, value]) => labels.get(key) === value);
}

function labelsAt(settings: readonly Setting[], isHere: (path: string) => boolean): Labels {
  return new Map(
    settings.flatMap((setting) => {
      const name = setting.path.at(-1) ?? '';
      return setting.value !== null && isHere(setting.path.slice(0, -1).join('/')) ? [[name, String(setting.value)] as const] : [];
    }),
  );
}

export interface KubernetesObject {
  readonly path: RepoPath;
  readonly facts: SourceFacts;
  readonly resource: Resource;
}

/** More files than one application has; a repository of all of a company's manifests is not read whole for one label. */
const MOST_FILES = 60;

/** Objects of a tree's manifests that mention a word, this file's own first. */
export function objectsMentioning(input: RuleInput, side: 'before' | 'after', word: string): readonly KubernetesObject[] {
  return factsMentioning(input, side, word).flatMap(({ path, facts }) => facts.resources.map((resource) => ({ path, facts, resource })));
}

/** Manifests and files of settings of a tree that mention a word, this file first. */
export function factsMentioning(
  input: RuleInput,
  side: 'before' | 'after',
  word: string,
): readonly { readonly path: RepoPath; readonly facts: SourceFacts }[] {
  const tree: Tree = input.trees[side];
  const paths = [
    input.path,
    ...tree
      .mentioning(mentionable(word), ['.yaml', '.yml', '.json', '.tf'])
      .filter((path) => path !== input.path)
      .slice(0, MOST_FILES),
  ];
  return paths.flatMap((path) => {
    const facts = path === input.path ? input[side] : input.factsAt(side, path);
    return facts === undefined ? [] : [{ path, facts }];
  });
}

/** A label's value may hold signs that end a word; its longest word finds it. */
function mentionable(value: string): string {
  return value.split(/[^A-Za-z0-9_$]+/).reduce((longest, part) => (part.length > longest.length ? part : longest), '');
}
