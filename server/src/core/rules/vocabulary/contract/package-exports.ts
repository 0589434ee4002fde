import type { Range } from '../../../model/range.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { rangeOfLine } from '../code/code-text.ts';

/** A name that a package of Python passed on, and passes on no more, while other files still take it from the package. */
export interface LostPackageName {
  readonly name: string;
  readonly range: Range;
  readonly users: readonly { readonly path: RepoPath; readonly line: number }[];
}

export function lostPackageNames(input: RuleInput): readonly LostPackageName[] {
  const { path, trees, hunk } = input;
  const [before, after] = [trees.before.read(path), trees.after.read(path)];
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  if (!path.endsWith('/__init__.py') || before?.kind !== 'text' || after?.kind !== 'text') return [];
  // What a star brings is another file's to say.
  if (/\bimport[ \t]+\*|\b__getattr__\b/.test(after.text)) return [];
  const lines = before.text.split('\n');
  const now = new Set(after.text.split(/\W+/));
  const names = new Set(importsOf(before.text).flatMap(({ names }) => names));
  return [...names].flatMap((name) => {
    // A module of the package is found without a word.
    const isModule = trees.after.paths().some((file) => file === `${folder}/${name}.py` || file.startsWith(`${folder}/${name}/`));
    if (now.has(name) || name.startsWith('_') || isModule) return [];
    // Where `__all__` says it as well, that is the promise.
    const line = lines.findLastIndex((text) => text.split(/\W+/).includes(name)) + 1;
    if (line < hunk.before.start || line >= hunk.before.start + hunk.before.lines) return [];
    const users = usersOf(input, folder.replaceAll('/', '.'), name);
    return users.length === 0 ? [] : [{ name, range: rangeOfLine(input, 'before', line), users }];
  });
}

function usersOf({ path, trees }: RuleInput, home: string, name: string): LostPackageName['users'] {
  return trees.after.mentioning(name, ['.py']).flatMap((file) => {
    const content = trees.after.read(file);
    if (file === path || content?.kind !== 'text') return [];
    const found = importsOf(content.text).find(({ from, names }) => names.includes(name) && (from === home || home.endsWith(`.${from}`)));
    return found === undefined ? [] : [{ path: file, line: found.line }];
  });
}

interface Import {
  readonly from: string;
  readonly names: readonly string[];
  readonly line: number;
}

/** `from a.b import c, d as e`: the names as they are called where they come from. */
function importsOf(text: string): readonly Import[] {
  return [...text.matchAll(/^[ \t]*from[ \t]+(\S+)[ \t]+import[ \t]+(\([^)]*\)|[^\n(]*)/gm)].map((match) => ({
    from: match[1] ?? '',
    names: [...(match[2] ?? '').replace(/#[^\n]*/g, '').matchAll(/(\w+)(?:[ \t]+as[ \t]+\w+)?/g)].map(([, name = '']) => name),
    line: text.slice(0, match.index).split('\n').length,
  }));
}
