import type { GroovyToken } from '../groovy-tokens.ts';
import type { EmbeddedLine } from '../language.ts';
import type { LineIndex } from '../positions.ts';

/**
 * The shell of one `sh` step, from what stands behind the word: `'…'`, `"""…"""`, `(script: '…', returnStdout: true)`, and
 * strings put together with `+`. What Groovy fills in is a variable to the shell, and what only Groovy knows keeps its
 * place under a name of its own.
 */
export function shellLines(behind: readonly GroovyToken[], lines: LineIndex): readonly EmbeddedLine[] {
  const named = behind.findIndex((one, at) => one.kind === 'word' && one.text === 'script' && behind[at + 1]?.text === ':');
  const start = named >= 0 ? named + 2 : behind[0]?.kind === 'sign' && behind[0].text === '(' ? 1 : 0;
  const first = behind[start];
  if (first === undefined || (named < 0 && behind[start + 1]?.text === ':')) return [];
  const found: EmbeddedLine[] = [];
  for (let at = start; at < behind.length; at += 1) {
    const part = behind[at];
    if (part === undefined || (part.kind === 'sign' && /[,)]/.test(part.text))) break;
    if (part.kind === 'sign' && part.text === '+') continue;
    const pieces = part.kind === 'string' ? linesOf(part, lines) : [{ text: nameOf(part), ...lines.positionAt(part.start) }];
    const [head, ...rest] = pieces;
    const last = found.pop();
    if (head !== undefined) found.push(last === undefined ? head : { ...last, text: last.text + head.text }, ...rest);
    // `.trim()` and its like behind the string change nothing that a rule would see.
    if (behind[at + 1]?.text !== '+') break;
  }
  return found;
}

function linesOf(string: GroovyToken, lines: LineIndex): readonly EmbeddedLine[] {
  const { line, character } = lines.positionAt(string.inside);
  return string.text.split('\n').map((text, at) => ({
    text: asShell(text.replace(/\r$/, ''), string.filled),
    line: line + at,
    character: at === 0 ? character : 0,
  }));
}

/** An escape moves the characters behind it; the line stays true. */
function asShell(text: string, filled: boolean): string {
  const known = filled ? text.replace(/(?<!\\)\$\{([^}]*)\}/g, (_, name: string) => `\${${asName(name)}}`) : text;
  return known.replace(/\\([\\'"$])/g, '$1');
}

function nameOf(part: GroovyToken): string {
  return part.kind === 'word' ? `\${${asName(part.text)}}` : '';
}

function asName(expression: string): string {
  const name = expression
    .trim()
    .replace(/^(env|params)\./, '')
    .replace(/\W/g, '_');
  return /^\d|^$/.test(name) ? `_${name}` : name;
}
