import type { RepoPath, Tree } from '../../model/tree.ts';
import { JAVA } from '../../scan/code-stretches.ts';
import { JAVA_IMPORT } from '../../scan/scan-java.ts';
import { addTo, folderOf, type ModuleLanguage, type Modules, type Scans } from '../code/modules.ts';
import type { Writing } from '../code/name-uses.ts';

/**
 * A module here is a package by its dotted name, wherever its files lie; what stands behind it in a specifier are types. Kotlin,
 * Groovy and Scala share packages with Java.
 */
export const modules: ModuleLanguage = {
  extensions: ['.java', '.kt', '.kts', '.groovy', '.scala'],
  create,
  separator: '.',
  sharesModule: true,
  passesOn: false,
  importsHide: true,
  untyped: false,
};

/** Kotlin, Groovy and Scala put code into strings: `"$name"`, `"${now()}"`. */
export const writing: Writing = {
  dialect: JAVA,
  statements: JAVA_IMPORT,
  countsInString: (_whole, before) => /\$(?:\{[^{}]*)?$/.test(before),
  // A block of Kotlin, Groovy or Scala may run on another receiver than it says.
  saysTypes: (path) => path.endsWith('.java'),
  overloads: true,
};

function create(tree: Tree, scans: Scans): Modules {
  const files = tree.paths().filter((path) => /\.(java|kts?|groovy|scala)$/.test(path));
  const homes = new Map<RepoPath, string>();
  const packages = new Map<string, RepoPath[]>();
  for (const path of files) {
    const home = (scans.headOf(path)?.exported ?? '.*').slice(0, -2);
    homes.set(path, home);
    addTo(packages, home, path);
  }
  return {
    files,
    resolve(_from, specifier) {
      // The longest package; what is left are types around the one that is asked for.
      for (let module = specifier; module !== ''; module = module.slice(0, Math.max(0, module.lastIndexOf('.')))) {
        const files = packages.get(module);
        if (files === undefined) continue;
        const rest = specifier === module ? [] : specifier.slice(module.length + 1).split('.');
        // `org.shop.other.Clock` of a library is nothing of a tree that has `org.shop`.
        const isOurs = rest[0] === undefined || files.some((file) => scans.namesOf(file).includes(rest[0] ?? ''));
        return isOurs ? [{ module, rest }] : [];
      }
      return specifier === '' ? [{ module: '', rest: [] }] : [];
    },
    inner: (module, name) => (packages.has(`${module}.${name}`) ? `${module}.${name}` : undefined),
    filesOf: (module) => packages.get(module) ?? [],
    moduleOf: (path) => homes.get(path) ?? '',
    packageOf: folderOf,
  };
}
