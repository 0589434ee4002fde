import { baseOf, folderOf, holds, type Leaning } from '../code/reach.ts';

/** A file that imports the module, its package, or something of either. */
export const leaning: Leaning = {
  extensions: ['.py', '.pyi'],
  words: (path) => wordsOf(path),
  leans: (other, declaring) => {
    const words = wordsOf(declaring.path);
    return importLinesOf(other.text).some(
      (line) => words.some((word) => holds(line, word)) || isNeighbour(line, other.path, declaring.path),
    );
  },
  // A name behind another module's is that module's.
  isOther: (qualifier, _mark, other, declaring) =>
    !wordsOf(declaring.path).includes(qualifier) && importLinesOf(other.text).some((line) => line.split(/\W+/).includes(qualifier)),
  asks: /^\s*(from\s+[\w.]+\s+import\b|import\s+\w)|^\s*\w+(\s+as\s+\w+)?,?\s*$/,
  remarks: /^\s*(#|"""|''')/,
  tests: /(^|\/)tests?\/|(^|\/)(test_[^/]+|[^/]+_test|conftest)\.py$/,
};

/** The module's own name, and its package's, which may pass its names on. */
function wordsOf(path: string): readonly string[] {
  const base = baseOf(path);
  const folder = folderOf(path).split('/').at(-1) ?? '';
  return base === '__init__' ? [folder] : [base, ...(/^(src|lib|app)?$/.test(folder) ? [] : [folder])];
}

/** `from . import x` in a file beside it. */
function isNeighbour(line: string, other: string, declaring: string): boolean {
  return /^from\s+\.+\s+import\b/.test(line.trim()) && folderOf(other) === folderOf(declaring);
}

function importLinesOf(text: string): readonly string[] {
  return text.match(/^[ \t]*(?:from[ \t]+[\w.]+[ \t]+import\b.*|import[ \t].*)$/gm) ?? [];
}
