import type { Call, Command, Guard, ShellWord } from '../../../model/facts.ts';
import { splitSource } from '../code/argument-text.ts';
import { words } from '../code/call-names.ts';
import { startsProgram } from './spawned.ts';

/**
 * Commands whose words a call puts together: `os.system(f"rm -rf {root}/*")`, `exec.Command("sh", "-c", fmt.Sprintf(…))`,
 * Rust's `Command::new("sh").arg("-c").arg(format!(…))`. A value that is filled in reads as a variable of a shell, one that a
 * condition of the same function asks about as a variable that is not empty (`${root:?}`), and a folder for the moment as
 * `$TMPDIR/x`.
 */
export function computedCommands(calls: readonly Call[], guards: readonly Guard[]): readonly Command[] {
  return calls.flatMap((call) => {
    const line = startsProgram(call) ? lineOf(call, testedIn(call, guards)) : undefined;
    return line?.includes('$') ? line.split(/(?:(?<!\s)\s+)?(?:&&|\|\||[;|\n])\s*/).flatMap((part) => commandOf(call, part)) : [];
  });
}

function testedIn({ scope, range }: Call, guards: readonly Guard[]): ReadonlySet<string> {
  const above = guards.filter((guard) => guard.scope === scope && guard.range.start.line <= range.start.line);
  return new Set(above.flatMap((guard) => guard.reads));
}

/** The command line: what a shell is given behind its `-c`, or all words in order. */
function lineOf({ callee, args }: Call, tested: ReadonlySet<string>): string | undefined {
  const given = args.flatMap(elementsOf).filter((argument) => !/^\w+\s*=(?!=)|^\{/.test(argument));
  const texts = given.map((argument) => textOf(argument, tested));
  const at = texts.findIndex((text) => text !== undefined && SHELL_SWITCH.test(text));
  if (at >= 0) return texts[at + 1];
  const built = /\bCommand::new\((?:String::from\()?["']([\w./-]+)["']\)?\)(.*)\.args?$/s.exec(callee);
  if (built !== null) {
    const isShell = SHELL.test(built[1] ?? '') && /["'](-[a-z]*c|\/[cC])["']/.test(built[2] ?? '');
    const before = [...(built[2] ?? '').matchAll(/["']([^"']+)["']/g)].map((match) => match[1] ?? '');
    const own = texts.map((text) => text ?? '${x}');
    return (isShell ? own : [built[1], ...before, ...own]).join(' ');
  }
  return texts[0] === undefined ? undefined : texts.map((text, index) => text ?? variable(given[index] ?? '', tested)).join(' ');
}

const SHELL_SWITCH = /^(-[a-z]*c|\/[cC])$/;
const SHELL = /(^|\/)(sh|bash|zsh|ash|dash|cmd|cmd\.exe)$/;

/** `["sh", "-c", line]`, `new String[] { … }`, `List.of(…)`, `[]string{…}`, `&[…]`: its elements; anything else is itself. */
function elementsOf(argument: string): readonly string[] {
  const inner =
    /^&?(?:vec!|new String\s*\[\]|\[\]string|(?:java\.util\.)?(?:List\.of|Arrays\.asList))?\s*[[({]([\s\S]*)[\])}]\.{0,3}$/.exec(
      argument.trim(),
    )?.[1];
  return inner === undefined ? [argument] : splitSource(inner, ',');
}

/** The text of a string, of one with values in it, and of pieces that are put together; undefined where none of it is text. */
function textOf(source: string, tested: ReadonlySet<string>): string | undefined {
  const text = source
    .trim()
    .replace(/^&+/, '')
    .replace(/\.(to_string|to_owned|into|as_str|as_ref|strip|trim)\(\)$/, '');
  const format = /^(?:fmt\.Sprintf|String\.format|format!)\(([\s\S]*)\)$/.exec(text)?.[1];
  if (format !== undefined) {
    const [pattern = '', ...values] = splitSource(format, ',');
    return filled(contentOf(pattern), values, tested);
  }
  // `"rm -rf %s" % root`, `"rm -rf {}".format(root)`.
  const filling = /["'](?: ?% ?|\.format\(|\.formatted\()/.exec(text);
  const pattern = filling === null ? undefined : contentOf(text.slice(0, filling.index + 1));
  if (filling !== null && pattern !== undefined) {
    const values = text.slice(filling.index + filling[0].length).replace(/^\(/, '');
    return filled(pattern, splitSource(values.endsWith(')') ? values.slice(0, -1) : values, ','), tested);
  }
  if (contentOf(text) !== undefined) return /^(?:f|rf|fr)["'`]/i.test(text) ? filled(contentOf(text), [], tested) : contentOf(text);
  const pieces = splitSource(text, '+');
  if (pieces.length < 2 || !pieces.some((piece) => contentOf(piece) !== undefined)) return undefined;
  return pieces.map((piece) => textOf(piece, tested) ?? variable(piece, tested)).join('');
}

/** What stands between the quotes of one string. */
function contentOf(source: string): string | undefined {
  return /^[A-Za-z]{0,2}(["'`])((?:(?!\1)[^\\]|\\.)*)\1$/s.exec(source.trim())?.[2];
}

/** Places of a format, `%s`, `{}` and `{root}`, as variables. */
function filled(pattern: string | undefined, values: readonly string[], tested: ReadonlySet<string>): string | undefined {
  let index = -1;
  return pattern?.replace(/%(?:\d+\$)?[-+#0]?[sdvq]|(?<!\$)\{([^{}:!]*)(?:[:!][^{}]*)?\}/g, (_, name?: string) => {
    if (name !== undefined && /[A-Za-z_]/.test(name)) {
      const named = values.find((value) => value.startsWith(`${name} =`) || value.startsWith(`${name}=`));
      return variable(named?.replace(/^\w+\s*=\s*/, '') ?? name, tested);
    }
    index += 1;
    return variable(values[name !== undefined && /^\d+$/.test(name) ? Number(name) : index] ?? 'x', tested);
  });
}

function variable(expression: string, tested: ReadonlySet<string>): string {
  const name =
    /env\w*(?:\.get|::var)?[([]\s*["'](\w+)["']/i.exec(expression)?.[1] ??
    (/^[^(]*/.exec(expression.replace(/^(?:\w+\.)*(?:quote|escape|join)\(/, ''))?.[0] ?? '')
      .replace(/\W+/g, '_')
      .replace(/^[_\d]+|(?<!_)_+$/g, '');
  if (/\b(tmp|temp|tmpdir|tempdir|temporary|mkdtemp|scratch)\b/.test(words(expression))) return '${TMPDIR}/x';
  const isTested = [...tested].some((read) => expression.split(/\W+/).includes(read));
  return isTested ? `\${${name || 'x'}:?}` : `\${${name || 'x'}}`;
}

function commandOf(call: Call, line: string): readonly Command[] {
  const parts = line
    .replace(/["']/g, '')
    .split(/\s+/)
    .filter((word) => word !== '' && word !== 'sudo');
  const [name = ''] = parts;
  if (!/^[\w./-]+$/.test(name)) return [];
  const shellWords = parts.map(
    (text): ShellWord => ({
      source: text,
      text,
      expansions: [...text.matchAll(/\$\{(\w+)(:\?)?\}/g)].map((match) => ({ name: match[1] ?? '', guarded: match[2] !== undefined })),
      dynamic: false,
    }),
  );
  const { range, key, scope } = call;
  return [{ name: name.slice(name.lastIndexOf('/') + 1), words: shellWords, written: parts.join(' '), range, key, scope }];
}
