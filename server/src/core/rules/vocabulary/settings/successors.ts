import type { Resource, Setting, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { settingsUnder } from './setting-index.ts';

/** Where a setting would stand now: its resource and its container may have another name. */
export interface Place {
  readonly resource: string;
  readonly path: readonly string[];
}

/**
 * The place on the after side that stands for the one of a setting that is gone: the only workload of its kind that left the file
 * has become the only one that came (a chart's template whose name is put together otherwise), and the only container of a list
 * the only one there is now. Undefined where the thing itself is gone.
 */
export function successorPlace(input: RuleInput, setting: Pick<Setting, 'path' | 'resource'>): Place | undefined {
  const { before, after } = input;
  if (before === undefined || after === undefined) return undefined;
  const resource = successorOf(before, after, setting.resource);
  if (resource === undefined) return undefined;
  const at = setting.path.findIndex((element) => CONTAINERS.test(element));
  const name = setting.path[at + 1];
  // A container of Terraform is a block of its own, and what follows is no name.
  if (at < 0 || name === undefined || after.language === 'hcl') return { resource, path: setting.path };
  const list = setting.path.slice(0, at + 1);
  const [old, now] = [namesUnder(before, setting.resource, list), namesUnder(after, resource, list)];
  if (now.includes(name)) return { resource, path: setting.path };
  return old.length === 1 && now.length === 1 ? { resource, path: [...list, now[0] ?? '', ...setting.path.slice(at + 2)] } : undefined;
}

const CONTAINERS = /^containers$/;
const WORKLOAD = /^(Deployment|StatefulSet|DaemonSet|Rollout|ReplicaSet|Pod|Job|CronJob|DeploymentConfig)$/;

function successorOf(before: SourceFacts, after: SourceFacts, key: string): string | undefined {
  if (key === '' || after.resources.some((resource) => resource.key === key)) return key;
  const old = before.resources.find((resource) => resource.key === key);
  if (old === undefined || !WORKLOAD.test(old.type)) return undefined;
  const only = (facts: SourceFacts, other: SourceFacts): readonly Resource[] =>
    facts.resources.filter(({ type, key: own }) => type === old.type && !other.resources.some((resource) => resource.key === own));
  const [gone, come] = [only(before, after), only(after, before)];
  return gone.length === 1 && come.length === 1 ? come[0]?.key : undefined;
}

function namesUnder(facts: SourceFacts, resource: string, list: readonly string[]): readonly string[] {
  return [...new Set(settingsUnder(facts, { resource }, list).flatMap(({ path }) => path[list.length] ?? []))];
}
