import type { Command, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { askedStill, isTest, scriptsOf, stops } from './asked-still.ts';
import { ENDS, isHarmlessProgram, isMutating } from './command-parts.ts';

/** A test of a script that stopped it, and the work that no longer waits for it. */
export interface LostTest {
  readonly test: Command;
  readonly work: Command;
  /** True where it asked for the place: the environment, the host, the user, or a variable that must be there. */
  readonly asksWhere: boolean;
  /** The same question of the new side, in this hunk, at which nothing stops any more. */
  readonly now?: Command;
}

/** Tests that stopped a script, a step or a target of a makefile, gone or idle while what they stood before stays. */
export function lostTests(input: RuleInput): readonly LostTest[] {
  const { removed, added, before, after } = input;
  if (before === undefined || after === undefined || before.commands.length === 0) return [];
  const { bodies } = scriptsOf(input);
  const gone = (test: Command): LostTest | undefined => {
    // Whether a file is there is mostly asked of what the script itself made.
    const isOfFile = /^(test|\[\[?) (! )?-[a-mo-yA-Z] /.test(test.written);
    if (!isTest(test) || isOfFile || !stops(test, before.commands) || asksForLiteral(test, input)) return undefined;
    // A script that became functions does in them what it did at its top.
    const work = after.commands.find(
      (command) =>
        (command.scope === test.scope || (test.scope === '' && isRun(after, command.scope))) && works(command) && !bodies.has(command.name),
    );
    const { isAsked, idle } = askedStill(input, test, work);
    if (work === undefined || isAsked || isCountedStill(test, input) || isCounterOfGone(test, input)) return undefined;
    return { test, work, asksWhere: WHERE.test(test.written), ...(idle[0] === undefined ? {} : { now: idle[0] }) };
  };
  const lost = removed.commands.flatMap((test) => gone(test) ?? []).filter(({ now }) => now === undefined);
  const fresh = added.commands.filter(isTest);
  if (fresh.length === 0) return lost;
  const stay = new Set(after.commands.map(({ key }) => key));
  const idle = before.commands.filter(({ key }) => !stay.has(key)).flatMap((test) => gone(test) ?? []);
  return [
    ...lost,
    ...idle.filter(
      ({ now }) => now !== undefined && fresh.some(({ key, range }) => key === now.key && range.start.line === now.range.start.line),
    ),
  ];
}

/** `(( ${#hosts[@]} > 5 ))` that is `(( $# > MAX ))` of a function: another count that stops the script came with the change. */
function isCountedStill(test: Command, { before, after }: RuleInput): boolean {
  if (!test.written.startsWith('((') || after === undefined) return false;
  const known = new Set(before?.commands.map(({ key }) => key));
  return after.commands.some((other) => other.written.startsWith('((') && !known.has(other.key) && stops(other, after.commands));
}

/** `(( n > 30 ))` beside `n=$((n + 1))` counted the rounds of a loop, and the script counts none any more. */
function isCounterOfGone({ written }: Command, { before, after }: RuleInput): boolean {
  const name = /^\(\( ?([A-Za-z_]\w*) ?[<>=]/.exec(written)?.[1];
  if (name === undefined) return false;
  const counts = ({ text }: { readonly text: string }): boolean =>
    text.startsWith(`${name}=$((${name}`) || text.startsWith(`${name}++`) || text.startsWith(`${name}+=`);
  return before?.tokens.some(counts) === true && after?.tokens.some(counts) !== true;
}

/** A function that the script calls. */
function isRun({ commands }: SourceFacts, scope: string): boolean {
  return commands.some(({ name, scope: from }) => name === scope && from !== scope);
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
      (command) => isSame(command, failed) && command.scope === end.scope && !isTest(command) && works(command),
    );
    const isHeard =
      now === undefined ||
      after.commands.some((other) => ends(other, failed) || (other.rescues ?? other.unless) === failed || isAskedBehind(other, now));
    return isHeard ? [] : [now];
  });
}

/** What an `if` asked is told with where its output goes: `pg_dump shop > shop.sql`. */
function isSame({ written }: Command, failed: string): boolean {
  return written === failed || (failed.startsWith(`${written} `) && /^(\d?>{1,2}|&>|<)/.test(failed.slice(written.length + 1)));
}

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

/** What a script does to something outside of itself. */
export function works(command: Command): boolean {
  if (/^(?:readonly|local|declare|export|typeset|source|\.|\[\[?|test)$/.test(command.name)) return false;
  return (
    isMutating(command) ||
    (command.name === 'find' && /\s-(?:delete|exec|execdir|ok)\b/.test(command.written)) ||
    /\w\/\w|^\.\//.test(command.words[0]?.text ?? '') ||
    (!isHarmlessProgram(command.name) &&
      /^(rm|dd|mkfs\S*|rsync|scp|ssh|pg_\w+|psql|mysql\w*|mongo\w*|dropdb|createdb|redis-cli|docker|kubectl|helm|terraform|tofu|aws|gcloud|az|ansible\S*|systemctl|service|tar|truncate|shred|parted|fdisk|zfs|lvremove|iptables|crontab|kill|pkill|killall|chown|chmod|git|npm|yarn|pnpm|python3?|node|rails|php|bundle|curl|wget)$/.test(
        command.name,
      ))
  );
}
