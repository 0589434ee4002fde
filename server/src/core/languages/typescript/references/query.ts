import type { ModuleRecord } from '../../../model/file-scan.ts';
import type { RepoPath, Tree } from '../../../model/tree.ts';
import type { TopSymbol } from './asked-symbol.ts';
import { linesOf } from './code.ts';
import { graphOf } from './graph.ts';
import { Sense } from './senses.ts';
import { placesOf } from './symbol-places.ts';

export { type Dependents, dependentsOf, importersOf, importsOf } from './graph.ts';

/** A place that means the symbol. `line` is 1-based, `character` 0-based in UTF-16 units; both of the identifier's start. */
export interface ReferencePlace {
  readonly path: RepoPath;
  readonly line: number;
  readonly character: number;
  readonly kind: 'call' | 'use' | 'import' | 'reexport';
}

/** Who means a symbol, outside its own declaration. */
export interface References {
  /** By path, then by place. */
  readonly places: readonly ReferencePlace[];
  /** Files with a place, the declaring one among them where it uses the symbol elsewhere; sorted. */
  readonly files: readonly RepoPath[];
  /** `imports`: by import records, names and scopes. */
  readonly method: 'imports';
  /** True where places may be among them that mean something else, or a file could not be read. */
  readonly atMost: boolean;
  /** Source files that could not be read: each may hold places. */
  readonly unread: readonly RepoPath[];
}

/**
 * Every reference to what `path` exports as `name` (`default` for its default), the names in import and export clauses included.
 * Undefined where the tree has no such file or it exports no such name. Where a file of the tree binds the name twice the compiler is
 * asked; where it is not loaded the answer says `atMost`, so load the language first where the exact number matters.
 * `sense` chooses where the file declares a type and a value of that name.
 */
export function referencesTo(tree: Tree, path: RepoPath, name: string, sense: 'value' | 'type' | 'any' = 'any'): References | undefined {
  // Where no file was gone over yet, those that say the name are read once.
  if (name !== 'default') tree.expect?.([name]);
  const record = recordOf(tree, path);
  const offered = record?.exports.find(({ exported }) => exported === name);
  const passedOn = record?.imports.some(({ kind, names }) => kind === 'reexport' && names.some(({ local }) => local === name)) === true;
  if (offered === undefined && !passedOn) return undefined;
  return referencesOf(tree, path, { local: offered?.local, exported: [name], sense: Sense[sense] });
}

function recordOf(tree: Tree, path: RepoPath): ModuleRecord | undefined {
  const graph = graphOf(tree);
  const number = graph.numberOf.get(path);
  return number === undefined ? undefined : graph.recordOf(number);
}

function referencesOf(tree: Tree, path: RepoPath, { local, exported, sense }: TopSymbol): References | undefined {
  const found = placesOf(tree, path, local, exported, sense);
  if (found === undefined) return undefined;
  const places = found.files.flatMap(({ path: file, code, positions }) => {
    const lines = linesOf(code);
    return positions.map(({ start, kind }) => {
      const { line, character } = lines.positionAt(start);
      return { path: file, line, character, kind: kind === 'heir' ? ('use' as const) : kind };
    });
  });
  return {
    places,
    files: found.files.map(({ path: file }) => file),
    method: 'imports',
    atMost: !found.isExact || found.unread.length > 0,
    unread: found.unread,
  };
}
