import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, literal, shorten } from '../vocabulary/code/call-names.ts';
import { cameAlong } from '../vocabulary/code/counterpart.ts';

/**
 * ## What it sees
 * A command line with a value written into it that is handed to a shell: `exec` of a template, `shell=True` or `os.system` with
 * an f-string, `sh -c` with a text that is put together.
 *
 * ## Why it matters
 * A semicolon in the value is another command, with the rights of the service.
 *
 * ## When it is fine
 * A literal command, a value that is quoted for the shell, and a list of arguments without a shell. These are not flagged.
 *
 * ## What it misses
 * A command that is put together in another function.
 */
export default defineRule({
  id: 'runtime/shell-injection',
  version: '1.1.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A value is written into a shell command',
  reads: ['calls'],
  evidence: [{ title: 'eslint-plugin-security: detect-child-process', url: 'https://github.com/eslint-community/eslint-plugin-security' }],
  *check(input): Iterable<FindingDraft> {
    for (const call of input.added.calls) {
      const value = filledIn(input, 'after', call);
      if (value === undefined || cameAlong(input, call)) continue;
      // What was written into the same command before is no news.
      if (input.removed.calls.some((other) => other.callee === call.callee && filledIn(input, 'before', other) !== undefined)) continue;
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(value, 30)}\` is written into a command of \`${shorten(call.callee, 22)}\``),
      };
    }
  },
});

/** The value that is written into the text which a shell gets. */
function filledIn(input: RuleInput, side: 'before' | 'after', call: Call): string | undefined {
  const text = commandOf(input, call);
  if (text === undefined) return undefined;
  const built = holeIn(text) ?? (/^[A-Za-z_]\w*$/.test(text) ? builtBefore(input, side, call, text) : undefined);
  return built === undefined || isHarmless(built) ? undefined : built;
}

/** The text that a shell parses, or undefined where no shell is asked. */
function commandOf(input: RuleInput, call: Call): string | undefined {
  const [first = '', ...rest] = call.args;
  const name = lastName(call.callee);
  if (/\.pyi?$/.test(input.path)) {
    if (
      /^(os\.(system|popen)|commands\.getoutput|subprocess\.(getoutput|getstatusoutput)|asyncio\.create_subprocess_shell|pexpect\.run)$/.test(
        call.callee,
      )
    )
      return first;
    const isRun =
      /^(subprocess\.)?(run|call|check_call|check_output|Popen)$/.test(call.callee) ||
      /^(c|conn|connection|ctx|client)\.(run|sudo|exec_command|local)$/.test(call.callee);
    return isRun && (rest.some((argument) => /^shell\s*=\s*True$/.test(argument)) || name === 'exec_command') ? first : undefined;
  }
  if (
    /^(exec\.Command|exec\.CommandContext|exec|Command|ProcessBuilder|spawn|execFile|spawnSync|execFileSync|execa)$/.test(call.callee) ||
    /\.(exec|command|spawn|execFile|spawnSync)$/.test(call.callee)
  ) {
    const at = call.args.findIndex((argument) => /^['"`](-c|-lc|-ec|\/c|\/C)['"`]$/.test(argument));
    const shell = at > 0 ? literal(call.args[at - 1]) : undefined;
    if (shell !== undefined && /(^|\/)(sh|bash|zsh|cmd|cmd\.exe|powershell)$/.test(shell)) return call.args[at + 1];
    const list = call.args.find((argument) => /['"`](-c|-lc|\/c)['"`],/.test(argument) && !argument.startsWith('exec'));
    if (list !== undefined && /(^|['"`/])(sh|bash|zsh|cmd)['"`]/.test(call.args.join(' ')))
      return /['"`](?:-c|-lc|\/c)['"`],(.*)/s
        .exec(list)?.[1]
        ?.replace(/[\]})]$/, '')
        .trim();
  }
  if (/\.(java|kt)$/.test(input.path))
    return /getRuntime\(\)\.exec$|^(rt|runtime)\.exec$/.test(call.callee) && !/^new String|^\{|^\w*(args|cmdarray)/i.test(first)
      ? first
      : undefined;
  if (/\.rs$/.test(input.path))
    return /^arg$/.test(name) && /\bCommand::new\('?"?(sh|bash)/.test(call.callee) && /-c/.test(call.callee) ? first : undefined;
  if (!/\.[cm]?[jt]sx?$/.test(input.path)) return undefined;
  const isShell =
    /^(exec|execSync|execAsync|execPromise|execP|pExec|\$|sh|shelljs\.exec|execaCommand|execaCommandSync|promisify\(exec\))$/.test(
      call.callee,
    ) ||
    /^(child_process|cp|childProcess|shell|shelljs|proc)\.(exec|execSync)$/.test(call.callee) ||
    (/^(spawn|spawnSync|execFile|execFileSync|execa)$/.test(name) && rest.some((argument) => /\bshell: (true|['"])/.test(argument)));
  return isShell ? first : undefined;
}

/** What stands in a template, an f-string, a format or between two pluses. */
function holeIn(text: string): string | undefined {
  if (/^(f|fr|rf|F)['"]/i.test(text)) return /\{([^{}:!]+)(?:![rsa])?(?::[^{}]*)?\}/.exec(text.replaceAll('{{', ''))?.[1]?.trim();
  if (text.startsWith('`')) return /\$\{([^}]*)\}/.exec(text)?.[1]?.trim();
  return (
    /['"`]\s*\+\s*([\w$.[\]()]+)/.exec(text)?.[1] ??
    /^([\w$.[\]()]+)\s*\+\s*['"`]/.exec(text)?.[1] ??
    /['"]\s*%[\s(]*([\w.[\]]+)/.exec(text)?.[1] ??
    /\.format\(([^)]+)\)/.exec(text)?.[1] ??
    /^(?:fmt\.Sprintf|String\.format|format!)\(\s*['"][^'"]*['"]\s*,\s*([^,)]+)/.exec(text)?.[1]
  );
}

/** The same for a command that a variable of the function holds. */
function builtBefore(input: RuleInput, side: 'before' | 'after', call: Call, name: string): string | undefined {
  const option = input[side]?.options.find((other) => other.name === name && other.scope === call.scope && other.callee === '');
  if (option !== undefined) return holeIn(option.value);
  const tokens = input[side]?.tokens ?? [];
  const at = tokens.findIndex(
    (token, index) =>
      token.text === name &&
      tokens[index + 1]?.text === '=' &&
      tokens[index + 2]?.text.startsWith('`') === true &&
      tokens[index + 2]?.text.endsWith('${') === true,
  );
  return at < 0 ? undefined : tokens[at + 3]?.text;
}

function isHarmless(value: string): boolean {
  return /^[A-Z][A-Z0-9_]*$|^__(dirname|file__)$|^\d+$|\b(quote|escape|shellescape|shellQuote|shlex|shq|sys\.executable|process\.(pid|execPath)|os\.getpid)\b|^(quote|escape|shellescape|shellQuote)\w*\(/.test(
    value,
  );
}
