import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { parseFixture } from './fixture.ts';

/** A before and an after world, by path. */
export interface World {
  readonly before: ReadonlyMap<RepoPath, string>;
  readonly after: ReadonlyMap<RepoPath, string>;
}

const FOLDER = path.join(import.meta.dirname, '../rules');

/** Every rule fixture as a world: real constructs of every language, for the laws to be tried on. */
export const FIXTURE_WORLDS: readonly World[] = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.diff'))
  .map((entry) => parseFixture(readFileSync(path.join(entry.parentPath, entry.name), 'utf8')));

/** Several fixtures side by side, each in a folder of its own: a change of many files and languages. */
export const worlds: fc.Arbitrary<World> = fc
  .uniqueArray(fc.nat({ max: Math.max(0, FIXTURE_WORLDS.length - 1) }), { minLength: 1, maxLength: 5 })
  .map((picked) =>
    merge(picked.map((index, at) => inFolder(`part${at}`, FIXTURE_WORLDS[index] ?? { before: new Map(), after: new Map() }))),
  );

/** One edit of a world's after side: a line inserted, deleted or doubled somewhere. */
export interface LineEdit {
  readonly file: number;
  readonly line: number;
  readonly kind: 'delete' | 'double' | 'insert' | 'restore';
}

export const lineEdits: fc.Arbitrary<readonly LineEdit[]> = fc.array(
  fc.record({
    file: fc.nat(20),
    line: fc.nat(60),
    kind: fc.constantFrom('delete' as const, 'double' as const, 'insert' as const, 'restore' as const),
  }),
  { minLength: 1, maxLength: 8 },
);

export function applyEdit(world: World, edit: LineEdit): World {
  const paths = [...world.after.keys()];
  const file = paths[edit.file % Math.max(1, paths.length)];
  if (file === undefined) return world;
  const before = world.before.get(file);
  const lines = (world.after.get(file) ?? '').split('\n');
  const at = edit.line % lines.length;
  if (edit.kind === 'delete') lines.splice(at, 1);
  else if (edit.kind === 'double') lines.splice(at, 0, lines[at] ?? '');
  else if (edit.kind === 'insert') lines.splice(at, 0, '');
  const text = edit.kind === 'restore' && before !== undefined ? before : lines.join('\n');
  return { before: world.before, after: new Map([...world.after, [file, text]]) };
}

function inFolder(folder: string, world: World): World {
  // A path of a fixture below another folder is still a repository path.
  const move = (side: ReadonlyMap<RepoPath, string>) => new Map([...side].map(([name, text]) => [`${folder}/${name}` as RepoPath, text]));
  return { before: move(world.before), after: move(world.after) };
}

function merge(list: readonly World[]): World {
  return { before: new Map(list.flatMap((world) => [...world.before])), after: new Map(list.flatMap((world) => [...world.after])) };
}
