import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gitText } from '../git/git.ts';
import type { RepositoryPlace } from '../git/locate.ts';
import { ALL_HOOKS, type HookName, type HookProgram, hookScript, isOwnHook } from './hook-script.ts';

/** What became of one hook. `foreign` and `elsewhere` were left alone. */
export interface HookOutcome {
  readonly name: HookName;
  readonly state: 'written' | 'renewed' | 'kept' | 'foreign' | 'removed' | 'absent' | 'elsewhere';
  /** Absolute path of the hook. */
  readonly file: string;
}

/** Where git looks for hooks, and whether a person or a tool has said so: then that folder is theirs. */
export function hooksFolder(place: RepositoryPlace): { readonly folder: string; readonly isOwn: boolean } {
  // Scopes tell what is configured from what our own git commands set for themselves.
  const configured = gitText(place.git, ['config', '--show-scope', '--path', '--get-all', 'core.hooksPath'], { accept: [0, 1] })
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('command\t'))
    .map((line) => line.slice(line.indexOf('\t') + 1))
    .at(-1);
  if (configured !== undefined && configured !== '') return { folder: path.resolve(place.root ?? place.gitDir, configured), isOwn: false };
  const folder = path.join(place.commonDir, 'hooks');
  // A folder that is a link is shared with other repositories.
  const isLink = lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return { folder, isOwn: !isLink };
}

/** Writes hooks where none stand; never over another's, and never where `core.hooksPath` points. */
export function installHooks(place: RepositoryPlace, names: readonly HookName[], program: HookProgram): readonly HookOutcome[] {
  const { folder, isOwn } = hooksFolder(place);
  return names.map((name) => {
    const file = path.join(folder, name);
    if (!isOwn) return { name, file, state: 'elsewhere' as const };
    mkdirSync(folder, { recursive: true });
    return { name, file, state: writeHook(file, name, hookScript(name, program)) };
  });
}

/** Takes away the hooks that were written here and that nobody changed since. */
export function uninstallHooks(place: RepositoryPlace): readonly HookOutcome[] {
  const { folder, isOwn } = hooksFolder(place);
  return ALL_HOOKS.map((name) => {
    const file = path.join(folder, name);
    if (!isOwn) return { name, file, state: 'elsewhere' as const };
    if (!exists(file)) return { name, file, state: 'absent' as const };
    if (!isOwnHook(name, textOf(file))) return { name, file, state: 'foreign' as const };
    rmSync(file);
    return { name, file, state: 'removed' as const };
  });
}

/** Tools that manage hooks themselves, by what they leave in a repository. */
export function hookManagers(place: RepositoryPlace): readonly ('husky' | 'lefthook' | 'pre-commit')[] {
  const { root } = place;
  if (root === undefined) return [];
  const has = (...names: readonly string[]): boolean => names.some((name) => existsSync(path.join(root, name)));
  return [
    ...(has('.husky') ? (['husky'] as const) : []),
    ...(has('lefthook.yml', 'lefthook.yaml', '.lefthook.yml', '.lefthook.yaml') ? (['lefthook'] as const) : []),
    ...(has('.pre-commit-config.yaml') ? (['pre-commit'] as const) : []),
  ];
}

function writeHook(file: string, name: HookName, script: string): HookOutcome['state'] {
  try {
    writeFileSync(file, script, { flag: 'wx', mode: 0o755 });
    return 'written';
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'EEXIST') throw error;
  }
  const text = textOf(file);
  if (text === script) return 'kept';
  if (!isOwnHook(name, text)) return 'foreign';
  const aside = `${file}.${process.pid}`;
  writeFileSync(aside, script, { flag: 'wx', mode: 0o755 });
  renameSync(aside, file);
  return 'renewed';
}

function exists(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

/** Empty for whatever is no plain file: a link is never ours. */
function textOf(file: string): string {
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(file, 'utf8') : '';
}
