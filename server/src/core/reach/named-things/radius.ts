import type { NamedThing, ThingPlace } from '../../model/named-thing.ts';
import type { BlastRadius } from '../../model/radius.ts';
import type { RepoPath, Tree } from '../../model/tree.ts';
import { isTestFile } from '../../test-files.ts';
import { usesOf } from './index.ts';

const MAX_DEPENDENTS = 100;

interface Use extends ThingPlace {
  readonly name: string;
}

/** Who uses any of some named things, outside the file that was asked from and outside of what makes them. Always an upper bound. */
export function radiusOfThings(tree: Tree, things: readonly NamedThing[], path: RepoPath): BlastRadius {
  const places = new Map<string, Use>();
  for (const thing of things)
    for (const place of usesOf(tree, thing).places)
      if (place.kind === 'use' && place.path !== path)
        places.set(`${place.path}:${place.line}:${place.character}`, { ...place, name: thing.name });
  const uses = [...places.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line));
  const files = [...new Set(uses.map((use) => use.path))];
  const folderOf = (file: string): string => file.slice(0, Math.max(0, file.lastIndexOf('/')));
  return {
    references: uses.length,
    files: files.length,
    // Nobody follows a name into the files that import its users: they need not be of one language.
    transitiveFiles: files.length,
    packages: new Set(files.map(folderOf)).size,
    tests: files.filter(isTestFile).length,
    exported: true,
    method: 'names',
    atMost: true,
    dependents: uses.slice(0, MAX_DEPENDENTS).map((use) => ({ path: use.path, line: use.line, message: `names \`${use.name}\`` })),
  };
}
