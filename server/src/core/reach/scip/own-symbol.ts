import type { SymbolFact } from '../../model/facts.ts';
import type { RepoPath, Tree } from '../../model/tree.ts';
import { folderOf, ownPackage } from './own-package.ts';
import { ownTypeScript } from './own-typescript.ts';
import type { Descriptor } from './scip-symbol.ts';
import { type OwnSymbol, packageTarget, spells } from './spelling.ts';

/**
 * The name of a symbol in indexes, by what each language's indexer writes: scip-typescript, scip-go, scip-java, scip-python and
 * rust-analyzer. Undefined where the file belongs to no package with a name, or its language has no indexer that is known here.
 */
export function ownSymbol(tree: Tree, path: RepoPath, symbol: SymbolFact): OwnSymbol | undefined {
  if (symbol.name.startsWith('* ') || symbol.name === 'module.exports') return undefined;
  switch (/\.(\w+)$/.exec(path)?.[1]) {
    case 'ts':
    case 'tsx':
    case 'mts':
    case 'cts':
    case 'js':
    case 'jsx':
    case 'mjs':
    case 'cjs':
    case 'vue':
    case 'svelte':
      return ownTypeScript(tree, path, symbol);
    case 'go':
      return ownGo(tree, path, symbol);
    case 'java':
    case 'kt':
    case 'scala':
      return ownJava(tree, path, symbol);
    case 'py':
    case 'pyi':
      return ownPython(tree, path, symbol);
    case 'rs':
      return ownRust(tree, path, symbol);
    default:
      return undefined;
  }
}

/** scip-go: the import path is one quoted namespace, or, by older versions, the folder inside the module. */
function ownGo(tree: Tree, path: RepoPath, symbol: SymbolFact): OwnSymbol | undefined {
  const own = ownPackage(tree, path, 'gomod');
  if (own === undefined) return undefined;
  const inside = folderOf(path.slice(own.folder.length)).replace(/\/$/, '');
  const importPath = inside === '' ? own.name : `${own.name}/${inside}`;
  return {
    target: packageTarget('gomod', own.name),
    match(descriptors) {
      const { namespace, names } = parted(descriptors);
      return (namespace === importPath || namespace === inside) && spells(names, symbol) ? 'exact' : undefined;
    },
  };
}

/** scip-java: the package's folders, then the class. The artifact's name says nothing that the package does not say. */
function ownJava(tree: Tree, path: RepoPath, symbol: SymbolFact): OwnSymbol | undefined {
  const content = tree.read(path);
  const name = content?.kind === 'text' ? /^[ \t\ufeff]*package\s+([\w.]+)/m.exec(content.text)?.[1] : undefined;
  if (name === undefined) return undefined;
  const folder = `${name.replaceAll('.', '/')}/`;
  return {
    target: {
      key: folder,
      needle: ` ${folder}`,
      owns: ({ manager, descriptors }) => manager === 'maven' && descriptors.startsWith(folder),
    },
    match(descriptors) {
      const { namespace, names } = parted(descriptors);
      return `${namespace}/` === folder && spells(names, symbol) ? 'exact' : undefined;
    },
  };
}

/** scip-python: the module's dotted name is one namespace. It is the end of the file's path: what is above is on no import path. */
function ownPython(tree: Tree, path: RepoPath, symbol: SymbolFact): OwnSymbol | undefined {
  const own = ownPackage(tree, path, 'python');
  if (own === undefined) return undefined;
  const dotted = path
    .slice(own.folder.length)
    .replace(/(^|\/)__init__\.pyi?$|\.pyi?$/, '')
    .replaceAll('/', '.');
  const plain = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');
  return {
    // The name is written as the index's machine had it installed: in any case, with dashes or underscores.
    target: {
      key: `python ${plain(own.name)}`,
      needle: ' python ',
      owns: ({ manager, packageName }) => manager === 'python' && plain(packageName) === plain(own.name),
    },
    match(descriptors) {
      const { namespace, names } = parted(descriptors);
      const isIt = namespace !== '' && (namespace === dotted || dotted.endsWith(`.${namespace}`));
      return isIt && spells(names, symbol) ? 'exact' : undefined;
    },
  };
}

/** rust-analyzer: the crate, its modules as namespaces, and `impl#[Type]` before what an impl block holds. */
function ownRust(tree: Tree, path: RepoPath, symbol: SymbolFact): OwnSymbol | undefined {
  const own = ownPackage(tree, path, 'cargo');
  if (own === undefined) return undefined;
  const module = path
    .slice(own.folder.length)
    .replace(/^src\//, '')
    .replace(/(^|\/)(?:mod|lib|main)\.rs$|\.rs$/, '');
  return {
    target: packageTarget('cargo', own.name),
    match(descriptors) {
      const { namespace, names } = parted(descriptors.filter(({ name, suffix }) => !(name === 'crate' && suffix === 'namespace')));
      const direct = names.flatMap((one, index): readonly Descriptor[] => {
        if (one.name === 'impl' && one.suffix === 'type') return [];
        if (one.suffix !== 'type-parameter') return [one];
        // The first parameter of an impl block is the type, a second one the trait.
        return names[index - 1]?.name === 'impl' ? [{ name: one.name, suffix: 'type' }] : [];
      });
      return namespace === module && spells(direct, symbol) ? 'exact' : undefined;
    },
  };
}

/** The namespaces in front, joined by slashes, and what stands behind them. */
function parted(descriptors: readonly Descriptor[]): { readonly namespace: string; readonly names: readonly Descriptor[] } {
  const first = descriptors.findIndex(({ suffix }) => suffix !== 'namespace');
  const end = first < 0 ? descriptors.length : first;
  return {
    namespace: descriptors
      .slice(0, end)
      .map(({ name }) => name)
      .join('/'),
    names: descriptors.slice(end),
  };
}
