import type { SymbolFact } from '../../model/facts.ts';
import type { RepoPath, Tree } from '../../model/tree.ts';
import { ownPackage } from './own-package.ts';
import type { Descriptor } from './scip-symbol.ts';
import { type Match, type OwnSymbol, packageTarget, spells } from './spelling.ts';

const FILE = /\.(?:[cm]?[jt]sx?|vue|svelte)$/;
/** Folders that hold sources, or what is built of them: the same file stands under one here and under another there. */
const ROOTS = /^(?:src|source|lib|dist|build|out|output|types|typings|dts|es|esm|cjs|mjs|umd|module|main|node|browser)\//;

/**
 * scip-typescript: the folders and the file inside the package, then the names. An index of the package's sources names the file
 * as it is here; one that had the package installed names its declarations, so `dist/pay.d.ts` is `src/pay.ts`. A file that is none
 * of the package's holds declarations rolled into one: there the name alone decides, which is `likely`.
 */
export function ownTypeScript(tree: Tree, path: RepoPath, symbol: SymbolFact): OwnSymbol | undefined {
  const own = ownPackage(tree, path, 'npm');
  if (own === undefined) return undefined;
  const inside = path.slice(own.folder.length);
  const wanted = { name: originOf(symbol), kind: symbol.kind };
  return {
    target: packageTarget('npm', own.name),
    match(descriptors): Match | undefined {
      const at = descriptors.findIndex(({ name, suffix }) => suffix === 'namespace' && FILE.test(name));
      if (at < 0) return undefined;
      const names = descriptors.slice(at + 1).filter(({ name, suffix }) => !(suffix === 'meta' && /^typeLiteral\d+$/.test(name)));
      const how = spells(names, wanted) ? 'exact' : isLiteralKey(names, wanted) ? 'likely' : undefined;
      if (how === undefined) return undefined;
      const file = descriptors
        .slice(0, at + 1)
        .map(({ name }) => name)
        .join('/');
      if (file === inside) return how;
      const bare = bareFile(file);
      if (bare === bareFile(inside)) return how;
      // What is passed on is named by the file that declares it.
      return symbol.kind === 'export' || !bareFiles(tree, own.folder).has(bare) ? 'likely' : undefined;
    },
  };
}

/** `export { a as b } from` offers `b`, and an index names `a`. */
function originOf({ name, kind, type }: SymbolFact): string {
  return kind === 'export' ? (/^([\w$]+) from /.exec(type)?.[1] ?? name) : name;
}

/** Keys of an object are numbered through a file, without the object: `value0:`. */
function isLiteralKey(names: readonly Descriptor[], { name }: { readonly name: string }): boolean {
  const [only] = names;
  return (
    names.length === 1 &&
    only?.suffix === 'meta' &&
    name.includes('.') &&
    only.name.replace(/(?<!\d)\d+$/, '') === name.slice(name.lastIndexOf('.') + 1)
  );
}

function bareFile(file: string): string {
  let bare = file.replace(/(?:\.d)?\.(?:[cm]?[jt]sx?)$/, '').replace(/\.d$/, '');
  while (ROOTS.test(bare)) bare = bare.replace(ROOTS, '');
  return bare;
}

const KNOWN = new WeakMap<Tree, Map<string, ReadonlySet<string>>>();

/** The files of a package without their roots and extensions; made once for each tree. */
function bareFiles(tree: Tree, folder: string): ReadonlySet<string> {
  const known = KNOWN.get(tree) ?? new Map<string, ReadonlySet<string>>();
  KNOWN.set(tree, known);
  const found =
    known.get(folder) ??
    new Set(
      tree
        .paths()
        .filter((path) => path.startsWith(folder) && FILE.test(path) && !path.endsWith('.d.ts'))
        .map((path) => bareFile(path.slice(folder.length))),
    );
  known.set(folder, found);
  return found;
}
