import type { RepoPath, Tree } from '../../model/tree.ts';

/** The package that a file belongs to: its name, and the folder of its manifest with a slash behind it, or empty. */
export interface OwnPackage {
  readonly name: string;
  readonly folder: string;
}

type ReadName = (text: string) => string | undefined;

/** Manifests in which a package says its name, by manager; the nearest one above a file that has a name holds. */
const MANIFESTS: Readonly<Record<'npm' | 'gomod' | 'cargo' | 'python', readonly (readonly [string, ReadName])[]>> = {
  npm: [['package.json', nameInJson]],
  gomod: [['go.mod', (text) => /^[ \t\ufeff]*module\s+"?([^\s"]+)/m.exec(text)?.[1]]],
  cargo: [['Cargo.toml', (text) => nameInTable(text, ['package'])]],
  python: [
    ['pyproject.toml', (text) => nameInTable(text, ['project', 'tool.poetry'])],
    ['setup.cfg', (text) => nameInTable(text, ['metadata'])],
    ['setup.py', (text) => /\bsetup\s*\([\s\S]*?\bname\s*=\s*["']([^"']+)["']/.exec(text)?.[1]],
  ],
};

/** The package of `path`, as its manifest names it; undefined where no folder above has one with a name. */
export function ownPackage(tree: Tree, path: RepoPath, manager: keyof typeof MANIFESTS): OwnPackage | undefined {
  for (let folder = folderOf(path); ; folder = folderOf(folder.slice(0, -1))) {
    for (const [file, nameIn] of MANIFESTS[manager]) {
      // A path of the tree with its last parts exchanged is one of the tree, or none.
      const content = tree.read(`${folder}${file}` as RepoPath);
      const name = content?.kind === 'text' ? nameIn(content.text) : undefined;
      if (name !== undefined && name !== '') return { name, folder };
    }
    if (folder === '') return undefined;
  }
}

/** `src/pay/` of `src/pay/charge.ts`; empty for a file at the top. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

function nameInJson(text: string): string | undefined {
  try {
    const manifest: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    const name = typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, 'name') : undefined;
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}

/** `name = …` of one of the tables of a TOML or INI file. */
function nameInTable(text: string, tables: readonly string[]): string | undefined {
  let table = '';
  for (const line of text.split('\n')) {
    table = /^\s*\[([^[\]]+)\]/.exec(line)?.[1]?.trim() ?? table;
    const name = tables.includes(table) ? /^\s*name\s*=\s*["']?([^"'#\s]+)/.exec(line)?.[1] : undefined;
    if (name !== undefined) return name;
  }
  return undefined;
}
