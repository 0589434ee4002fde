import { type BigIntStats, lstatSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/**
 * The folder of this person that holds compiled code; undefined where there is none that nobody else can write to. Compiled code is
 * code: what lies there runs, so the folder is never one of a repository, and one that others may read or write is not used and not
 * mended. `env` says where people keep caches (XDG base directories, or the system's own place).
 */
export function codeFolder(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const base = cachesOf(env);
  if (base === undefined) return undefined;
  const folder = path.join(base, 'brakeline');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return isPrivate(lstatSync(folder, { bigint: true })) ? folder : undefined;
  } catch {
    // No home, no rights, no room: the code is compiled anew.
    return undefined;
  }
}

/** A folder, no link to one, of the person who runs this and of nobody else. Windows has no such numbers: the profile's rights decide. */
function isPrivate(stat: BigIntStats): boolean {
  const isOwn = process.getuid === undefined || (stat.uid === BigInt(process.getuid()) && (stat.mode & 0o077n) === 0n);
  return stat.isDirectory() && isOwn;
}

function cachesOf(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const given = process.platform === 'win32' ? env.LOCALAPPDATA : env.XDG_CACHE_HOME;
  // A relative one is to be passed over (XDG Base Directory Specification), and would lie in whatever folder this runs in.
  if (given !== undefined && path.isAbsolute(given)) return given;
  const home = homedir();
  if (!path.isAbsolute(home)) return undefined;
  return path.join(
    home,
    ...(process.platform === 'win32' ? ['AppData', 'Local'] : process.platform === 'darwin' ? ['Library', 'Caches'] : ['.cache']),
  );
}
