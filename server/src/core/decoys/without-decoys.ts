import { type AnalysedChange, analyseOver } from '../facts/analyse-change.ts';
import type { Change } from '../model/change.ts';
import type { Range } from '../model/range.ts';
import type { RepoPath, Tree } from '../model/tree.ts';
import { scanFile } from '../scan/scan-file.ts';
import { scanOf } from '../scan/scan-of.ts';
import type { Decoy } from './find-decoys.ts';

/** A change as if its decoys were not there. */
export interface WithoutDecoys {
  readonly change: Change;
  readonly analysed: AnalysedChange;
}

/**
 * Blanks the decoys of a change and reads it again: a function's lines are left empty, a call becomes a plain value, so that every line
 * keeps its number and every hunk its place. Whatever asks where a lost guard went then finds what is really asked, and nothing else.
 */
export function withoutDecoys(change: Change, analysed: AnalysedChange, decoys: readonly Decoy[]): WithoutDecoys {
  const texts = new Map<RepoPath, string>();
  for (const { file, range, kind } of decoys) {
    const { path } = file.file;
    const text = texts.get(path) ?? (file.file.after?.kind === 'text' ? file.file.after.text : '');
    texts.set(path, blank(text, range, kind === 'function' ? '' : file.after?.language === 'shell' ? ':' : '0'));
  }
  return { change: { ...change, after: over(change.after, texts) }, analysed: analyseOver(analysed, texts) };
}

/** A stretch of a text without what it says: line ends stay, and a word stands in its place. */
function blank(text: string, { start, end }: Range, word: string): string {
  const lines = text.split('\n');
  const offset = (line: number, character: number): number =>
    lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + character;
  const [from, to] = [offset(start.line, start.character), Math.min(text.length, offset(end.line, end.character))];
  const spaces = text.slice(from, to).replace(/[^\n\r]/g, ' ');
  return text.slice(0, from) + word + spaces.slice(word.length) + text.slice(to);
}

function over(base: Tree, texts: ReadonlyMap<RepoPath, string>): Tree {
  return {
    id: base.id,
    paths: () => base.paths(),
    read: (path) => {
      const text = texts.get(path);
      return text === undefined ? base.read(path) : { kind: 'text', text };
    },
    mentioning: (word, extensions) => base.mentioning(word, extensions).filter((path) => texts.get(path)?.includes(word) !== false),
    scan: (path) => {
      const text = texts.get(path);
      return text === undefined ? scanOf(base, path) : scanFile(path, text);
    },
    over: { base, differing: new Set(texts.keys()) },
  };
}
