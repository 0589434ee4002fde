import type { SymbolFact } from '../../../model/facts.ts';
import { ScanMark } from '../../../model/file-scan.ts';
import type { RepoPath, Tree } from '../../../model/tree.ts';
import { scanOf } from '../../../scan/scan-of.ts';
import { hashOfWord, runsOf } from '../../../scan/words.ts';
import { indexLines } from '../../positions.ts';
import type { Code } from './code.ts';
import { blankAt, tokenAfter, tokenBefore, wordEndingAt } from './code-around.ts';
import { codeOf } from './code-shelf.ts';
import { declaredAs } from './declarations-by-words.ts';
import { dependentsOf, graphOf } from './graph.ts';
import { mentionsOf } from './mentions.ts';
import type { PlacesInFile } from './symbol-places.ts';
import { unreadWith } from './unread-files.ts';

/** Characters of what stands between a class's name and its body. */
const LONGEST_HEAD = 2_000;

/** Every place that may mean a member, by its name alone. */
export interface MemberMentions {
  /** Files that may hold places, whether they do or not: the declaring one, and those that reach it or what its owner inherits from. */
  readonly near: readonly RepoPath[];
  readonly files: readonly PlacesInFile[];
  readonly unread: readonly RepoPath[];
}

/**
 * Mentions of a member's name, outside of comments, in every file from which imports lead to the declaring one. Where the owner
 * inherits, whoever holds its parents may call the member as well, and so may their dependents. Never fewer than there are.
 */
export function memberMentions(tree: Tree, path: RepoPath, symbol: SymbolFact): MemberMentions {
  const parts = symbol.name.split('.');
  const last = parts.at(-1) ?? symbol.name;
  const owner = parts.at(-2);
  const word = last === 'constructor' && owner !== undefined ? owner : last;
  const graph = graphOf(tree);
  const roots = inherits(tree, path, parts[0] ?? '')
    ? [path, ...reachedFrom(tree, [path]).filter((file) => holds(tree, file, word))]
    : [path];
  const near = [...new Set([...roots, ...dependentsOf(tree, roots).files, ...graph.lost])].sort();
  const candidates = near.filter((file) => holds(tree, file, word));
  tree.prefetch?.(candidates);
  const files = candidates.flatMap((file): readonly PlacesInFile[] => {
    const code = codeOf(tree, file);
    if (code === undefined) return [];
    const own = file === path ? ownStart(code.text, symbol, word) : -1;
    const positions = mentionsOf(code.text, word)
      .filter((start) => start !== own && !isInComment(code, start))
      .map((start) => ({ start, end: start + word.length, kind: kindOf(code, start, start + word.length) }));
    return positions.length === 0 ? [] : [{ path: file, code, positions }];
  });
  return { near, files, unread: unreadWith(tree, graph, new Set([word])) };
}

/** Whether a file may hold a word; a name that is made of letters beyond ASCII alone may be in any. */
export function holds(tree: Tree, path: RepoPath, word: string): boolean {
  const scan = scanOf(tree, path);
  if (scan === undefined) return false;
  return (scan.marks & ScanMark.escapes) !== 0 || runsOf(word).every((run) => scan.words.includes(hashOfWord(run)));
}

/** Whether members of the owner may be those of others: of what a class extends, or of the type that an object is made to fit. */
function inherits(tree: Tree, path: RepoPath, owner: string): boolean {
  const code = codeOf(tree, path);
  const declared = code === undefined ? [] : declaredAs(code, owner);
  if (code === undefined || declared.length === 0) return true;
  return declared.some(({ start, end }) => {
    const keyword = wordEndingAt(code, tokenBefore(code, start));
    const head = code.text.slice(start, Math.min(end, start + LONGEST_HEAD)).split('{')[0] ?? '';
    return (keyword !== 'class' && keyword !== 'interface' && keyword !== 'enum') || /\b(?:extends|implements)\b/.test(head);
  });
}

/** Every file to which imports lead from some files, these left out. */
export function reachedFrom(tree: Tree, paths: readonly RepoPath[]): readonly RepoPath[] {
  const graph = graphOf(tree);
  const roots = paths.flatMap((path) => graph.numberOf.get(path) ?? []);
  const seen = new Set(roots);
  for (const number of seen)
    for (let edge = graph.starts[number] ?? 0; edge < (graph.starts[number + 1] ?? 0); edge += 1) seen.add(graph.targets[edge] ?? 0);
  for (const root of roots) seen.delete(root);
  return [...seen].flatMap((number) => graph.files[number] ?? []);
}

/** The name in the member's own declaration is none of its dependents. */
function ownStart(text: string, { range }: SymbolFact, word: string): number {
  const lines = indexLines(text);
  const start = lines.startOf(range.start.line) + range.start.character;
  const end = lines.startOf(range.end.line) + range.end.character;
  return mentionsOf(text, word).find((at) => start <= at && at < end) ?? -1;
}

/** `till.charge(…)` and `new Till(…)` are calls; a member that is declared under the same name elsewhere looks like one but for its front. */
function kindOf(code: Code, start: number, end: number): 'call' | 'use' {
  if (blankAt(code, start) >= 0 || code.text.charAt(tokenAfter(code, end)) !== '(') return 'use';
  const before = tokenBefore(code, start);
  return code.text.charAt(before) === '.' || wordEndingAt(code, before) === 'new' ? 'call' : 'use';
}

function isInComment(code: Code, at: number): boolean {
  const blank = blankAt(code, at);
  if (blank < 0) return false;
  const start = code.blanks[2 * blank] ?? 0;
  return code.text.startsWith('//', start) || code.text.startsWith('/*', start);
}
