import type { Command, ShellWord, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { words as wordsOf } from '../code/call-names.ts';

/** An option of a command: `--namespace=shop`, `--namespace shop`, `-n shop`. */
export interface Flag {
  /** With its dashes: `--namespace`. */
  readonly name: string;
  /** The word behind it, or what follows `=`; undefined for a switch. Whether a word belongs to it is a guess. */
  readonly value: string | undefined;
}

/** Options of a command in order. */
export function flagsOf(command: Command): readonly Flag[] {
  return command.words.slice(1).flatMap((word, at, all): readonly Flag[] => {
    if (!isFlag(word)) return [];
    const equals = word.text.indexOf('=');
    if (equals > 0) return [{ name: word.text.slice(0, equals), value: word.text.slice(equals + 1) }];
    const next = all[at + 1];
    return [{ name: word.text, value: next === undefined || isFlag(next) ? undefined : next.text }];
  });
}

/** Words that are no options: verbs, targets, and values of options, which cannot be told from them. */
export function plainWords(command: Command): readonly string[] {
  return command.words.slice(1).flatMap((word) => (isFlag(word) ? [] : [word.text]));
}

function isFlag(word: ShellWord): boolean {
  return /^--?[A-Za-z]/.test(word.text);
}

/** The command without the programs around it, as a person would name it. */
export function sourceOf(command: Command): string {
  return command.words.map((word) => word.source).join(' ');
}

/** Names that `NAME=value` before the command sets for it. */
export function ownVariables(command: Command): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const word of command.written.split(' ')) {
    const match = /^([A-Za-z_]\w*)=(.*)$/s.exec(word);
    if (match !== null) found.set(match[1] ?? '', match[2] ?? '');
    else if (!/^(env|sudo|-\S+|cross-env|exec|nohup|time)$/.test(word)) break;
  }
  return found;
}

const READS =
  /^(get|list|ls|describe|logs?|plan|diff|status|show|view|version|template|lint|validate|whoami|current-context|config|history|output|preview|explain|top|wait|tail|cat|check|test|info|help|login|fmt|init|cluster-info|search|inspect|ps|images|events|api-resources|auth)$/;
const CHANGES =
  /\b(apply|create|delete|destroy|remove|rm|rb|put|set|unset|update|upgrade|install|uninstall|rollback|rollout|restart|scale|patch|replace|drain|cordon|taint|annotate|label|deploy|deployment|promote|publish|push|sync|migrate|migration|migrations|rotate|revoke|grant|attach|detach|terminate|stop|reboot|shutdown|reset|restore|import|drop|truncate|flush|flushall|flushdb|purge|prune|seed|exec|invoke|kill|evict|decommission|failover|switch|cutover|release|ship|disable|enable|modify|register|deregister|reboot|resize|rebalance|repair|reindex|backfill|provision|invalidate|notify|send|charge|bill|archive|sweep|rebuild|compact|retire|suspend|close|convert|transfer|swap|broadcast|announce|freeze|maintenance|fix|teardown|wipe|clean|cleanup|cancel|ban|block|expire|reload|refresh|bootstrap|converge|playbook|cp|mv|up|down)\b/;

/**
 * True where a command changes something outside the machine it runs on, by the verbs among its first words. `kubectl get`,
 * `terraform plan` and dry runs do not.
 */
export function isMutating(command: Command): boolean {
  if (isHarmlessProgram(command.name) || isDryRun(command) || asksHosts(command)) return false;
  if (/^(psql|mysql|mariadb|mongosh|mongo|redis-cli|ansible|ansible-playbook|salt|pssh|clush|fab|capistrano|cap)$/.test(command.name))
    return true;
  const plain = plainWords(command);
  if (
    /^(kubectl|oc|helm|terraform|tofu|pulumi|argocd|flux|docker|vault|consul|nomad|fly|flyctl|heroku)$/.test(command.name) &&
    READS.test(firstVerb(plain))
  )
    return false;
  if (command.name === 'aws' && plain.some((word) => /^(describe|list|get|head|ls|wait|tail|batch-get|lookup)(-|$)/.test(word)))
    return false;
  if (command.name === 'gcloud' && plain.some((word) => /^(list|describe|get-credentials|get-value)$/.test(word))) return false;
  return CHANGES.test(wordsOf([command.name, ...plain.slice(0, 4)].join(' ')));
}

/** Modules of Ansible and functions of Salt that only ask the hosts something: `ansible all -m ping`, `salt '*' test.ping`. */
function asksHosts(command: Command): boolean {
  if (command.name === 'ansible')
    return flagsOf(command).some(
      ({ name, value }) =>
        /^(-m|--module-name)$/.test(name) &&
        /^(ansible\.(builtin|windows)\.)?(ping|win_ping|setup|stat|debug|\w+_facts|\w+_info)$/.test(value ?? ''),
    );
  return (
    command.name === 'salt' &&
    plainWords(command).some((word) => /^(test\.\w+|grains\.(items?|get|ls)|pillar\.(items?|get)|status\.\w+)$/.test(word))
  );
}

/** kubectl and its like take options before their verb; their values are no verbs. */
function firstVerb(plain: readonly string[]): string {
  return plain.find((word) => READS.test(word) || CHANGES.test(wordsOf(word))) ?? '';
}

/** Programs whose options ask for nothing dangerous: package managers of the system, printing, reading, building. */
export function isHarmlessProgram(name: string): boolean {
  return /^(echo|printf|cat|grep|egrep|sed|awk|cut|head|tail|sort|ls|cd|test|\[|\[\[|read|true|false|export|local|declare|source|\.|set|mkdir|touch|tee|jq|yq|wc|date|sleep|which|type|command|apt|apt-get|apk|yum|dnf|zypper|brew|choco|pacman|snap|pip3?|curl|wget|tsc|eslint|prettier|biome|jest|vitest|mocha|pytest|tox|nox|ruff|black|mypy|cargo|go|gcc|cmake|ctest|gpg|ssh-keygen|ln|unzip|zip|gzip|gunzip|bzip2|man|usage)$/.test(
    name,
  );
}

const DRY =
  /^--?(dry-?run|dryrun|what-?if|no-?op|noop|simulate|preview|check|plan|client-only|diff-only|pretend|just-print|no-execute-changeset)$/i;

/** True where a switch keeps the command from doing what it says: `--dry-run`, `--dry-run=server`, `--check`. */
export function isDryRun(command: Command): boolean {
  return dryFlag(command) !== undefined;
}

/** The switch that makes a dry run; undefined where there is none, and for `--dry-run=none` and `--dry-run=false`. */
export function dryFlag(command: Command): Flag | undefined {
  const short = command.name === 'rsync' || command.name === 'make' || command.name === 'rclone' ? '-n' : '';
  return flagsOf(command).find(
    (flag) =>
      (DRY.test(flag.name) && !/^(none|false|0|no)$/i.test(flag.value ?? '')) ||
      (short !== '' &&
        (flag.name === short || (command.name === 'rsync' && /^-[a-mo-zA-Z]*n[a-zA-Z]*$/.test(flag.name) && !flag.name.startsWith('--')))),
  );
}

/**
 * Commands that stood under `if false` and can run now, although their own lines are as they were; `place` is the condition
 * that was taken from before them.
 */
export function revivedCommands({ removed, before, after }: RuleInput): readonly { readonly command: Command; readonly place: Command }[] {
  const place = removed.commands.find((command) => command.name === 'false' && command.rescues === undefined);
  if (place === undefined || after === undefined) return [];
  const known = new Set(before?.commands.map((command) => command.key));
  return after.commands.flatMap((command) => (known.has(command.key) ? [] : [{ command, place }]));
}

export interface CommandChange {
  readonly before: Command;
  readonly after: Command;
}

/**
 * Commands of this hunk that stand in for one the file no longer has: same program, and the most words in common. A command
 * that only moved is no change.
 */
export function changedCommands(input: RuleInput): readonly CommandChange[] {
  const known = changes.get(input);
  if (known !== undefined) return known;
  const found = pairCommands(input.added.commands, input);
  changes.set(input, found);
  return found;
}

/** The same of any commands of the after side. */
export function pairCommands(commands: readonly Command[], input: Pick<RuleInput, 'before' | 'after'>): readonly CommandChange[] {
  const left = [...lostCommands(input.before, input.after)];
  return commands.flatMap((after): readonly CommandChange[] => {
    let best = -1;
    let most = 0;
    for (const [at, before] of left.entries()) {
      const likeness = before.name === after.name && before.name !== '' ? likenessOf(before, after) : 0;
      if (likeness > most) [best, most] = [at, likeness];
    }
    const [before] = best < 0 ? [] : left.splice(best, 1);
    return before === undefined ? [] : [{ before, after }];
  });
}

const changes = new WeakMap<RuleInput, readonly CommandChange[]>();

/** Commands of one side that the other no longer has, one for one. */
function lostCommands(before: SourceFacts | undefined, after: SourceFacts | undefined): readonly Command[] {
  const left = new Map<string, number>();
  for (const command of after?.commands ?? []) left.set(command.key, (left.get(command.key) ?? 0) + 1);
  return (before?.commands ?? []).filter((command) => {
    const count = left.get(command.key) ?? 0;
    if (count > 0) left.set(command.key, count - 1);
    return count === 0;
  });
}

/** Share of words in common, of the shorter command. Below a half they are two commands of one program. */
function likenessOf(one: Command, other: Command): number {
  const [a, b] = [plainWords(one), plainWords(other)];
  if (a.length === 0 && b.length === 0) return 1;
  // The same options in the same order, or the same number of words for a script of the project's own: one value is another.
  const flags = (command: Command): string =>
    flagsOf(command)
      .map(({ name }) => name)
      .join(' ');
  const isSameShape = flags(one) === flags(other) && a.length === b.length && (flags(one) !== '' || /\//.test(one.words[0]?.text ?? ''));
  const shared = a.filter((word) => b.includes(word)).length;
  // A variable by another name, and a parameter that got one, stand for the same.
  const unnamed = (words: readonly string[]): readonly string[] => words.map((word) => word.replace(/\$(?:\w+|\{\w+\})/g, '$'));
  const others = unnamed(b);
  const alike = unnamed(a).filter((word) => others.includes(word)).length;
  const likeness = (alike + 0.5) / (Math.min(a.length, b.length) + 0.5);
  return likeness >= 0.5 ? likeness + shared / 100 : isSameShape ? 0.4 : 0;
}

/** What ends a script, a step or a target by its name. */
export const ENDS = /^(exit|return|die|fail|fatal|abort|bail|usage|false|stop|quit|refuse|panic|error_?exit|err_?exit)$/;
