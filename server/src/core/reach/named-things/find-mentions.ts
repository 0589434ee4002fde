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
  let [line, lineStart] = [1, 0];
  for (const { at, length } of pattern === undefined ? wholeWords(text, form) : matches(text, pattern)) {
    for (let end = text.indexOf('\n', lineStart); end >= 0 && end < at; end = text.indexOf('\n', lineStart)) {
      line += 1;
      lineStart = end + 1;
    }
    const before = text.slice(lineStart, at);
    if (isRemark(path, before)) continue;
    const end = text.indexOf('\n', at);
    const after = text.slice(at + length, end < 0 ? text.length : end);
    found.push({ mention: { path, text, form, at, before, after }, line, character: at - lineStart });
  }
  return found;
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

function isRemark(path: string, before: string): boolean {
  const start = before.trimStart();
  if (HASHED.test(path) && start.startsWith('#')) return true;
  return /^(\/\/|\/\*|\*(?!\w)|<!--)/.test(start) || (path.endsWith('.sql') && start.startsWith('--'));
}
