import type { Command } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { newArgumentWords } from '../code/argument-words.ts';
import { changedCommands, dryFlag, flagsOf, plainWords } from './command-parts.ts';
import { spawnedCommands } from './spawned.ts';

/** A copy that left alone what only its target had, or what it read from, and deletes it now. */
export interface MirroredCopy {
  readonly command: Command;
  /** The switch or verb that deletes, as written. */
  readonly by: string;
}

/** Copies of this hunk that delete, and that were run without that before: in scripts and steps, and started by a program. */
export function mirroredCopies(input: RuleInput): readonly MirroredCopy[] {
  const pairs = changedCommands(input).map(({ before, after }) => [before, after] as const);
  const old = spawnedCommands(input.removed).filter(isCopy);
  const started = old.length === 0 ? [] : spawnedCommands(input.added).filter(isCopy);
  const spawned = started.flatMap((after) => old.filter(({ name }) => name === after.name).map((before) => [before, after] as const));
  return [...pairs, ...spawned].flatMap(([before, after]) => {
    const by = isCopy(after) && isCopy(before) && deletingWord(before) === undefined ? deletingWord(after) : undefined;
    return by === undefined || dryFlag(after) !== undefined || isFetched(after) ? [] : [{ command: after, by }];
  });
}

/** A new word of a list of arguments that makes a copy delete, where the file started the same program before. */
export function mirroringWord(input: RuleInput): { readonly line: number; readonly text: string; readonly program: string } | undefined {
  const { before } = input;
  if (before === undefined) return undefined;
  for (const { text, line, beside } of newArgumentWords(input)) {
    const program = SWITCH.test(text) ? beside.find((word) => COPIES.test(word)) : undefined;
    if (program === undefined || (program === 'aws' && !beside.includes('sync'))) continue;
    if (before.tokens.some((token) => token.text.replace(/^[A-Za-z]{0,2}["'`]|["'`]$/g, '').split(' ')[0] === program))
      return { line, text, program };
  }
  return undefined;
}

const COPIES = /^(aws|s5cmd|s3cmd|gsutil|gcloud|rsync|rclone|azcopy|mc|mcli|lftp|robocopy|ossutil|oci|b2|openrsync)$/i;
const VERB = /^(cp|copy|sync|mirror|rsync|mv|move|moveto|copyto|bisync)$/;
const SWITCH =
  /^(--delete(-(after|before|during|delay|excluded|removed|destination|unmatched-destination-objects))?|--del|--remove(-source-files)?|--keep-days)(=(true|prompt|\d+))?$/;

/** `--delete` and its like, or the verb that moves where another one copies. */
function deletingWord(command: Command): string | undefined {
  const flag = flagsOf(command).find(({ name, value }) => SWITCH.test(name) && !/^(false|no)$/i.test(value ?? ''))?.name;
  if (flag !== undefined) return flag;
  const plain = plainWords(command);
  const verb = plain.find((word) => VERB.test(word)) ?? '';
  if (command.name === 'gsutil' && verb === 'rsync')
    return flagsOf(command).find(({ name }) => /^-[a-zA-Z]+$/.test(name) && name.includes('d'))?.name;
  if (command.name === 'robocopy') return plain.find((word) => /^\/(MIR|PURGE|MOVE?)$/i.test(word));
  if (command.name === 'lftp')
    return /\bmirror\b/.test(command.written) && command.written.includes('--delete') ? 'mirror --delete' : undefined;
  if (command.name === 'rclone') return /^(sync|move|moveto|bisync)$/.test(verb) ? `rclone ${verb}` : undefined;
  return /^(mv|move)$/.test(verb) ? `${command.name} ${verb}` : undefined;
}

function isCopy(command: Command): boolean {
  return (
    COPIES.test(command.name) &&
    (/^(rsync|openrsync|robocopy|lftp)$/i.test(command.name) || plainWords(command).some((word) => VERB.test(word)))
  );
}

/** What is fetched into a folder of the checkout is fetched again; a mirror of it holds nothing of its own. */
function isFetched(command: Command): boolean {
  const places = command.words.filter(({ text }) => /^[\w.$~/@{]/.test(text) && /[/:.$]/.test(text)).map(({ text }) => text);
  const [from = '', to = ''] = places.slice(-2);
  return /:/.test(from) && /^(\.\/)?[\w.-]+(\/[\w.-]+)*\/?$/.test(to);
}
