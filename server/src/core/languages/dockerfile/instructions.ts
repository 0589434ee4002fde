import type { EmbeddedLine } from '../language.ts';

/** One instruction with the lines it is written on, comments between them left out. */
export interface Instruction {
  /** In upper case: `RUN`. */
  readonly name: string;
  /** Where its name starts. */
  readonly line: number;
  readonly character: number;
  /** What follows the name, line by line, continuation marks included. */
  readonly lines: readonly EmbeddedLine[];
  /** Bodies of its here-docs. */
  readonly heredocs: readonly (readonly EmbeddedLine[])[];
  /** 1-based last line, and its length. */
  readonly endLine: number;
  readonly endCharacter: number;
}

/**
 * Reads a Dockerfile as the Dockerfile reference describes it: an instruction goes on over lines that end in the escape
 * character, comments and empty lines between them do not count, here-docs run to their mark, and `# escape=` in the first
 * lines chooses the escape character.
 */
export function readInstructions(text: string): readonly Instruction[] {
  const source = text.split('\n').map((line) => line.replace(/\r$/, ''));
  const mark = escapeOf(source);
  const instructions: Instruction[] = [];
  for (let at = 0; at < source.length; ) {
    const match = /^(\s*)([A-Za-z]+)(?=\s|$)/.exec(source[at] ?? '');
    if (match === null || /^\s*#/.test(source[at] ?? '')) {
      at++;
      continue;
    }
    const [whole, indent = '', name = ''] = match;
    const { lines, next } = continued(source, at, whole.length, mark);
    const { bodies, after } = readHeredocs(source, next, lines);
    const end = after - 1;
    instructions.push({
      name: name.toUpperCase(),
      line: at + 1,
      character: indent.length,
      lines,
      heredocs: bodies,
      endLine: end + 1,
      endCharacter: (source[end] ?? '').length,
    });
    at = after;
  }
  return instructions;
}

/** The words behind the instruction on one line, without continuation marks. */
export function argumentText(instruction: Instruction): string {
  return joinLines(instruction).replace(/\s+/g, ' ').trim();
}

/** The lines behind the instruction's name joined as the builder joins them: with nothing in between. */
export function joinLines(instruction: Instruction): string {
  return instruction.lines.map((line) => line.text.replace(/\\$/, '')).join('');
}

function escapeOf(source: readonly string[]): string {
  for (const line of source) {
    const directive = /^#\s*(\w+)\s*=\s*(\S+)\s*$/.exec(line);
    if (directive === null) return '\\';
    if (directive[1]?.toLowerCase() === 'escape') return directive[2] === '`' ? '`' : '\\';
  }
  return '\\';
}

function continued(
  source: readonly string[],
  start: number,
  from: number,
  mark: string,
): { readonly lines: readonly EmbeddedLine[]; readonly next: number } {
  const lines: EmbeddedLine[] = [];
  let at = start;
  let character = from;
  for (; at < source.length; at++, character = 0) {
    const line = source[at] ?? '';
    const skipped = at > start && /^\s*(#.*)?$/.test(line);
    const goesOn = skipped || line.trimEnd().endsWith(mark);
    // What is skipped stands as an empty continued line, so that every line keeps its place. The shell knows one escape.
    const text = skipped ? '\\' : goesOn ? `${line.trimEnd().slice(character, -1)}\\` : line.slice(character);
    lines.push({ text, line: at + 1, character });
    if (!goesOn) return { lines, next: at + 1 };
  }
  return { lines, next: at };
}

function readHeredocs(
  source: readonly string[],
  start: number,
  lines: readonly EmbeddedLine[],
): { readonly bodies: readonly (readonly EmbeddedLine[])[]; readonly after: number } {
  const bodies: EmbeddedLine[][] = [];
  let at = start;
  for (const match of lines
    .map((line) => line.text)
    .join('\n')
    .matchAll(/<<(-?)\s*(["']?)([A-Za-z_]\w*)\2/g)) {
    const body: EmbeddedLine[] = [];
    for (; at < source.length; at++) {
      const line = source[at] ?? '';
      if ((match[1] === '-' ? line.replace(/^\t+/, '') : line) === match[3]) break;
      body.push({ text: line, line: at + 1, character: 0 });
    }
    at = Math.min(at + 1, source.length);
    bodies.push(body);
  }
  return { bodies, after: at };
}
