import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { languageOf } from '../../server/src/core/languages/prepare.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { parseFixture } from '../support/fixture.ts';

export interface CorpusFile {
  readonly path: RepoPath;
  readonly text: string;
}

/** Larger files are a blind spot by policy, or only slow the fuzzing down. */
const MOST_CHARACTERS = 60_000;
const MOST_FILES_OF_A_REPOSITORY = 1_500;

/** Both sides of every rule's fixtures: each holds the construct that a rule is about, in each of its languages. */
export function fixtureFiles(folder: string): readonly CorpusFile[] {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.diff'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  return names.flatMap((name) => {
    const { before, after } = parseFixture(readFileSync(name, 'utf8'));
    return [...before, ...after].map(([file, text]) => ({ path: file, text }));
  });
}

/** Files of a git repository's newest commit that a language owns, spread over the whole tree. */
export function repositoryFiles(dir: string): readonly CorpusFile[] {
  const git = (...args: string[]): string => execFileSync('git', ['-C', dir, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const paths = git('ls-tree', '-r', '-z', '--name-only', 'HEAD').split('\0').filter(isOwned);
  const step = Math.max(1, Math.floor(paths.length / MOST_FILES_OF_A_REPOSITORY));
  const chosen = paths.filter((_, index) => index % step === 0);
  return textsOf(
    dir,
    chosen.map((file) => `HEAD:${file}`),
  ).flatMap((text, index) => {
    const file = chosen[index];
    return file === undefined || text.length > MOST_CHARACTERS ? [] : [{ path: file, text }];
  });
}

/** In one process: a repository has thousands of files. */
function textsOf(dir: string, names: readonly string[]): readonly string[] {
  const output = execFileSync('git', ['-C', dir, 'cat-file', '--batch'], {
    input: names.map((name) => `${name}\n`).join(''),
    maxBuffer: 1 << 30,
  });
  const texts: string[] = [];
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(10, at);
    const size = Number(output.toString('utf8', at, end).split(' ')[2] ?? 0);
    texts.push(output.toString('utf8', end + 1, end + 1 + size));
    at = end + 2 + size;
  }
  return texts;
}

function isOwned(file: string): file is RepoPath {
  // A path of git's own listing is what RepoPath promises.
  return file !== '' && languageOf(file as RepoPath) !== undefined;
}
