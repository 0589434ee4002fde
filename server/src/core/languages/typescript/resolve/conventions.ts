/**
 * What `@/` and its like mean where no config says it: bundlers are told in code, which nobody runs here. No package can bear such a
 * name. Places are seen from the package.
 */
const PREFIXES: readonly (readonly [prefix: string, roots: readonly string[]])[] = [
  ['@/', ['src/', '', 'app/', 'resources/js/']],
  ['~/', ['src/', '', 'app/']],
  ['@@/', ['']],
  ['~~/', ['']],
  ['$lib/', ['src/lib/']],
];

/** Where the packages of a monorepo stand whose manifests are not at hand. */
const PACKAGE_FOLDERS = ['packages', 'libs', 'lib', 'modules', 'shared', 'apps'] as const;

/** Places that a specifier means by a convention, the likeliest first, as paths from the package. */
export function conventionalPlaces(specifier: string): readonly string[] {
  for (const [prefix, roots] of PREFIXES)
    if (specifier.startsWith(prefix)) return roots.map((root) => `./${root}${specifier.slice(prefix.length)}`);
  return [];
}

/**
 * Folders that bear the name of a package where no manifest says otherwise, with the path inside them: `@shop/ui` in `packages/ui`.
 * Only for a scoped name, since any other is as likely one that is installed.
 */
export function foldersNamed(specifier: string): readonly { readonly folder: string; readonly rest: string }[] {
  const [, name, rest = ''] = /^@[\w.-]+\/([\w.-]+)(?:\/(.+))?$/.exec(specifier) ?? [];
  return name === undefined ? [] : PACKAGE_FOLDERS.map((parent) => ({ folder: `${parent}/${name}`, rest }));
}
