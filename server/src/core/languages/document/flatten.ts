import type { DocumentNode, ListNode, ScalarNode } from './node.ts';

/** One scalar of a document with the path that leads to it. */
export interface Leaf {
  readonly path: readonly string[];
  /** The path without the places of scalars in lists: the order of such a list says nothing. */
  readonly identity: readonly string[];
  readonly value: string | number | boolean | null;
  readonly start: number;
  readonly end: number;
  /** True for the key of a map or list that is not empty; its value is null, and what it holds follows. */
  readonly holds: boolean;
  /** Undefined for a key that holds others, and for an empty map or list, whose value is `{}` or `[]`. */
  readonly node: ScalarNode | undefined;
}

/** More leaves than a person would write: aliases of aliases make millions from a few lines. */
const MOST_LEAVES = 20_000;

/**
 * Every scalar below a node in file order, without what stands in `skip`, where the node itself may stand, each behind the keys that hold it: a key may change while what it holds does not. Elements of a list are named by their `name`, `id` or the like where they have
 * one, so that a new order is no change. Answers false where it stopped at the cap.
 */
export function flatten(root: DocumentNode, start: number, skip: ReadonlySet<DocumentNode>, emit: (leaf: Leaf) => void): boolean {
  let count = 0;
  const visit = (node: DocumentNode, path: readonly string[], identity: readonly string[], from: number): void => {
    if ((skip.has(node) && node !== root) || count >= MOST_LEAVES) return;
    if (node.kind === 'map' && node.entries.length > 0) {
      for (const entry of node.entries) {
        const inner = [...path, entry.key];
        const innerIdentity = identity === path ? inner : [...identity, entry.key];
        if (isFull(entry.node) && !skip.has(entry.node)) {
          const end = entry.start + entry.key.length;
          count++;
          emit({ path: inner, identity: innerIdentity, value: null, start: entry.start, end, holds: true, node: undefined });
        }
        visit(entry.node, inner, innerIdentity, entry.start);
      }
      return;
    }
    if (node.kind === 'list' && node.items.length > 0) {
      const names = nameItems(node);
      for (const [at, item] of node.items.entries()) {
        const name = names[at] ?? String(at);
        const inner = [...path, name];
        visit(item, inner, item.kind === 'scalar' ? identity : identity === path ? inner : [...identity, name], item.start);
      }
      return;
    }
    count++;
    const value = node.kind === 'scalar' ? node.value : node.kind === 'map' ? '{}' : '[]';
    emit({
      path,
      identity,
      value,
      start: Math.min(from, node.start),
      end: node.end,
      holds: false,
      node: node.kind === 'scalar' ? node : undefined,
    });
  };
  // The two are one array as long as they say the same: large files have tens of thousands of them.
  const top: readonly string[] = [];
  visit(root, top, top, start);
  return count < MOST_LEAVES;
}

function isFull(node: DocumentNode): boolean {
  return node.kind === 'map' ? node.entries.length > 0 : node.kind === 'list' && node.items.length > 0;
}

const NAMES = [
  'name',
  'id',
  'key',
  'Key',
  'Sid',
  'sid',
  'Id',
  'alias',
  'description',
  'Description',
  'uses',
  'type',
  'mountPath',
  'containerPort',
];

function nameItems(list: ListNode): readonly string[] {
  const seen = new Map<string, number>();
  return list.items.map((item, at) => {
    const name = nameOf(item);
    if (name === undefined) return String(at);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}#${count}`;
  });
}

function nameOf(item: DocumentNode): string | undefined {
  if (item.kind !== 'map') return undefined;
  for (const key of NAMES) {
    const node = item.entries.find((entry) => entry.key === key)?.node;
    if (node?.kind !== 'scalar' || node.value === null || node.value === '') continue;
    // An action is the same action at another version.
    return key === 'uses' ? String(node.value).split('@')[0] : String(node.value);
  }
  return undefined;
}
