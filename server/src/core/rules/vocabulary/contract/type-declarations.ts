import type { RepoPath, Tree } from '../../../model/tree.ts';
import { closingFrom } from '../code/argument-text.ts';
import { escaped } from '../code/literal-patterns.ts';
import { pathFrom } from '../code/specifiers.ts';

/** Characters of an alias that are looked into. */
const LONGEST = 4_000;

/** Where names of types are looked up. */
export interface Place {
  readonly tree: Tree;
  readonly path: RepoPath;
}

/** What a type is declared as, in a file or in the one that it imports it from. */
export function declared(name: string, { tree, path }: Place): { readonly type: string; readonly place: Place } | undefined {
  const text = textOf(tree, path);
  const own = declarationIn(text, name);
  if (own !== undefined) return { type: own, place: { tree, path } };
  for (const [, names = '', from = ''] of text.matchAll(
    /\bimport\s+(?:type\s+)?(?:[\w$]+,\s*)?\{([^{}]*)\}\s*from\s*['"](\.[^'"]*)['"]/g,
  )) {
    if (!names.split(',').some((part) => part.trim().replace(/^type\s+/, '') === name)) continue;
    for (const file of filesOf(path, from)) {
      const other = declarationIn(textOf(tree, file), name);
      if (other !== undefined) return { type: other, place: { tree, path: file } };
    }
  }
  return undefined;
}

/** An interface as the object type that it is, with `&` what it extends; a type alias as it stands. Generic ones are left alone. */
function declarationIn(text: string, name: string): string | undefined {
  const word = escaped(name);
  const face = new RegExp(`\\binterface ${word}(?: extends ([\\w$, ]+))? ?\\{`).exec(text);
  if (face !== null) {
    const open = face.index + face[0].length;
    const close = closingFrom(text, open);
    const bases = (face[1] ?? '').split(',').map((base) => base.trim());
    return close === undefined ? undefined : [`{${text.slice(open, close)}}`, ...bases.filter((base) => base !== '')].join(' & ');
  }
  const alias = new RegExp(`\\btype ${word} =`).exec(text);
  if (alias === null) return undefined;
  const from = alias.index + alias[0].length;
  const rest = text.slice(from, from + LONGEST);
  let depth = 0;
  for (const [at, character] of [...rest].entries()) {
    if (/[([{<]/.test(character)) depth += 1;
    if (/[)\]}]/.test(character) || (character === '>' && rest[at - 1] !== '=')) depth -= 1;
    if (
      depth === 0 &&
      (character === ';' || (character === '\n' && !/^\s*[|&]/.test(rest.slice(at + 1)) && rest.slice(0, at).trim() !== ''))
    )
      return rest.slice(0, at).trim();
  }
  return undefined;
}

function filesOf(path: RepoPath, from: string): readonly RepoPath[] {
  const base = pathFrom(path, from).replace(/\.[cm]?[jt]sx?$/, '');
  // Joined of a path of this tree and an import's own parts: a path, or one that no file has.
  return ['.ts', '.tsx', '.d.ts', '/index.ts'].map((end) => `${base}${end}` as RepoPath);
}

/** The text of a file without its remarks; empty where it has none. */
export function textOf(tree: Tree, path: RepoPath): string {
  const content = tree.read(path);
  return content?.kind === 'text' ? withoutRemarks(content.text) : '';
}

function withoutRemarks(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf('/*'); at >= 0; at = text.indexOf('/*', from)) {
    const end = text.indexOf('*/', at + 2);
    parts.push(text.slice(from, at));
    from = end < 0 ? text.length : end + 2;
    // Lines stay where they are.
    parts.push(text.slice(at, from).replace(/[^\n]/g, ''));
  }
  return [...parts, text.slice(from)].join('').replace(/(^|\s)\/\/[^\n]*/g, '$1');
}
