import type { Command, ShellWord } from '../../../model/facts.ts';

/** Conditions of `find` that bound what it finds. */
export const FILTER = /^-(i?name|i?path|i?regex|[acm](time|min)|newer.*|size|empty|user|maxdepth|type|wholename)$/;

/** How the command is called in a message; undefined where it deletes no tree. */
export function deletes(command: Command): string | undefined {
  const flags = command.words.slice(1).filter((word) => word.text.startsWith('-'));
  if (command.name === 'rm') {
    const letters = flags
      .filter((word) => !word.text.startsWith('--'))
      .map((word) => word.text.slice(1))
      .join('');
    const recursive = /[rR]/.test(letters) || flags.some((word) => word.text === '--recursive');
    const force = letters.includes('f') || flags.some((word) => word.text === '--force');
    if (recursive) return force ? '`rm -rf`' : '`rm -r`';
    return force && command.words.some((word) => /\*$/.test(word.text)) ? '`rm -f`' : undefined;
  }
  if (command.name !== 'find') return undefined;
  const words = command.words.map((word) => word.text);
  // Below the root or a home directory a filter bounds little.
  const wide = words.slice(1, 2).some((word) => /^(\/|~\/?|\$\{?HOME\}?\/?|\$\{\w+:-\/\}\/?)$/.test(word));
  const filtered = words.some((word) => FILTER.test(word) && word !== '-type') && !wide;
  return !filtered && (words.includes('-delete') || (words.includes('-exec') && words.includes('rm'))) ? '`find -delete`' : undefined;
}

/** The words that it deletes, or where a `find` begins to look. */
export function targetsOf(command: Command): readonly ShellWord[] {
  const words = command.words.slice(1);
  if (command.name === 'find') {
    const end = words.findIndex((word) => word.text.startsWith('-'));
    return end < 0 ? words : words.slice(0, end);
  }
  return words.filter((word) => !word.text.startsWith('-'));
}

/** True for a `find` that deletes what it finds. */
export function deletesFound(command: Command): boolean {
  const words = command.words.map((word) => word.text);
  return (
    words.includes('-delete') ||
    (/^-(exec|execdir|ok)$/.test(words.find((word) => /^-(exec|execdir|ok)$/.test(word)) ?? '') &&
      words.some((word) => /^(rm|unlink|shred)$/.test(word)))
  );
}
