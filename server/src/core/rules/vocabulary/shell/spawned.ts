import type { Call, Command, FileFacts, ShellWord } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import { lastName } from '../code/call-names.ts';
import { keepOfText } from '../code/kept.ts';

/** Callees that start another program, in every language: their first strings are its words. */
const STARTS =
  /^(exec|execSync|execFile|execFileSync|spawn|spawnSync|execa|execaSync|execaCommand|execaCommandSync|run|runCommand|runSync|check_call|check_output|call|Popen|popen|system|getoutput|Command|CommandContext|ProcessBuilder|sh|shell|bash|cmd|command|local|sudo|\$|args|arg)$/;

/** Functions that run one program and are named by it: `git('reset', …)`, `run_git(["clean"])`, `this.terraform('destroy')`. */
const NAMED_BY_PROGRAM =
  /^_*(?:run|exec|execute|call|invoke|do|spawn|shell|sh)?_?(git|terraform|tofu|kubectl|helm|pulumi|prisma|alembic|psql|mysql|redis|docker|rails)_?(?:cmd|command|exec|run|cli|sync|async|output|raw)?$/i;

/** True where a call starts another program with the words that it is given. */
export function startsProgram(call: Call): boolean {
  return call.kind !== 'decorator' && isStart(call.callee);
}

const isStart = keepOfText((callee): boolean => STARTS.test(lastName(callee)) || /\bCommand::new\(/.test(callee));

/**
 * The command that a call starts: `execSync('git reset --hard')`, `subprocess.run(["dropdb", "shop"])`,
 * `exec.Command("terraform", "destroy")`. Undefined where no word of it is a plain string. Values that are filled in are words
 * that nobody knows.
 */
export function spawnedCommand(call: Call): Command | undefined {
  const built = builtCommand(call.callee);
  const program = NAMED_BY_PROGRAM.exec(lastName(call.callee))?.[1]?.toLowerCase() ?? built[0];
  if ((program === undefined && !STARTS.test(lastName(call.callee))) || call.kind === 'decorator') return undefined;
  // Options of the call come behind the command, by name or as an object.
  const given = call.args.filter(
    (argument) => !/^\{|^\w+\s*=(?!=)|^(async )?\(|=>|^function\b/.test(argument.trim()) || /^\[/.test(argument.trim()),
  );
  const strings = given.flatMap((argument) => [...argument.matchAll(/(["'`])((?:[^\\]|\\.)*?)\1/g)].map((match) => match[2] ?? ''));
  if (program !== undefined) {
    if (strings.length === 0) return undefined;
    if (!strings[0]?.startsWith(program)) strings.unshift(program, ...built.slice(1));
  }
  const [first = ''] = strings;
  const line = /\s/.test(first.trim()) ? first : strings.join(' ');
  const words = line.split(/\s+/).filter(Boolean);
  const ends = words.findIndex((word) => /^(&&|\|\||\||;)$/.test(word));
  let own = ends < 0 ? words : words.slice(0, ends);
  while (/^(sudo|env|npx|exec|time|nohup|bunx|pnpm|yarn|\w+=\S*)$/.test(own[0] ?? '') && own.length > 1) own = own.slice(1);
  const [name = ''] = own;
  if (!/^[\w./@-]+$/.test(name)) return undefined;
  const shellWords = own.map(
    (word): ShellWord => ({
      source: word,
      text: word.replace(/^["']|["']$/g, ''),
      expansions: [...word.matchAll(/\{(?<!\{[^}]*?\{)([^}]*)\}/g)].map((match) => ({ name: match[1] ?? '', guarded: false })),
      dynamic: false,
    }),
  );
  return {
    name: name.slice(name.lastIndexOf('/') + 1),
    words: shellWords,
    written: own.join(' '),
    range: call.range,
    key: call.key,
    scope: call.scope,
  };
}

/** The first words of Rust's `Command::new("git").arg("clean").arg`, which stand before the last ones. */
function builtCommand(callee: string): readonly string[] {
  const [, program, chain = ''] = /\bCommand::new\(["']([\w./-]+)["']\)((?:\.\w+\([^()]*\))*)\.args?$/.exec(callee) ?? [];
  return program === undefined
    ? []
    : [program, ...[...chain.matchAll(/\.args?\([^()]*?["']([^"'()]+)["']/g)].map((match) => match[1] ?? '')];
}

/** Commands that the calls of a hunk start, save those that the language itself has read as shell. */
export function spawnedCommands({ calls, commands }: Pick<FileFacts, 'calls' | 'commands'>): readonly Command[] {
  const found = calls.flatMap((call) => {
    const read = commands.some((command) => within(command.range, call.range));
    return read ? [] : (spawnedCommand(call) ?? []);
  });
  // A command that is built word by word is told once, with all of its words.
  return found.filter((one) => !found.some((other) => other.written.startsWith(`${one.written} `) && startsWhere(one, other)));
}

function startsWhere({ range: a }: Command, { range: b }: Command): boolean {
  return a.start.line === b.start.line && a.start.character === b.start.character;
}

function within(inner: Range, outer: Range): boolean {
  const after =
    inner.start.line > outer.start.line || (inner.start.line === outer.start.line && inner.start.character >= outer.start.character);
  return after && (inner.end.line < outer.end.line || (inner.end.line === outer.end.line && inner.end.character <= outer.end.character));
}
