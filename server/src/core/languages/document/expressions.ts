import type { EmbeddedLine } from '../language.ts';

/**
 * Replaces `${{ … }}` by a shell variable of the same length whose name still tells one expression from another, so that
 * every position stays true and a rule sees a value that it does not know.
 */
export function neutraliseExpressions(lines: readonly EmbeddedLine[]): readonly EmbeddedLine[] {
  return lines.map((line) => (line.text.includes('${{') ? { ...line, text: line.text.replace(/\$\{\{.*?\}\}/g, asVariable) } : line));
}

function asVariable(expression: string): string {
  return `$_${expression.slice(2).replace(/[^A-Za-z0-9]/g, '_')}`;
}
