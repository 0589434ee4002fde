import type { Call, Command, FileFacts, ShellWord } from '../model/facts.ts';
import type { Range } from '../model/range.ts';
import { lastName } from './call-names.ts';

/** Callees that start another program, in every language: their first strings are its words. */
const STARTS =
  /^(exec|execSync|execFile|execFileSync|spawn|spawnSync|execa|execaSync|execaCommand|execaCommandSync|run|runCommand|runSync|check_call|check_output|call|Popen|popen|system|getoutput|Command|CommandContext|ProcessBuilder|sh|shell|bash|cmd|command|local|sudo|\$|args|arg)$/;

/**
 * The command that a call starts: `execSync('git reset --hard')`, `subprocess.run(["dropdb", "shop"])`,
 * `exec.Command("terraform", "destroy")`. Undefined where no word of it is a plain string. Values that are filled in are words
 * that nobody knows.
 */
export function spawnedCommand(call: Call): Command | undefined {
  if (!STARTS.test(lastName(call.callee)) || call.kind === 'decorator') return undefined;
  // Options of the call come behind the command, by name or as an object.
  const given = call.args.filter(
    (argument) => !/^\{|^\w+\s*=(?!=)|^(async )?\(|=>|^function\b/.test(argument.trim()) || /^\[/.test(argument.trim()),
  );
  const strings = given.flatMap((argument) => [...argument.matchAll(/(["'`])((?:[^\\]|\\.)*?)\1/g)].map((match) => match[2] ?? ''));
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
      expansions: [...word.matchAll(/\$?\{([^}]*)\}/g)].map((match) => ({ name: match[1] ?? '', guarded: false })),
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

/** Commands that the calls of a hunk start, save those that the language itself has read as shell. */
export function spawnedCommands({ calls, commands }: Pick<FileFacts, 'calls' | 'commands'>): readonly Command[] {
  return calls.flatMap((call) => {
    const read = commands.some((command) => within(command.range, call.range));
    return read ? [] : (spawnedCommand(call) ?? []);
  });
}

function within(inner: Range, outer: Range): boolean {
  const after =
    inner.start.line > outer.start.line || (inner.start.line === outer.start.line && inner.start.character >= outer.start.character);
  return after && (inner.end.line < outer.end.line || (inner.end.line === outer.end.line && inner.end.character <= outer.end.character));
}
