import type { Scalar } from 'yaml';
import type { EmbeddedLine } from '../language.ts';
import { type LineIndex, linesBetween } from '../positions.ts';

/**
 * The text of a scalar line by line, each with its place in the file. Folded lines are one line to a shell, so all but the
 * last end in a continuation; positions before it stay true.
 */
export function scalarLines(node: Scalar, text: string, lines: LineIndex): readonly EmbeddedLine[] {
  const [start, end] = node.range ?? [0, 0];
  const value = String(node.value);
  switch (node.type) {
    case 'BLOCK_LITERAL':
      return blockLines(text, start, end, lines);
    case 'BLOCK_FOLDED':
      return fold(blockLines(text, start, end, lines));
    case 'QUOTE_DOUBLE':
    case 'QUOTE_SINGLE': {
      if (text.slice(start + 1, end - 1) === value) return linesBetween(text, start + 1, end - 1, lines);
      const { line, character } = lines.positionAt(start + 1);
      return value.split('\n').map((part) => ({ text: part, line, character }));
    }
    default:
      return fold(linesBetween(text, start, end, lines).map(trimStart));
  }
}

function blockLines(text: string, start: number, end: number, lines: LineIndex): readonly EmbeddedLine[] {
  const header = text.indexOf('\n', start);
  if (header < 0 || header >= end) return [];
  const all = linesBetween(text, header + 1, text[end - 1] === '\n' ? end - 1 : end, lines);
  const explicit = /[1-9]/.exec(text.slice(start, header))?.[0];
  const indents = all.filter((line) => line.text.trim() !== '').map((line) => line.text.length - line.text.trimStart().length);
  // With an explicit indent the first line may start with spaces of its own; the parent's column is not known here, and the
  // least indent is right for every script that does not begin with white space.
  const indent = explicit === undefined ? (indents[0] ?? 0) : Math.min(...indents);
  return all.map((line) => ({
    text: line.text.slice(indent),
    line: line.line,
    character: line.character + Math.min(indent, line.text.length),
  }));
}

function fold(lines: readonly EmbeddedLine[]): readonly EmbeddedLine[] {
  return lines.map((line, at) => {
    const next = lines[at + 1];
    const joined =
      next !== undefined && next.text.trim() !== '' && line.text.trim() !== '' && !/^\s/.test(next.text) && !/^\s/.test(line.text);
    return joined ? { ...line, text: `${line.text.trimEnd()} \\` } : line;
  });
}

function trimStart(line: EmbeddedLine): EmbeddedLine {
  const trimmed = line.text.trimStart();
  return { text: trimmed, line: line.line, character: line.character + line.text.length - trimmed.length };
}
