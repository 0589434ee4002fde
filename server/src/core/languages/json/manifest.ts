import type { Dependency } from '../../model/facts.ts';
import type { DocumentSource } from '../document/describe.ts';
import { type DocumentNode, nodeAt } from '../document/node.ts';
import { includeFacts } from '../facts-draft.ts';

const GROUPS: Readonly<Record<string, Dependency['group']>> = {
  dependencies: 'runtime',
  devDependencies: 'development',
  peerDependencies: 'peer',
  optionalDependencies: 'optional',
};

/** Dependencies and scripts of a `package.json`. */
export function describeManifest(root: DocumentNode, { draft, lines, embed }: DocumentSource): void {
  for (const [key, group] of Object.entries(GROUPS)) {
    const found = nodeAt(root, key);
    for (const entry of found?.kind === 'map' ? found.entries : []) {
      const version = entry.node.kind === 'scalar' ? String(entry.node.value) : '';
      draft.dependencies.push({
        name: entry.key,
        version,
        group,
        range: lines.rangeOf(entry.start, entry.node.end),
        key: `${group} ${entry.key}@${version}`,
        scope: key,
      });
    }
  }
  const scripts = nodeAt(root, 'scripts');
  for (const entry of scripts?.kind === 'map' ? scripts.entries : []) {
    const text = entry.node.kind === 'scalar' ? (entry.node.lines?.() ?? []) : [];
    if (text.length > 0) includeFacts(draft, embed('shell', text, `scripts.${entry.key}`));
  }
}
