import type { Command, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { isHarmlessProgram, isMutating } from './command-parts.ts';

/** A test of a script that stopped it, and the work that no longer waits for it. */
export interface LostTest {
  readonly test: Command;
  readonly work: Command;
  /** True where it asked for the place: the environment, the host, the user, or a variable that must be there. */
  readonly asksWhere: boolean;
}

/** Tests that stopped a script, a step or a target of a makefile, gone while what they stood before stays. */
export function lostTests(input: RuleInput): readonly LostTest[] {
  const { removed, before, after } = input;
  if (before === undefined || after === undefined) return [];
  return removed.commands.flatMap((test): readonly LostTest[] => {
    // Whether a file is there is mostly asked of what the script itself made.
    const isOfFile = /^(test|\[\[?) (! )?-[a-mo-yA-Z] /.test(test.written);
    if (!isTest(test) || isOfFile || !stops(test, before) || isAskedStill(test, input) || asksForLiteral(test, input)) return [];
    const work = after.commands.find((command) => command.scope === test.scope && works(command));
    return work === undefined ? [] : [{ test, work, asksWhere: WHERE.test(test.written) }];
  });
}

/**
 * Commands of a script that stay and whose failure stopped it, by `|| exit 1` or in the branch of an `if`, and stops it no more.
 * Under `set -e` a command that stands alone stops it by itself.
 */
export function unheardFailures({ removed, before, after }: RuleInput): readonly Command[] {
  if (before === undefined || after === undefined || after.language !== 'shell' || after.commands.some(stopsOnFailure)) return [];
  const ends = (command: Command, failed: string): boolean =>
    (command.rescues === failed || command.unless === failed) && ENDS.test(command.name) && !/^(exit|return) 0$/.test(command.written);
  return removed.commands.flatMap((end): readonly Command[] => {
    const failed = end.rescues ?? end.unless;
    if (failed === undefined || !ends(end, failed) || after.commands.some((other) => other.key === end.key)) return [];
    const now = after.commands.find(
      (command) => command.written === failed && command.scope === end.scope && !isTest(command) && works(command),
    );
    const isHeard =
      now === undefined ||
      after.commands.some((other) => ends(other, failed) || (other.rescues ?? other.unless) === failed || isAskedBehind(other, now));
    return isHeard ? [] : [now];
  });
}

const ENDS = /^(exit|return|die|fail|fatal|abort|bail|usage|false)$/;

function stopsOnFailure({ name, subshell, words }: Command): boolean {
  return (
    (name === 'set' && subshell !== true && words.some(({ text }) => /^-[a-zA-Z]*e/.test(text) || text === 'errexit')) ||
    (name === 'trap' && words.some(({ text }) => text === 'ERR'))
  );
}

/** `$?` or `PIPESTATUS` right behind a command. */
function isAskedBehind(other: Command, command: Command): boolean {
  const gap = other.range.start.line - command.range.end.line;
  return gap >= 0 && gap <= 2 && /\$\?|PIPESTATUS/.test(other.written);
}

const WHERE =
  /\b\w*(env|environment|stage|host|hostname|cluster|context|namespace|account|region|role|user|uid|branch|target|prod|production|live|primary|secondary|replica|standby|slave|master|leader)\b|\bpg_is_in_recovery\b|\b(read_only|isMaster|hello\(\)|ismaster|patronictl|keepalived)\b|-[zn]\b|\bid -u\b|\bwhoami\b|\bEUID\b|ENV\b|STAGE\b|HOST\w*\b|PROFILE\b/i;

function isTest({ name, written }: Command): boolean {
  return /^(\[|\[\[|test)$/.test(name) || (name === 'grep' && /\s-\w*q/.test(written));
}

/** What ends the script stands behind it: `|| exit 1`, `&& exit 1`, or inside its `if`. */
function stops(test: Command, before: SourceFacts): boolean {
  const from = test.range.start.line;
  const ending = before.commands.find(
    (command) =>
      command.scope === test.scope &&
      ENDS.test(command.name) &&
      command.range.start.line >= from &&
      command.range.start.line <= from + 4 &&
      !/^(exit|return) 0$/.test(command.written),
  );
  if (ending === undefined) return false;
  // Another question stands between the two: then it is that one which stops.
  return !before.commands.some(
    (command) =>
      command !== test &&
      isTest(command) &&
      command.scope === test.scope &&
      command.range.start.line > from &&
      command.range.start.line <= ending.range.start.line &&
      command.rescues === undefined,
  );
}

/** Whether a variable is empty that the script itself gives a literal: it never is. */
function asksForLiteral({ written }: Command, { trees, path }: RuleInput): boolean {
  const name = /^(?:test|\[\[?) -[zn] ["']?\$\{?(\w+)\}?["']?(?: \]\]?)?$/.exec(written)?.[1];
  const content = trees.after.read(path);
  if (name === undefined || content?.kind !== 'text') return false;
  const set = content.text.split('\n').filter((line) => new RegExp(`(?:^|\\s)${name}=`).test(line));
  return (
    set.length > 0 &&
    set.every((line) => new RegExp(`^\\s*(?:(?:readonly|export|local|declare(?: -\\w+)*) )?${name}=["']?[\\w/.-]+["']?\\s*$`).test(line))
  );
}

/** The same is asked in another place or another way: a function, a file that came along, `${NAME:?}`. */
function isAskedStill(test: Command, { before, after, addedElsewhere }: RuleInput): boolean {
  const known = new Set(before?.commands.map((command) => command.key));
  const now = [...(after?.commands ?? []), ...addedElsewhere().commands];
  const names = test.words.flatMap((word) => word.expansions.map((expansion) => expansion.name));
  const expands = ({ words, written }: Command, name: string): boolean =>
    /^\d$|^\W$/.test(name)
      ? words.some(({ expansions }) => expansions.some((expansion) => expansion.name === name))
      : written.includes(name);
  // A function of the script that asks, and of nothing that the test asked of.
  const isOwnOfOther = (name: string): boolean => {
    const own = after?.commands.filter((command) => command.scope === name && (isTest(command) || command.name === 'case')) ?? [];
    return (
      / (=|==|!=) /.test(test.written) &&
      names.length > 0 &&
      own.length > 0 &&
      !own.some((command) => names.some((asked) => expands(command, asked)))
    );
  };
  return now.some(
    (command) =>
      command.written === test.written ||
      (!known.has(command.key) &&
        ((/^(require|assert|ensure|check|guard|confirm|verify|must|validate)[_-]?\w*$/i.test(command.name) &&
          !isOwnOfOther(command.name)) ||
          ((isTest(command) || command.name === 'case') && names.some((name) => expands(command, name))) ||
          command.words.some((word) => word.expansions.some((expansion) => expansion.guarded && names.includes(expansion.name))))),
  );
}

function works(command: Command): boolean {
  return (
    isMutating(command) ||
    /\w\/\w|^\.\//.test(command.words[0]?.text ?? '') ||
    (!isHarmlessProgram(command.name) &&
      /^(rm|dd|mkfs\S*|rsync|scp|ssh|pg_\w+|psql|mysql\w*|mongo\w*|dropdb|createdb|redis-cli|docker|kubectl|helm|terraform|tofu|aws|gcloud|az|ansible\S*|systemctl|service|tar|truncate|shred|parted|fdisk|zfs|lvremove|iptables|crontab|kill|pkill|killall|chown|chmod|git|npm|yarn|pnpm|python3?|node|rails|php|bundle|curl|wget)$/.test(
        command.name,
      ))
  );
}
