import type { DocumentSource } from '../document/describe.ts';
import { describePatch, type PatchTarget } from '../document/kustomize-patches.ts';
import { type DocumentNode, nodeAt, type ScalarNode, stringAt } from '../document/node.ts';

/** Parses a text whose positions are those of the file; undefined where it is no YAML. */
type Parse = (text: string) => DocumentNode | undefined;

/**
 * Adds the settings of patches that a kustomization holds as texts (`patch: |-`), at the places where they stand: what stands
 * before them is blank for the parser, so that positions stay true.
 */
export function describeInlinePatches(root: DocumentNode, text: string, parse: Parse, source: DocumentSource): void {
  for (const list of ['patches', 'patchesJson6902', 'patchesStrategicMerge']) {
    const items = nodeAt(root, list);
    for (const item of items?.kind === 'list' ? items.items : []) {
      const patch = item.kind === 'scalar' ? item : nodeAt(item, 'patch');
      if (patch?.kind !== 'scalar' || typeof patch.value !== 'string' || patch.origin !== undefined || !/[\n:]/.test(patch.value)) continue;
      const inner = parse(`${text.slice(0, contentStart(patch, text)).replace(/[^\n]/g, ' ')}${contentOf(patch, text)}`);
      if (inner !== undefined) describePatch(inner, targetOf(item), source);
    }
  }
}

/** Behind the header of a block, or behind the quote. */
function contentStart({ start, end }: ScalarNode, text: string): number {
  const first = text[start] ?? '';
  if (first !== '|' && first !== '>') return /['"]/.test(first) ? start + 1 : start;
  const header = text.indexOf('\n', start);
  return header < 0 || header >= end ? end : header + 1;
}

function contentOf(patch: ScalarNode, text: string): string {
  const end = /['"]/.test(text[patch.start] ?? '') ? patch.end - 1 : patch.end;
  return text.slice(contentStart(patch, text), end);
}

function targetOf(item: DocumentNode): PatchTarget {
  return { kind: stringAt(item, 'target', 'kind'), name: stringAt(item, 'target', 'name') };
}
