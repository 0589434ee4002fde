import type { Dependent } from '../../../model/radius.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { pathFrom } from '../code/specifiers.ts';

/**
 * Tells of who asks for a name whether the file in between passes it on still: it stands in a new file, the package's index takes
 * it from there (`export { money } from './money'`), and whoever asks the index notices nothing. Who asks the old file itself does.
 */
export function passedOnStill(input: RuleInput, name: string, dependents: readonly Dependent[]): (dependent: Dependent) => boolean {
  const own = homeOf(input);
  const stem =
    own
      .replace(JS, '')
      .replace(/\/index$/, '')
      .split('/')
      .at(-1) ?? '';
  const naming = input.before?.language === 'typescript' ? input.trees.before.mentioning(stem, SCRIPTS) : [];
  const paths = [...new Set([...dependents.map(({ path }) => path), ...(naming.length > MOST_FILES ? [] : naming)])];
  const between = paths.filter((path) => passes(input, 'before', path, name).some((from) => isFile(from, own)));
  const isKept =
    between.length > 0 && between.every((path) => passes(input, 'after', path, name).some((from) => !isFile(from, input.path)));
  return ({ path }) => isKept && !between.includes(path) && !asks(input, path);
}

/** Where the file stood before. */
function homeOf({ hunk, path }: RuleInput): RepoPath {
  return hunk.previousPath ?? path;
}

/** Files that a file takes the name from to hand it on, without their endings; those of `export *` where they export it. */
function passes(input: RuleInput, side: 'before' | 'after', path: RepoPath, name: string): readonly string[] {
  const text = textOf(input, side, path);
  const named = [...text.matchAll(/\bexport\s+(?:type\s+)?\{([^{}]*)\}\s*from\s*['"](\.[^'"]*)['"]/g)].flatMap(
    ([, names = '', from = '']) =>
      names.split(',').some((each) => each.trim().replace(/^type\s+/, '') === name) ? [pathFrom(path, from)] : [],
  );
  const stars = [...text.matchAll(/\bexport\s*\*\s*from\s*['"](\.[^'"]*)['"]/g)].map(([, from = '']) => pathFrom(path, from));
  return [...named, ...stars.filter((from) => declares(input, side, from, name))];
}

function declares(input: RuleInput, side: 'before' | 'after', base: string, name: string): boolean {
  return ENDINGS.some((ending) => {
    // A path of the tree by its parts.
    const facts = input.factsAt(side, `${base.replace(JS, '')}${ending}` as RepoPath);
    return facts?.symbols.some((symbol) => symbol.exported && symbol.name === name) === true;
  });
}

/** True where a file imports the declaring file itself, by its path. */
function asks(input: RuleInput, path: RepoPath): boolean {
  return [...textOf(input, 'before', path).matchAll(/\b(?:from|import|require)\s*(?:\(\s*)?['"](\.[^'"]*)['"]/g)].some(([, from = '']) =>
    isFile(pathFrom(path, from), homeOf(input)),
  );
}

/** A word that more files say is a common one, and not the name of a file. */
const MOST_FILES = 60;
const SCRIPTS = ['.ts', '.tsx', '.mts', '.js', '.jsx', '.mjs'];
const ENDINGS = ['.ts', '.tsx', '.js', '.jsx', '.mts', '.mjs', '/index.ts', '/index.tsx', '/index.js'];
const JS = /\.[cm]?[jt]sx?$/;

function isFile(base: string, path: string): boolean {
  const plain = path.replace(JS, '');
  return base.replace(JS, '') === plain || `${base}/index` === plain;
}

function textOf({ trees }: RuleInput, side: 'before' | 'after', path: RepoPath): string {
  const content = trees[side].read(path);
  return content?.kind === 'text' ? content.text : '';
}
