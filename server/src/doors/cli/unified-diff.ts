import { splitLines } from '../../core/split-lines.ts';
import { AppError } from '../../host/app-error.ts';

/** One file of a unified diff as `git diff` prints it. A path is undefined on the side that has no such file. */
export interface FilePatch {
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly blocks: readonly PatchBlock[];
  /** True where the patch says that the file changed and does not say how. */
  readonly binary: boolean;
}

/** The lines below one `@@` line, terminators included. */
export interface PatchBlock {
  /** 1-based line of the old file; with no old lines, the line after which the new ones stand. */
  readonly start: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** Reads a unified diff. Errors: `bad-usage`, naming the line at which it stopped being one. */
export function parseUnifiedDiff(text: string): readonly FilePatch[] {
  const lines = splitLines(text);
  const files: Draft[] = [];
  let index = 0;
  while (index < lines.length) {
    const line = lines[index] ?? '';
    const content = line.replace(/\r?\n$/, '');
    const last = files.at(-1);
    if (content.startsWith('diff --git ')) files.push({ ...draft(), ...gitHeader(content) });
    else if (content.startsWith('--- ') && lines[index + 1]?.startsWith('+++ ')) {
      const next = last === undefined || last.named ? draft() : last;
      if (next !== last) files.push(next);
      next.before = sidePath(content.slice(4));
      next.after = sidePath((lines[index + 1] ?? '').replace(/\r?\n$/, '').slice(4));
      next.named = true;
      index++;
    } else if (content.startsWith('@@ ')) {
      if (last === undefined) throw refused(index, 'a file header before the first @@', content);
      const block = readBlock(lines, index);
      last.blocks.push(block.block);
      index = block.next;
      continue;
    } else if (last !== undefined) readExtendedHeader(last, content);
    index++;
  }
  if (files.length === 0 && text.trim() !== '') throw new AppError('bad-usage', 'expected a unified diff, found no file in it');
  return files.map(({ before, after, blocks, binary }) => ({ before, after, blocks, binary }));
}

interface Draft {
  before: string | undefined;
  after: string | undefined;
  blocks: PatchBlock[];
  binary: boolean;
  /** True once `---` and `+++` were read: the next such pair is another file. */
  named: boolean;
}

function draft(): Draft {
  return { before: undefined, after: undefined, blocks: [], binary: false, named: false };
}

/** The header of a change without `---` lines (a pure rename, a new mode, an empty file): both paths, where they can be told. */
function gitHeader(line: string): Pick<Draft, 'before' | 'after'> {
  const rest = line.slice('diff --git '.length);
  const quoted = /^("(?:[^"\\]|\\.)*"|\S+) ("(?:[^"\\]|\\.)*"|\S+)$/.exec(rest);
  if (quoted !== null) return { before: sidePath(quoted[1] ?? ''), after: sidePath(quoted[2] ?? '') };
  // Unquoted names with spaces: both halves are the same name but for `a/` and `b/`.
  const half = (rest.length - 1) / 2;
  return { before: sidePath(rest.slice(0, half)), after: sidePath(rest.slice(half + 1)) };
}

function readExtendedHeader(file: Draft, line: string): void {
  if (line.startsWith('new file mode ')) file.before = undefined;
  else if (line.startsWith('deleted file mode ')) file.after = undefined;
  else if (line.startsWith('rename from ') || line.startsWith('copy from ')) file.before = unquote(line.slice(line.indexOf(' from ') + 6));
  else if (line.startsWith('rename to ') || line.startsWith('copy to ')) file.after = unquote(line.slice(line.indexOf(' to ') + 4));
  else if (line.startsWith('Binary files ') || line === 'GIT binary patch') file.binary = true;
}

function readBlock(lines: readonly string[], at: number): { readonly block: PatchBlock; readonly next: number } {
  const header = (lines[at] ?? '').trimEnd();
  const match = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(header);
  if (match === null) throw refused(at, '@@ -LINE,COUNT +LINE,COUNT @@', header);
  let [oldLeft, newLeft] = [Number(match[2] ?? 1), Number(match[4] ?? 1)];
  const removed: string[] = [];
  const added: string[] = [];
  let index = at + 1;
  for (; oldLeft > 0 || newLeft > 0; index++) {
    const line = lines[index];
    // Some tools drop the only space of an empty kept line.
    const mark = line === undefined ? undefined : line === '\n' || line === '\r\n' ? ' ' : line[0];
    const text = line === '\n' || line === '\r\n' ? line : (line ?? '').slice(1);
    if (mark === ' ' || mark === '-') {
      removed.push(text);
      oldLeft--;
    }
    if (mark === ' ' || mark === '+') {
      added.push(text);
      newLeft--;
    }
    if (mark === '\\') dropTerminator(lines[index - 1], removed, added);
    else if ((mark !== ' ' && mark !== '-' && mark !== '+') || oldLeft < 0 || newLeft < 0) {
      throw refused(
        index,
        `${Number(match[2] ?? 1)} old and ${Number(match[4] ?? 1)} new lines below ${header}`,
        line?.trimEnd() ?? 'the end',
      );
    }
  }
  if (lines[index]?.startsWith('\\')) {
    dropTerminator(lines[index - 1], removed, added);
    index++;
  }
  return { block: { start: Number(match[1]), removed, added }, next: index };
}

/** `\ No newline at end of file`: the line above it, on the sides it stands on, ends without one. */
function dropTerminator(above: string | undefined, removed: string[], added: string[]): void {
  const mark = above?.[0];
  for (const side of mark === '-' ? [removed] : mark === '+' ? [added] : [removed, added]) {
    const last = side.pop();
    if (last !== undefined) side.push(last.replace(/\r?\n$/, ''));
  }
}

/** A path of a header without its `a/` or `b/`; undefined for `/dev/null`. A tab and what follows is a time stamp. */
function sidePath(text: string): string | undefined {
  const name = unquote(text.startsWith('"') ? text : (text.split('\t')[0] ?? ''));
  return name === '/dev/null' ? undefined : name.replace(/^[ab]\//, '');
}

/** Undoes git's C-style quotes (core.quotePath): octal escapes are bytes of UTF-8. */
function unquote(text: string): string {
  const match = /^"((?:[^"\\]|\\.)*)"/.exec(text.trim());
  if (match === null) return text;
  const bytes: number[] = [];
  for (const [part] of (match[1] ?? '').matchAll(/\\[0-7]{3}|\\.|[^\\]+/gs)) {
    if (/^\\[0-7]{3}$/.test(part)) bytes.push(Number.parseInt(part.slice(1), 8));
    else bytes.push(...Buffer.from(part.startsWith('\\') ? (ESCAPES[part.slice(1)] ?? part.slice(1)) : part, 'utf8'));
  }
  return Buffer.from(bytes).toString('utf8');
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', t: '\t', n: '\n', v: '\v', f: '\f', r: '\r' };

function refused(index: number, expected: string, found: string): AppError {
  return new AppError('bad-usage', `line ${index + 1} of the patch: expected ${expected}, found ${JSON.stringify(found.slice(0, 60))}`);
}
