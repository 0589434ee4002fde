import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RepoPath } from '../../core/model/tree.ts';
import { AppError } from '../app-error.ts';
import { runGit } from '../git/git.ts';
import { refuseLinks } from '../plain-place.ts';
import { carrierPath, isFingerprint, splitLines } from './carrier-path.ts';

/**
 * Puts lines into the in-tree carrier and stages the files. Only lines that a file does not hold yet are added, in sorted
 * order, at its end: nothing is rewritten or removed. Files are staged whatever an ignore rule or a sparse checkout says, as
 * `git add --force` would, because whoever exports means them to be committed, and a carrier that was swallowed would show as
 * "not covered" in CI. `root` is the top of a working tree. Gives every path that was staged, sorted. A link in the way is
 * refused: it could lead out of the repository.
 */
export async function writeCarriers(
  root: string,
  linesByFingerprint: ReadonlyMap<string, readonly string[]>,
): Promise<readonly RepoPath[]> {
  const paths: RepoPath[] = [];
  for (const [fingerprint, lines] of [...linesByFingerprint].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!isFingerprint(fingerprint))
      throw new AppError('bad-usage', `expected a fingerprint of 64 hex digits, found ${fingerprint.slice(0, 70)}`);
    const broken = lines.find((line) => line === '' || /[\r\n]/.test(line));
    if (broken !== undefined) throw new AppError('bad-usage', 'expected carrier lines without line ends, found an empty or a broken one');
    if (lines.length === 0) continue;
    const path = carrierPath(fingerprint);
    refuseLinks(root, path);
    await addMissing(join(root, path), lines);
    paths.push(path);
  }
  if (paths.length > 0) {
    runGit({ cwd: root }, ['update-index', '--add', '-z', '--stdin'], { input: paths.map((path) => `${path}\0`).join('') });
  }
  return paths;
}

async function addMissing(file: string, lines: readonly string[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 0o644);
  try {
    const text = await handle.readFile('utf8');
    const held = new Set(splitLines(text));
    const missing = [...new Set(lines)].filter((line) => !held.has(line)).sort();
    if (missing.length === 0) return;
    const separator = text === '' || text.endsWith('\n') ? '' : '\n';
    await handle.appendFile(`${separator}${missing.join('\n')}\n`, 'utf8');
  } finally {
    await handle.close();
  }
}
