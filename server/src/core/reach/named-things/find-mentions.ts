import type { RepoPath, Tree } from '../../model/tree.ts';
import type { Mention } from './thing-kind.ts';

/** A mention and its place; `line` is 1-based. */
export interface Found {
  readonly mention: Mention;
  readonly line: number;
  readonly character: number;
}

/** Every mention of a form in a file, whole words or a pattern's matches, lines that are a remark left out. */
export function findMentions(tree: Tree, path: RepoPath, form: string, pattern?: RegExp): readonly Found[] {
  const content = tree.read(path);
  if (content?.kind !== 'text') return [];
  const { text } = content;
  const found: Found[] = [];
  let [line, lineStart, lineEnd] = [1, 0, endOfLine(text, 0)];
  let remark = { lineStart: -1, from: 0 };
  for (const { at, length } of pattern === undefined ? wholeWords(text, form) : matches(text, pattern)) {
    while (lineEnd < at) {
      line += 1;
      lineStart = lineEnd + 1;
      lineEnd = endOfLine(text, lineStart);
    }
    if (remark.lineStart !== lineStart) remark = { lineStart, from: remarkIn(path, text, lineStart, lineEnd) };
    if (remark.from < at) continue;
    const before = text.slice(Math.max(lineStart, at - MOST_AROUND), at);
    const after = text.slice(at + length, Math.min(Math.max(lineEnd, at + length), at + length + MOST_AROUND));
    found.push({ mention: { path, text, form, at, before, after }, line, character: at - lineStart });
  }
  return found;
}

/** How much of its line a mention is judged by, each way: a line may be as long as its file, and hold a mention in every word. */
const MOST_AROUND = 300;

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function* wholeWords(text: string, form: string): Iterable<{ readonly at: number; readonly length: number }> {
  // A name with a dash or a dot in it is no part of a longer one.
  const part = /[-.]/.test(form) ? /[\w$-]/ : /[\w$]/;
  for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + form.length))
    if (!part.test(text.charAt(at - 1)) && !part.test(text.charAt(at + form.length)) && !goesOn(text, at + form.length, form))
      yield { at, length: form.length };
}

/** `order.created.v2` is another name than `order.created`. */
function goesOn(text: string, end: number, form: string): boolean {
  return form.includes('.') && text.charAt(end) === '.' && /\w/.test(text.charAt(end + 1));
}

function* matches(text: string, pattern: RegExp): Iterable<{ readonly at: number; readonly length: number }> {
  for (const match of text.matchAll(pattern)) {
    const name = match[1] ?? match[0];
    yield { at: match.index + match[0].indexOf(name), length: name.length };
  }
}

const HASHED =
  /\.(py|pyi|rb|sh|bash|ya?ml|toml|tf|tofu|tfvars|hcl|env|properties|ini|conf|cfg|ex|exs)$|(^|\/)(\.env[^/]*|Dockerfile[^/]*|Makefile)$/;

/** Where the remark begins that a line is; behind every place of the line where it is none. */
function remarkIn(path: string, text: string, lineStart: number, lineEnd: number): number {
  let from = lineStart;
  while (from < lineEnd && /\s/.test(text.charAt(from))) from += 1;
  const head = text.slice(from, Math.min(lineEnd, from + 4));
  return isRemark(path, head) ? from : Number.POSITIVE_INFINITY;
}

function isRemark(path: string, start: string): boolean {
  if (HASHED.test(path) && start.startsWith('#')) return true;
  return /^(\/\/|\/\*|\*(?!\w)|<!--)/.test(start) || (path.endsWith('.sql') && start.startsWith('--'));
}
