import type { Command, Setting, ShellWord } from '../../model/facts.ts';
import type { FactsDraft } from '../facts-draft.ts';
import { HANDED, programName, unwrap } from './wrappers.ts';

/** When the commands of a file have grown by so many words, the rest of them say what they say. */
const MOST_WORDS = 2_000;

/** A program that only tries is judged as if nobody had said so: more than a variable must say it. */
const TRIES = /^--?(dry-?run|check|plan|what-?if|no-?op|simulate|preview|help|version|client)\b/i;

/**
 * Puts the program where a variable or an alias stood: `KUBECTL := kubectl --context $(CTX)` and `$(KUBECTL) delete ns shop`. Only
 * variables that the file assigns once, and that hold words of a known program (test/languages/shell-defined-words.test.ts).
 */
export function nameProgramsOf(draft: FactsDraft): void {
  const programs = programsIn(draft.settings);
  for (const [name, words] of aliasesIn(draft.commands)) programs.set(name, words);
  if (programs.size === 0) return;
  let room = MOST_WORDS;
  for (const [at, command] of draft.commands.entries()) {
    const first = command.words[0]?.source ?? '';
    const held = programs.get(command.name === '' ? variableOf(first) : first);
    if (held === undefined || held.length > room) continue;
    room -= held.length;
    draft.commands[at] = withProgram(command, first, held);
  }
}

function withProgram(command: Command, first: string, held: readonly ShellWord[]): Command {
  const words = unwrap([...held, ...command.words.slice(1)]);
  const written = command.written.replace(first, () => held.map(({ source }) => source).join(' '));
  const key = command.key.endsWith(command.written) ? command.key.slice(0, -command.written.length) + written : command.key;
  return { ...command, name: programName(words), words, written, key };
}

/** `$KUBECTL` of `$KUBECTL` and `${KUBECTL}`; empty for any other word. */
function variableOf(source: string): string {
  const name = /^\$(?:(\w+)|\{(\w+)\})$/.exec(source)?.slice(1).find(Boolean);
  return name === undefined ? '' : `$${name}`;
}

/** `alias kc='kubectl --context prod'`; a program that is known by its name is no other one. */
function* aliasesIn(commands: readonly Command[]): Iterable<readonly [name: string, words: readonly ShellWord[]]> {
  for (const command of commands) {
    const [, name = '', value = ''] = command.name === 'alias' ? (/^([\w-]+)=(.*)$/s.exec(command.words[1]?.text ?? '') ?? []) : [];
    const words = name === '' || HANDED.test(name) ? undefined : programWords(value);
    if (words !== undefined) yield [name, words];
  }
}

/** The words that each variable stands for. */
function programsIn(settings: readonly Setting[]): Map<string, readonly ShellWord[]> {
  const found = new Map<string, readonly ShellWord[] | undefined>();
  for (const { path, value } of settings) {
    const [name = ''] = path;
    if (path.length === 1) found.set(`$${name}`, found.has(`$${name}`) || typeof value !== 'string' ? undefined : programWords(value));
  }
  return new Map([...found].flatMap(([name, words]) => (words === undefined ? [] : [[name, words] as const])));
}

/**
 * A value as the words of a command, `$(NAME)` of make as the variable it is; undefined where it holds no known program, or more than
 * one command.
 */
function programWords(value: string): readonly ShellWord[] | undefined {
  const plain = value
    .replace(/^\$\{\w+:?-([\w.-]+)\}/, '$1')
    .replace(/\$\(([A-Za-z_]\w*)\)/g, (_, name: string) => `\${${name}}`)
    .trim();
  if (plain.length > 500 || /["'`;|&<>()\\]/.test(plain)) return undefined;
  const words = plain.split(/\s+/).map(
    (text): ShellWord => ({
      source: text,
      text,
      expansions: [...text.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => ({ name, guarded: false })),
      dynamic: false,
    }),
  );
  const isProgram = HANDED.test(programName(unwrap(words)));
  return isProgram && !words.some(({ text }) => TRIES.test(text)) ? words : undefined;
}
