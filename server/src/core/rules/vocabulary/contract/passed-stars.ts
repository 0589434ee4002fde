import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { escaped } from '../code/literal-patterns.ts';
import { pathFrom } from '../code/specifiers.ts';

/**
 * Whether a new `export * from './x'` may carry a name: what it points at is read, and where it cannot be, it may. A name of one star is
 * that of the file it passed on: `* from './dialog'`.
 */
export function mayCarry(input: RuleInput, star: string, name: string): boolean {
  const text = textBehind(input, 'after', star);
  if (text === undefined || /\bexport \*/.test(text)) return true;
  const lost = name.startsWith('* from') ? exportsIn(textBehind(input, 'before', name) ?? '') : [name];
  return lost.length === 0 || lost.some((word) => new RegExp(`\\b${escaped(word)}\\b`).test(text));
}

/** Each name that a star passed on is given by name now: `export { formatDay } from './format'`. */
export function isSpelledOut(input: RuleInput, star: string, given: ReadonlySet<string>): boolean {
  const text = textBehind(input, 'before', star);
  if (text === undefined || /\bexport (?:\*|default\b|\{)/.test(text)) return false;
  const names = exportsIn(text);
  return names.length > 0 && names.every((name) => given.has(name));
}

function exportsIn(text: string): readonly string[] {
  const declared =
    /^export (?:default )?(?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|const|let|var|interface|type|enum) ([\w$]+)/gm;
  return [...text.matchAll(declared)].map(([, name = '']) => name);
}

/** The text of the file that a star points at; undefined where it is of a package, or not in the tree. */
function textBehind({ trees, path }: RuleInput, side: 'before' | 'after', star: string): string | undefined {
  const specifier = /^\* from '(\.[^']*)'$/.exec(star)?.[1];
  if (specifier === undefined) return undefined;
  const base = pathFrom(path, specifier).replace(/\.[cm]?jsx?$/, '');
  for (const end of ENDS) {
    // A path of the tree by its parts.
    const content = trees[side].read(`${base}${end}` as RepoPath);
    if (content?.kind === 'text') return content.text;
  }
  return undefined;
}

const ENDS = ['.ts', '.tsx', '.js', '.jsx', '.mts', '.mjs', '/index.ts', '/index.tsx', '/index.js'];
