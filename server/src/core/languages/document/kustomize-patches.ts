import type { RepoPath } from '../../model/tree.ts';
import { type DocumentSource, describePart } from './describe.ts';
import { type DocumentNode, type MapNode, nodeAt, type ScalarNode, stringAt } from './node.ts';
import { environmentOf, type Part } from './parts.ts';

/** What a patch is laid over; empty where the kustomization does not say. */
export interface PatchTarget {
  readonly kind: string;
  readonly name: string;
}

/** True for the file that says what an overlay takes in and what it changes of it. */
export function isKustomization(path: RepoPath): boolean {
  return /(^|\/)kustomization\.ya?ml$/.test(path);
}

/**
 * Adds what a patch says as settings of what it is laid over: a strategic merge is read as the part of a manifest that it is, and
 * operations (RFC 6902) at the paths that they name, one that removes as a setting without a value.
 */
export function describePatch(patch: DocumentNode, target: PatchTarget, source: DocumentSource): void {
  const kind = target.kind || stringAt(patch, 'kind');
  const name = target.name || stringAt(patch, 'metadata', 'name');
  const body = patch.kind === 'list' ? operationsOf(patch.items) : withoutHeader(patch);
  if (body !== undefined) describePart(partOf(body, { kind, name }, source.path), new Set(), source);
}

/** `replicas:` of a kustomization, told as what it makes of each workload. */
export function describeReplicas(root: DocumentNode, source: DocumentSource): void {
  const list = nodeAt(root, 'replicas');
  for (const item of list?.kind === 'list' ? list.items : []) {
    const count = nodeAt(item, 'count');
    const name = stringAt(item, 'name');
    if (count?.kind !== 'scalar' || name === '') continue;
    const body = placed(['spec', 'replicas'], count, item.start, item.end);
    describePart(partOf(body, { kind: 'Deployment', name }, source.path), new Set(), source);
  }
}

/** True for a file that is a list of operations. */
export function isOperations(root: DocumentNode): boolean {
  return root.kind === 'list' && root.items.length > 0 && root.items.every((item) => isOperation(item));
}

function isOperation(item: DocumentNode): item is MapNode {
  return /^(add|remove|replace|test|move|copy)$/.test(stringAt(item, 'op')) && /^\//.test(stringAt(item, 'path'));
}

function partOf(node: DocumentNode, { kind, name }: PatchTarget, path: RepoPath): Part {
  // As the key of the manifest itself, whose namespace a patch seldom says.
  const key = `patch ${environmentOf(path)} ${kind}//${name}`;
  return {
    node,
    start: node.start,
    scope: `patch.${kind}/${name}`,
    resource: { type: 'patch', name, key, start: node.start, end: node.start },
  };
}

/** One map of all that the operations set; undefined where none of them does. */
function operationsOf(items: readonly DocumentNode[]): DocumentNode | undefined {
  const set = items.flatMap((item): readonly DocumentNode[] => {
    if (!isOperation(item) || !/^(add|remove|replace)$/.test(stringAt(item, 'op'))) return [];
    const path = stringAt(item, 'path')
      .slice(1)
      .split('/')
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    const gone: ScalarNode = { kind: 'scalar', start: item.start, end: item.end, value: null };
    return [placed(path, stringAt(item, 'op') === 'remove' ? gone : (nodeAt(item, 'value') ?? gone), item.start, item.end)];
  });
  const entries = set.flatMap((node) => (node.kind === 'map' ? node.entries : []));
  const [first, last] = [set[0], set.at(-1)];
  return first === undefined || last === undefined ? undefined : { kind: 'map', start: first.start, end: last.end, entries };
}

/** A value under a path, as if it had been written there; `start` and `end` are those of what says so. */
function placed(path: readonly string[], value: DocumentNode, start: number, end: number): DocumentNode {
  return path.reduceRight<DocumentNode>((node, key) => ({ kind: 'map', start, end, entries: [{ key, start, node }] }), value);
}

/** What a strategic merge changes, without what only says of whom. */
function withoutHeader(patch: DocumentNode): DocumentNode | undefined {
  if (patch.kind !== 'map') return undefined;
  const entries = patch.entries.filter(({ key }) => !/^(apiVersion|kind)$/.test(key));
  return { ...patch, entries };
}
