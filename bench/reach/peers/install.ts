import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** Where the peers lie once they are installed. Paths are those of files to run. */
export interface Peers {
  /** Folder of TypeScript 6, for its API. */
  readonly typescript: string;
  readonly tsserver: string;
  /** The native compiler's own program: `tsc --lsp -stdio`. */
  readonly native: string;
  readonly dependencyCruiser: string;
  readonly madge: string;
  readonly astGrep: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** Installs what bench/peers pins, into that folder, where it is not there yet. The project's own `npm ci` knows nothing of it. */
export function installPeers(root: string): Peers {
  const folder = path.join(root, 'bench', 'peers');
  const modules = path.join(folder, 'node_modules');
  const pinned = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { readonly dependencies: Record<string, string> };
  const versionOf = (name: string): string | undefined => {
    const manifest = path.join(modules, name, 'package.json');
    return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).version : undefined;
  };
  const isComplete = Object.entries(pinned.dependencies).every(([name, wanted]) => wanted.endsWith(versionOf(name) ?? '?'));
  // Without scripts: what a peer would fetch or build at installation is no part of it.
  if (!isComplete)
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: folder,
      stdio: 'inherit',
      shell: process.platform === 'win32',
    });
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const native = createRequire(path.join(modules, 'typescript-native', 'package.json'));
  const platformPackage = path.dirname(native.resolve(`@typescript/typescript-${process.platform}-${process.arch}/package.json`));
  return {
    typescript: path.join(modules, 'typescript'),
    tsserver: path.join(modules, 'typescript/lib/tsserver.js'),
    native: path.join(platformPackage, 'lib', `tsc${suffix}`),
    dependencyCruiser: path.join(modules, 'dependency-cruiser/bin/dependency-cruise.mjs'),
    madge: path.join(modules, 'madge/bin/cli.js'),
    astGrep: astGrepProgram(modules, suffix),
    versions: Object.fromEntries(Object.keys(pinned.dependencies).map((name) => [name, versionOf(name) ?? 'missing'])),
  };
}

/** The package of this platform holds the program; on Linux its name also says which C library. */
function astGrepProgram(modules: string, suffix: string): string {
  const endings = ['', '-gnu', '-musl', '-msvc'];
  const places = endings.map((ending) =>
    path.join(modules, '@ast-grep', `cli-${process.platform}-${process.arch}${ending}`, `ast-grep${suffix}`),
  );
  return places.find((place) => existsSync(place)) ?? path.join(modules, '.bin', 'ast-grep');
}
