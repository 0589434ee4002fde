import type { RepoPath } from '../../model/tree.ts';
import { type DocumentNode, type Entry, entryOf, nodeAt, stringAt } from './node.ts';

/** A part of a document that stands for a thing of its own: an object, a job, a resource. */
export interface Part {
  readonly node: DocumentNode;
  /** Where the part starts: its key, where it has one. */
  readonly start: number;
  readonly scope: string;
  readonly resource: PartResource | undefined;
}

export interface PartResource {
  readonly type: string;
  readonly name: string;
  readonly key: string;
  /** The header. */
  readonly start: number;
  readonly end: number;
}

/** Cuts a document into its parts. The last one is the rest: what belongs to no part. */
export function splitParts(root: DocumentNode, path: RepoPath): readonly Part[] {
  const parts =
    kubernetes(root, path) ??
    terraformJson(root, path) ??
    cloudFormation(root, path) ??
    resourceManager(root, path) ??
    jobs(root, path) ??
    services(root, path) ??
    [];
  if (parts.some((part) => part.node === root)) return parts;
  return [...parts, { node: root, start: root.start, scope: '', resource: undefined }];
}

/** True for files whose `run` and `script` keys hold shell. */
export function isPipeline(path: RepoPath): boolean {
  return /(^|\/)\.github\/(workflows|actions)\/|(^|\/)action\.ya?ml$|(^|\/)\.gitlab(-ci)?[^/]*\.ya?ml$|(^|\/)\.gitlab\/|(^|\/)\.?(ci|pipelines?)\/[^/]*\.ya?ml$|(^|\/)(\.circleci|\.buildkite)\/|(^|\/)(azure-pipelines|bitbucket-pipelines|\.travis|\.drone|cloudbuild|buildspec|appveyor|Taskfile|lefthook)[^/]*\.ya?ml$/i.test(
    path,
  );
}

/** Words of a path that say which environment it is for: the same object in another one is another object. */
export function environmentOf(path: RepoPath): string {
  return path
    .split(/[/._-]/)
    .filter((word) =>
      /^(prod|production|live|staging|stage|stg|dev|development|test|testing|qa|uat|sandbox|preview|local|eu|us|ap)$/i.test(word),
    )
    .join('.')
    .toLowerCase();
}

function folderOf(path: RepoPath): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function kubernetes(root: DocumentNode, path: RepoPath): readonly Part[] | undefined {
  const kind = entryOf(root, 'kind');
  if (kind === undefined || stringAt(root, 'apiVersion') === '' || stringAt(root, 'kind') === '') return undefined;
  const items = nodeAt(root, 'items');
  if (stringAt(root, 'kind').endsWith('List') && items?.kind === 'list') return items.items.flatMap((item) => kubernetes(item, path) ?? []);
  const type = stringAt(root, 'kind');
  const name = stringAt(root, 'metadata', 'name') || stringAt(root, 'metadata', 'generateName');
  const namespace = stringAt(root, 'metadata', 'namespace');
  const nameNode = nodeAt(root, 'metadata', 'name');
  const end = nameNode !== undefined && nameNode.end > kind.node.end ? nameNode.end : kind.node.end;
  const key = `kubernetes ${environmentOf(path)} ${type}/${namespace}/${name}`;
  return [
    {
      node: root,
      start: root.start,
      scope: `${type}/${name}`,
      resource: { type, name: namespace === '' ? name : `${namespace}/${name}`, key, start: kind.start, end },
    },
  ];
}

function cloudFormation(root: DocumentNode, path: RepoPath): readonly Part[] | undefined {
  const resources = nodeAt(root, 'Resources') ?? nodeAt(root, 'resources', 'Resources');
  if (resources?.kind !== 'map' || !resources.entries.some((entry) => stringAt(entry.node, 'Type').includes('::'))) return undefined;
  return resources.entries.map((entry) => {
    const type = stringAt(entry.node, 'Type');
    const key = `cloudformation ${folderOf(path)} ${environmentOf(path)} ${entry.key}`;
    return {
      node: entry.node,
      start: entry.start,
      scope: `Resources.${entry.key}`,
      resource: { type, name: entry.key, key, ...header(entry, 'Type') },
    };
  });
}

/**
 * Templates of Azure's resource manager: `resources` is a list, or since language version 2.0 a map of symbolic names, and may
 * stand in a resource again (https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax).
 */
function resourceManager(root: DocumentNode, path: RepoPath): readonly Part[] | undefined {
  if (!/\/(deploymentTemplate|\w+DeploymentTemplate)\.json/i.test(stringAt(root, '$schema'))) return undefined;
  return azureResources(root, '', path);
}

function azureResources(owner: DocumentNode, outer: string, path: RepoPath): readonly Part[] {
  const found = nodeAt(owner, 'resources');
  const nodes = found?.kind === 'list' ? found.items : found?.kind === 'map' ? found.entries.map((entry) => entry.node) : [];
  return nodes.flatMap((node) => {
    const typeEntry = entryOf(node, 'type');
    const nameEntry = entryOf(node, 'name');
    if (typeEntry === undefined) return [];
    // Inside its owner a resource says only the last part of its type.
    const own = stringAt(node, 'type');
    const type = outer === '' || own.includes('.') ? own : `${outer}/${own}`;
    const name = stringAt(node, 'name');
    const key = `arm ${folderOf(path)} ${environmentOf(path)} ${type}/${name}`;
    const last = nameEntry !== undefined && nameEntry.node.end > typeEntry.node.end ? nameEntry : typeEntry;
    const start = Math.min(typeEntry.start, nameEntry?.start ?? typeEntry.start);
    const resource = { type, name: nameIn(name), key, start, end: last.node.end };
    return [{ node, start: node.start, scope: `resources.${nameIn(name)}`, resource }, ...azureResources(node, type, path)];
  });
}

/** `[parameters('serverName')]` is called by its parameter. */
function nameIn(name: string): string {
  return /^\[(?:parameters|variables)\('([^']+)'\)\]$/.exec(name)?.[1] ?? name;
}

/** Terraform written as JSON: the same addresses as in its own language, so that a resource may go from one to the other. */
function terraformJson(root: DocumentNode, path: RepoPath): readonly Part[] | undefined {
  if (!/\.(tf|tofu)\.json$/i.test(path) || root.kind !== 'map') return undefined;
  const parts: Part[] = [];
  const add = (entry: Entry, address: string, type: string, name: string): void => {
    const key = `hcl ${folderOf(path)} ${address}`;
    const end = entry.start + entry.key.length;
    parts.push({ node: entry.node, start: entry.start, scope: address, resource: { type, name, key, start: entry.start, end } });
  };
  for (const block of root.entries) {
    for (const first of block.node.kind === 'map' ? block.node.entries : []) {
      if (block.key !== 'resource' && block.key !== 'data') add(first, `${block.key}.${first.key}`, block.key, first.key);
      else
        for (const second of first.node.kind === 'map' ? first.node.entries : [])
          add(second, `${block.key}.${first.key}.${second.key}`, block.key === 'resource' ? first.key : 'data', second.key);
    }
  }
  return parts;
}

/** Jobs of GitHub Actions, of GitLab, and of pipelines built like them. */
function jobs(root: DocumentNode, path: RepoPath): readonly Part[] | undefined {
  if (!isPipeline(path) || root.kind !== 'map') return undefined;
  const inJobs = nodeAt(root, 'jobs');
  if (inJobs?.kind === 'map') return inJobs.entries.map((entry) => job(entry, `jobs.${entry.key}`, path));
  // A name with a dot is a template of GitLab's, which jobs take settings from, whatever it holds.
  const isJob = (entry: Entry): boolean =>
    entry.node.kind === 'map' &&
    (/^\.\w/.test(entry.key) || entry.node.entries.some((inner) => /^(script|trigger|extends|stage)$/.test(inner.key)));
  return root.entries.filter(isJob).map((entry) => job(entry, entry.key, path));
}

function job(entry: Entry, scope: string, path: RepoPath): Part {
  return {
    node: entry.node,
    start: entry.start,
    scope,
    resource: { type: 'job', name: entry.key, key: `job ${path} ${entry.key}`, start: entry.start, end: entry.start + entry.key.length },
  };
}

function services(root: DocumentNode, path: RepoPath): readonly Part[] | undefined {
  const found = nodeAt(root, 'services');
  if (
    found?.kind !== 'map' ||
    !found.entries.some((entry) => entryOf(entry.node, 'image') !== undefined || entryOf(entry.node, 'build') !== undefined)
  )
    return undefined;
  return found.entries.map((entry) => ({
    node: entry.node,
    start: entry.start,
    scope: `services.${entry.key}`,
    resource: {
      type: 'service',
      name: entry.key,
      key: `service ${folderOf(path)} ${environmentOf(path)} ${entry.key}`,
      start: entry.start,
      end: entry.start + entry.key.length,
    },
  }));
}

function header(entry: Entry, key: string): { readonly start: number; readonly end: number } {
  const type = entryOf(entry.node, key);
  return { start: entry.start, end: type === undefined ? entry.start + entry.key.length : type.node.end };
}
