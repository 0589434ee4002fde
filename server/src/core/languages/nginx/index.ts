import { draftFacts, type FactsDraft } from '../facts-draft.ts';
import type { Language } from '../language.ts';
import { indexLines, type LineIndex } from '../positions.ts';

/**
 * Configuration of nginx: directives that end in `;` and blocks in braces, each of words that may be quoted
 * (https://nginx.org/en/docs/beginners_guide.html#conf_structure). A directive is a setting under the blocks around it, so that
 * `limit_req` of one location is not that of another.
 */
const language: Language = {
  id: 'nginx',
  owns: (path) =>
    /(^|\/)nginx[^/]*\.conf(\.(template|tmpl|j2|tpl))?$|(^|\/)(nginx|openresty|angie)\/([^/]+\/)*[^/]+\.conf(\.(template|tmpl))?$|(^|\/)(conf\.d|sites-enabled|sites-available|vhosts?\.d)\/[^/]+$|\.(nginx|vhost)$/i.test(
      path,
    ) &&
    !/\.(sh|ya?ml|json|toml|ini|cnf|py|rb|js|ts|md|txt|pem|crt|key)$|supervisor|apache|httpd|postgres|mysql|mariadb|redis|fluent|telegraf|collectd|logstash/i.test(
      path,
    ),
  facts(_path, text) {
    const draft = draftFacts('nginx');
    const wrong = readDirectives(text, indexLines(text), draft);
    if (wrong !== undefined) {
      draft.blindSpots.push({ reason: 'parse-error', detail: wrong });
      draft.tokens.length = 0;
    }
    return draft;
  },
};

export default language;

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Adds the directives to the draft; what is wrong with the file in words, or undefined. */
function readDirectives(text: string, lines: LineIndex, draft: FactsDraft): string | undefined {
  const blocks: string[] = [];
  let words: Word[] = [];
  for (let at = 0; at < text.length; ) {
    const sign = text[at] ?? '';
    if (/\s/.test(sign)) at += 1;
    else if (sign === '#') at = endOfLine(text, at);
    else if (sign === ';') {
      addDirective(words, blocks, lines, draft);
      words = [];
      at += 1;
    } else if (sign === '{') {
      const name = words.map((word) => word.text).join(' ');
      draft.tokens.push({ text: `${name} {`, line: lines.lineAt(words[0]?.start ?? at) });
      blocks.push(name);
      words = [];
      // What stands in these is Lua.
      if (/_by_lua_block\b/.test(name)) return `line ${lines.lineAt(at)}: lua`;
      at += 1;
    } else if (sign === '}') {
      if (words.length > 0 || blocks.length === 0) return `line ${lines.lineAt(at)}`;
      draft.tokens.push({ text: '}', line: lines.lineAt(at) });
      blocks.pop();
      at += 1;
    } else {
      const end = endOfWord(text, at);
      words.push({ text: text.slice(at, end), start: at, end });
      at = end;
    }
  }
  return blocks.length > 0 || words.length > 0 ? 'expected a closing brace, found the end' : undefined;
}

function addDirective(words: readonly Word[], blocks: readonly string[], lines: LineIndex, draft: FactsDraft): void {
  const [name, ...values] = words;
  if (name === undefined) return;
  const value = values.map((word) => word.text.replace(/^(['"])(.*)\1$/s, '$2')).join(' ');
  const range = lines.rangeOf(name.start, values.at(-1)?.end ?? name.end);
  const path = [...blocks, name.text];
  const key = `${path.join('/')} ${value}`;
  draft.settings.push({ path, value, resource: '', range, key, scope: '' });
  draft.tokens.push({ text: `${name.text} ${value};`, line: range.start.line });
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at;
}

/** A word ends at white space, `;` or a brace; `${name}` is part of it, and so is all between quotes. */
function endOfWord(text: string, from: number): number {
  const quote = text[from];
  let at = from;
  if (quote === '"' || quote === "'") {
    for (at += 1; at < text.length && text[at] !== quote; at += 1) if (text[at] === '\\') at += 1;
    return Math.min(text.length, at + 1);
  }
  for (; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (sign === '\\') at += 1;
    else if (sign === '$' && text[at + 1] === '{') at = Math.max(at, text.indexOf('}', at));
    else if (/[\s;{}]/.test(sign)) break;
  }
  return Math.max(at, from + 1);
}
