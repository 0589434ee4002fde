/** A text whose template actions are masked, and what they said, for those who compare. */
export interface MaskedTemplate {
  /** As long as the source, line by line; every position stays true. */
  readonly text: string;
  readonly actions: readonly { readonly text: string; readonly start: number }[];
}

/**
 * Makes YAML of a Helm template: what steers (`if`, `range`, `end`, comments) becomes white space, what gives a value becomes a
 * word of the same length that still tells one expression from another. An included block of lines stands for a value where a
 * key waits for one, and is left out elsewhere: what it holds is not in this file. Both branches of an `if` are read.
 */
export function maskTemplate(source: string): MaskedTemplate {
  const actions: { text: string; start: number }[] = [];
  const lines: string[] = [];
  let pending = '';
  let offset = 0;
  for (const line of source.split('\n')) {
    const start = offset;
    offset += line.length + 1;
    lines.push(maskLine(line, start));
  }
  return { text: lines.map((line, at) => fillKey(line, at, lines)).join('\n'), actions };

  /** `pending` holds an action that goes on over the line's end. */
  function maskLine(line: string, start: number): string {
    let out = '';
    let at = 0;
    if (pending !== '') {
      const close = line.indexOf('}}');
      const inside = close < 0 ? line.length : close + 2;
      actions.push({ text: line.slice(0, inside).trim(), start });
      out = ' '.repeat(inside);
      at = inside;
      if (close < 0) return out;
      pending = '';
    }
    while (at < line.length) {
      const open = line.indexOf('{{', at);
      if (open < 0) return out + line.slice(at);
      // `${{ … }}` is an expression of a pipeline, and YAML as it stands.
      if (line[open - 1] === '$') {
        out += line.slice(at, open + 2);
        at = open + 2;
        continue;
      }
      const close = line.indexOf('}}', open);
      const end = close < 0 ? line.length : close + 2;
      const action = line.slice(open, end);
      if (close < 0) pending = action;
      actions.push({ text: action, start: start + open });
      const alone = line.slice(0, open).trim() === '' && line.slice(end).trim() === '';
      out +=
        line.slice(at, open) + (close < 0 || STEERS.test(action) ? ' '.repeat(action.length) : alone ? included(action) : word(action));
      at = end;
    }
    return out;
  }
}

/** `{{ define "chart.labels" }}` with what it gives, from the line behind it to the next one. */
export function namedTemplates(source: string): readonly { readonly name: string; readonly start: number; readonly end: number }[] {
  const found = [...source.matchAll(/^[ \t]*\{\{-?[ \t]*define[ \t]+"([^"\n]+)"[^\n]*$/gm)];
  return found.map((match, at) => ({
    name: match[1] ?? '',
    start: (match.index ?? 0) + match[0].length,
    end: found[at + 1]?.index ?? source.length,
  }));
}

const STEERS = /^\{\{-?\s*(if|else|end|range|with|define|block|template|break|continue|\/\*|\$\w+\s*:?=)/;
/** Stands for lines that come from elsewhere, until it is known whether a key waits for them. */
const INCLUDED = '\u0001';

function included(action: string): string {
  return INCLUDED + word(action).slice(1);
}

/** A word without any character that means something to YAML. */
function word(action: string): string {
  return `_${action.slice(1).replace(/[^A-Za-z0-9]/g, '_')}`;
}

function fillKey(line: string, at: number, lines: readonly string[]): string {
  const marked = line.indexOf(INCLUDED);
  if (marked < 0) return line;
  let above = at - 1;
  while (above >= 0 && isBlank(lines[above])) above--;
  let below = at + 1;
  while (below < lines.length && isBlank(lines[below])) below++;
  const key = lines[above] ?? '';
  const waits = /^\s*(- )?[^#\s][^#]*:\s*$/.test(key) && indentOf(key) < marked && indentOf(lines[below] ?? '') <= indentOf(key);
  return waits ? line.replace(INCLUDED, '_') : ' '.repeat(line.length);
}

function isBlank(line: string | undefined): boolean {
  return line !== undefined && (line.trim() === '' || line.trimStart().startsWith('#'));
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
