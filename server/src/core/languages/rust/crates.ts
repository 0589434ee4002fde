import type { RepoPath, Tree } from '../../model/tree.ts';
import { folderOf, joinPath } from '../code/modules.ts';

/** A package of Cargo: its folder, the names its library goes by in the tree, and the file of that library. */
export interface Crate {
  readonly folder: string;
  /** Dashes are underscores in code. Empty where the manifest only lists a workspace. */
  readonly names: readonly string[];
  readonly library: string;
}

/** All packages of a tree, deepest folders first, so that the first one around a file is its own. */
export function cratesOf(tree: Tree): readonly Crate[] {
  const manifests = tree.paths().filter((path) => /(^|\/)Cargo\.toml$/.test(path));
  const texts = manifests.map((path) => ({ folder: folderOf(path), text: textOf(tree, path) }));
  const renamed = new Map<string, Set<string>>();
  for (const { text } of texts)
    for (const [, alias = '', name = ''] of text.matchAll(/^[ \t\ufeff]*([\w-]+)\s*=\s*\{[^}\n]*\bpackage\s*=\s*"([^"]+)"/gm)) {
      const aliases = renamed.get(name) ?? new Set<string>();
      renamed.set(name, aliases.add(alias));
    }
  return texts
    .map(({ folder, text }): Crate => {
      const name = valueIn(text, 'package', 'name') ?? '';
      const library = valueIn(text, 'lib', 'name');
      const names = [library ?? name, ...(renamed.get(name) ?? [])].filter((one) => one !== '').map((one) => one.replaceAll('-', '_'));
      return { folder, names, library: joinPath(folder, valueIn(text, 'lib', 'path')?.replace(/^\.\//, '') ?? 'src/lib.rs') };
    })
    .sort((a, b) => b.folder.length - a.folder.length || (a.folder < b.folder ? -1 : 1));
}

function textOf(tree: Tree, path: RepoPath): string {
  const content = tree.read(path);
  return content?.kind === 'text' ? content.text.replace(/^[ \t\ufeff]*#.*/gm, '') : '';
}

/** A string of a table of TOML. */
function valueIn(text: string, table: string, key: string): string | undefined {
  const body = new RegExp(`^[ \\t]*\\[${table}\\][^\\n]*\\n([\\s\\S]*?)(?=^[ \\t]*\\[|(?![\\s\\S]))`, 'm').exec(text)?.[1];
  return body === undefined ? undefined : new RegExp(`^[ \\t]*${key}\\s*=\\s*["']([^"']+)["']`, 'm').exec(body)?.[1];
}
