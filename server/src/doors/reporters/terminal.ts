/** What a reporter may know of where its text goes. */
export interface Terminal {
  readonly colour: boolean;
  /** Columns to keep within; text that cannot be folded is cut with an ellipsis. */
  readonly columns: number;
  /** False for a pipe or a file: then nothing is folded or cut, for whatever reads it next. */
  readonly isTerminal: boolean;
}

/** Columns to fold and cut to. */
export function proseColumns({ columns, isTerminal }: Terminal): number {
  return isTerminal ? columns : Number.POSITIVE_INFINITY;
}

export type Style = 'critical' | 'high' | 'medium' | 'low' | 'removed' | 'added' | 'passed' | 'faint' | 'strong';

/** SGR codes of ECMA-48; the eight colours every terminal has, so that a person's own palette decides. */
const CODES: Readonly<Record<Style, string>> = {
  critical: '1;31',
  high: '31',
  medium: '33',
  low: '36',
  removed: '31',
  added: '32',
  passed: '1;32',
  faint: '2',
  strong: '1',
};

export function paint(terminal: Terminal, style: Style, text: string): string {
  return terminal.colour && text !== '' ? `\x1b[${CODES[style]}m${text}\x1b[0m` : text;
}

/**
 * Text of a repository made safe to print: control characters and the marks that reorder text (CVE-2021-42574) are shown as
 * their code points, so that a reviewed line can neither rewrite the screen nor read other than it runs. Tabs are two spaces.
 */
export function printable(text: string): string {
  let out = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (character === '\t') out += '  ';
    else if (isUnsafe(code)) out += `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
    else out += character;
  }
  return out;
}

/** Columns a terminal gives to text: two for wide East Asian characters and emoji, none for combining marks. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** The text within `columns`, its end replaced by an ellipsis where it is longer. */
export function cutTo(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let out = '';
  let width = 0;
  for (const character of text) {
    width += characterWidth(character);
    if (width > columns - 1) break;
    out += character;
  }
  return `${out}…`;
}

/** The whole text in lines of at most `columns`, broken wherever a line is full: code has no better places. */
export function breakAt(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const character of text) {
    const own = characterWidth(character);
    if (width + own > columns && line !== '') {
      lines.push(line);
      line = '';
      width = 0;
    }
    line += character;
    width += own;
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line];
}

/** The text within `columns`, its beginning replaced by an ellipsis where it is longer: the end of a path says more. */
export function cutFront(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = '';
  for (const character of [...text].reverse()) {
    if (displayWidth(character + kept) > columns - 1) break;
    kept = character + kept;
  }
  return `…${kept}`;
}

/** Folds text at spaces into lines of at most `columns`; a word that is longer stands alone and whole. */
export function fold(text: string, columns: number): readonly string[] {
  return foldAt(' ', text.split(' '), columns);
}

/** As `fold`, and no line ends inside a command: whoever copies one must not copy a line end. */
export function foldAround(text: string, columns: number): readonly string[] {
  const parts: string[] = [];
  let isCommand = false;
  for (const word of text.split(' ')) {
    const endsBefore: boolean = isCommand && /^(?:and|asks|or|on|prints)$/.test(word);
    if (isCommand && !endsBefore) parts.push(`${parts.pop() ?? ''} ${word}`);
    else parts.push(word);
    isCommand = !endsBefore && (isCommand || /^[(`]?(?:brakeline|git)$/.test(word)) && !/[),;:`]$/.test(word);
  }
  return foldAt(' ', parts, columns);
}

/** Joins parts with a middle dot, a line ending between two parts and never inside one that fits. */
export function foldParts(parts: readonly string[], columns: number): readonly string[] {
  return foldAt(' · ', parts, columns).flatMap((line) => (displayWidth(line) <= columns ? [line] : fold(line, columns)));
}

function foldAt(separator: string, parts: readonly string[], columns: number): readonly string[] {
  const lines: string[] = [];
  let line: string | undefined;
  for (const part of parts) {
    const longer: string = line === undefined ? part : `${line}${separator}${part}`;
    if (line !== undefined && displayWidth(longer) > columns) {
      lines.push(line);
      line = part;
    } else line = longer;
  }
  return line === undefined ? lines : [...lines, line];
}

/** A code point that could steer a terminal, reorder a line or hide in it. */
export function isUnsafe(code: number): boolean {
  const control = code < 0x20 || (code >= 0x7f && code <= 0x9f);
  const separator = code === 0x2028 || code === 0x2029 || code === 0xfeff;
  const reorders =
    (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code === 0x200e || code === 0x200f || code === 0x061c;
  const invisible = code === 0x200b || code === 0x2060 || (code >= 0xe0000 && code <= 0xe007f);
  return control || separator || reorders || invisible;
}

function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (/^[\p{Mn}\p{Me}]$/u.test(character) || code === 0x200d) return 0;
  return isWide(code) ? 2 : 1;
}

/** Ranges of Unicode's EastAsianWidth W and F (UAX 11), merged where the gaps hold nothing that code or prose uses. */
function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}
