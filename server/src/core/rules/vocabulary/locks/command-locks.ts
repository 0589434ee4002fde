import type { Command } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';

/** Programs of a shell that let one run at a time, and the folder that stands for a lock: `mkdir "$LOCK"`. */
function isLock({ name, words, written }: Command): boolean {
  if (/^(?:flock|lockfile|dotlockfile|lckdo|setlock|consul-lock|shlock)$/.test(name)) return true;
  if (/^(?:\w+=\S* )*(?:flock|setlock|lckdo|run-one|consul lock) /.test(written)) return true;
  return name === 'mkdir' && words.length === 2 && /lock/i.test(words[1]?.text ?? '');
}

/** The lock that a script took before its work, where the work stays and no lock is taken any more; the first command of it. */
export function lostCommandLock(input: RuleInput): Command | undefined {
  const { before, after } = input;
  const lost = input.removed.commands.find(isLock);
  if (lost === undefined || before === undefined || after === undefined || after.commands.some(isLock)) return undefined;
  if (input.addedElsewhere().commands.some(isLock) || after.commands.some(({ name }) => /lock/i.test(name))) return undefined;
  const old = new Set(
    before.commands.filter((command) => !/^(?:set|exec|exit|echo|trap|cd|export|source|\.)$/.test(command.name)).map(({ name }) => name),
  );
  return after.commands.some(({ name }) => name !== '' && old.has(name)) ? lost : undefined;
}
