import { folderOf, holds, type Leaning, ownerOf } from '../code/reach.ts';

/** A file of the same package, or one that imports its folder; there the name stands behind the package's. */
export const leaning: Leaning = {
  extensions: ['.go'],
  words: (path, text, symbol) =>
    [packageOf(text), folderOf(path).split('/').at(-1) ?? '', ...(folderOf(path) === '' ? [ownerOf(symbol)] : [])].filter((word) =>
      /\w/.test(word),
    ),
  leans: (other, declaring) => {
    const folder = folderOf(declaring.path);
    if (folderOf(other.path) === folder) return true;
    const last = folder.split('/').at(-1) ?? '';
    // An import names the whole path from its module; a version at its end is no folder.
    return last !== ''
      ? importsOf(other.text).some((path) => path === last || path.endsWith(`/${last}`))
      : holds(other.text, packageOf(declaring.text));
  },
  // A name behind another import's is that package's.
  isOther: (qualifier, _mark, other, declaring) =>
    qualifier !== (folderOf(declaring.path).split('/').at(-1) ?? '') &&
    importsOf(other.text).some((path) => path.split('/').at(-1) === qualifier),
  asks: /^\s*(import\s+)?([\w.]+\s+)?"[^"]+"\s*$/,
  remarks: /^\s*(\/\/|\*|\/\*)/,
  tests: /_test\.go$|(^|\/)testdata\//,
};

function packageOf(text: string): string {
  return /^package\s+(\w+)/m.exec(text)?.[1] ?? '';
}

function importsOf(text: string): readonly string[] {
  const head = text.slice(0, Math.max(0, text.search(/^(func|type)\s/m)) || text.length);
  return [...head.matchAll(/^\s*(?:import\s+)?(?:[\w.]+\s+)?"([^"]+)"\s*$/gm)].map(([, path = '']) => path);
}
