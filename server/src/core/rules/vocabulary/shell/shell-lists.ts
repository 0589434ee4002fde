import type { Call, SourceFacts } from '../../../model/facts.ts';
import { plain, splitSource } from '../code/argument-text.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName } from '../code/call-names.ts';

/**
 * The text that `sh -c` gets, as a program is started by a list of arguments: `spawn('bash', ['-o', 'pipefail', '-c', line])`,
 * `new ProcessBuilder(List.of("sh", "-c", line))`, `Command::new("sh").arg("-c").arg(&line)`, where the list or the command may be
 * bound to a name above. Undefined for a call that starts no shell, or hands it no text.
 */
export function shellText(call: Call, facts: SourceFacts | undefined): string | undefined {
  if (facts === undefined) return undefined;
  const words = STARTS.test(call.callee) || METHOD.test(call.callee) ? argumentsOf(call, facts) : linkedWords(call, facts);
  const shell = words.findIndex((word) => SHELL.test(plain(word)));
  const at = shell < 0 ? -1 : words.findIndex((word, place) => place > shell && SWITCH.test(plain(word)));
  const text = at < 0 ? undefined : words[at + 1];
  return text?.replace(/^&/, '').replace(/\.(as_str|as_ref|clone|to_string|to_owned|trim)\(\)$/, '');
}

const STARTS =
  /^(exec\.Command|exec\.CommandContext|exec|Command|ProcessBuilder|spawn|execFile|spawnSync|execFileSync|execa|(subprocess\.)?(run|call|check_call|check_output|Popen)|asyncio\.create_subprocess_exec|create_subprocess_exec|os\.exec[lv]p?e?)$/;
const METHOD = /\.(exec|command|spawn|execFile|spawnSync|execFileSync)$/;
const SHELL = /^(.*\/)?(sh|bash|zsh|dash|ash|ksh|cmd|cmd\.exe|powershell|pwsh)$/;
const SWITCH = /^(-[a-z]*c|\/c|\/C|-Command)$/;

/** The words of all arguments, those of lists among them in their place. */
function argumentsOf(call: Call, facts: SourceFacts): readonly string[] {
  return call.args.flatMap((argument) => {
    const name = /^\*?([A-Za-z_]\w*)(?:\.\.\.)?$/.exec(argument)?.[1];
    const bound =
      name === undefined ? undefined : facts.options.find((option) => option.name === name && option.scope === call.scope)?.value;
    return wordsOf(bound ?? argument) ?? [argument];
  });
}

/** The elements of a list that is written out; undefined for anything else. */
function wordsOf(source: string): readonly string[] | undefined {
  const inner = /^&?(?:\[\]string|new String ?\[\] ?|vec!|List\.of|Arrays\.asList|listOf|arrayOf)?[[({](.*)[\])}]$/s.exec(source)?.[1];
  return inner === undefined ? undefined : splitSource(inner, ',');
}

/** Rust builds a command link by link, in one chain or through a name: `let mut c = Command::new("sh"); c.arg("-c").arg(&line)`. */
function linkedWords(call: Call, facts: SourceFacts): readonly string[] {
  if (facts.language !== 'rust' || !/^args?$/.test(lastName(call.callee))) return [];
  const root = /^[A-Za-z_]\w*/.exec(call.callee)?.[0] ?? '';
  const isNamed = !/\bCommand::new\(/.test(call.callee);
  const start = isNamed ? boundAbove(facts, root, call.range.start.line)?.replaceAll(' ', '') : call.callee;
  // What a name is bound to comes without its `new`.
  const shell = /\bCommand::(?:new)?\((["'][^"']+["'])\)/.exec(start ?? '')?.[1];
  if (shell === undefined) return [];
  const links = facts.calls.filter(
    (other) =>
      other.scope === call.scope &&
      /^args?$/.test(lastName(other.callee)) &&
      (isNamed ? other.callee.startsWith(root) && !other.callee.includes('Command::new(') : call.callee.startsWith(other.callee)),
  );
  const before = links.filter((other) => other !== call && comesBefore(other, call));
  return [shell, ...[...before, call].flatMap((link) => wordsOf(link.args[0] ?? '') ?? link.args)];
}

/** Links of one chain begin at one place, and the inner one ends first. */
function comesBefore(one: Call, other: Call): boolean {
  const [a, b] = [one.range.end, other.range.end];
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}
