import { draftFacts } from '../facts-draft.ts';
import type { Language } from '../language.ts';

/**
 * Environment files: `NAME=value` line by line, with `export` before it, quotes around the value, and quoted values that
 * run over several lines. Each variable is a setting; nothing is expanded.
 */
const language: Language = {
  id: 'dotenv',
  owns: (path) => /(^|\/)\.env(\.[^/]+)?$|(^|\/)[^/]+\.env$|(^|\/)(\.flaskenv|\.dev\.vars)$/i.test(path),
  facts(_path, text) {
    const draft = draftFacts('dotenv');
    const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
    for (let at = 0; at < lines.length; at++) {
      const source = lines[at] ?? '';
      const match = /^(\s*)(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*/.exec(source);
      if (match === null) {
        if (source.trim() !== '' && !source.trim().startsWith('#')) draft.tokens.push({ text: source.trim(), line: at + 1 });
        continue;
      }
      const [head = '', indent = '', name = ''] = match;
      const start = at;
      const { value, line, character } = readValue(lines, at, head.length);
      at = line;
      const range = { start: { line: start + 1, character: indent.length }, end: { line: line + 1, character } };
      draft.settings.push({ path: [name], value, resource: '', range, key: `${name}=${value}`, scope: '' });
      draft.tokens.push({ text: `${name}=${value}`, line: start + 1 });
    }
    return draft;
  },
};

export default language;

interface Value {
  readonly value: string;
  /** 0-based line and character at which it ends. */
  readonly line: number;
  readonly character: number;
}

function readValue(lines: readonly string[], at: number, from: number): Value {
  const first = lines[at] ?? '';
  const quote = first[from];
  if (quote === '"' || quote === "'" || quote === '`') {
    let value = '';
    for (let line = at, start = from + 1; line < lines.length; line++, start = 0) {
      const text = lines[line] ?? '';
      const close = closing(text, quote, start);
      if (close >= 0) return { value: value + text.slice(start, close), line, character: close + 1 };
      value += `${text.slice(start)}\n`;
    }
  }
  const remark = /\s#/.exec(first.slice(from))?.index;
  const text = first.slice(from, remark === undefined ? undefined : from + remark).trimEnd();
  return { value: text, line: at, character: from + text.length };
}

function closing(text: string, quote: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\' && quote === '"') at++;
    else if (text[at] === quote) return at;
  }
  return -1;
}
