import type { EmbeddedLine } from '../language.ts';

/** A value of a structured file, whatever its syntax. Offsets are UTF-16 units in the file. */
export type DocumentNode = MapNode | ListNode | ScalarNode;

interface Placed {
  /** What a YAML tag makes of the value: `!Sub`. */
  readonly tag?: string;
  readonly start: number;
  readonly end: number;
}

export interface MapNode extends Placed {
  readonly kind: 'map';
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly key: string;
  /** Where the key starts: a setting's range is its key and its value. */
  readonly start: number;
  readonly node: DocumentNode;
}

export interface ListNode extends Placed {
  readonly kind: 'list';
  readonly items: readonly DocumentNode[];
}

export interface ScalarNode extends Placed {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** Where the value itself stands, for one that an alias or a merge brings in. */
  readonly origin?: { readonly start: number; readonly end: number };
  /** The text of a string line by line with its place in the file, for languages embedded in it. */
  readonly lines?: () => readonly EmbeddedLine[];
}

/** The node under a key of a map; undefined for anything else. */
export function entryOf(node: DocumentNode | undefined, key: string): Entry | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;
}

/** Follows keys through maps. */
export function nodeAt(node: DocumentNode | undefined, ...keys: readonly string[]): DocumentNode | undefined {
  return keys.reduce<DocumentNode | undefined>((at, key) => entryOf(at, key)?.node, node);
}

/** The text of a scalar string; empty for anything else. */
export function stringAt(node: DocumentNode | undefined, ...keys: readonly string[]): string {
  const found = nodeAt(node, ...keys);
  return found?.kind === 'scalar' && typeof found.value === 'string' ? found.value : '';
}
