import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { lastName, shorten } from '../call-names.ts';
import { cameAlong } from '../counterpart.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';

/**
 * ## What it sees
 * A command line with a value written into it that is handed to a shell.
 *
 * ## Why it matters
 * A semicolon in the value is another command, with the rights of the service.
 *
 * ## When it is fine
 * A literal command, and `execFile` or `spawn` with a list of arguments and no shell. These are not flagged.
 *
 * ## What it misses
 * A command that is put together elsewhere.
 */
export default defineRule({
  id: 'runtime/shell-injection',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A value is written into a shell command',
  reads: ['calls'],
  evidence: [{ title: 'eslint-plugin-security: detect-child-process', url: 'https://github.com/eslint-community/eslint-plugin-security' }],
  *check(input): Iterable<FindingDraft> {
    for (const call of input.added.calls) {
      const value = filledIn(call);
      if (
        value === undefined ||
        cameAlong(input, call) ||
        input.removed.calls.some((other) => other.callee === call.callee && filledIn(other) !== undefined)
      )
        continue;
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(value, 30)}\` is written into a command of \`${shorten(call.callee, 22)}\``),
      };
    }
  },
});

function filledIn(call: Call): string | undefined {
  const [text = '', ...rest] = call.args;
  const isShell =
    /^(exec|execSync|execAsync|execPromise|\$|shelljs\.exec|execaCommand|execaCommandSync)$/.test(call.callee) ||
    /^(child_process|cp|childProcess|shell|shelljs)\.(exec|execSync)$/.test(call.callee) ||
    (/^(spawn|spawnSync|execFile|execa)$/.test(lastName(call.callee)) && rest.some((argument) => /\bshell: (true|['"])/.test(argument)));
  if (!isShell) return undefined;
  const hole = text.startsWith('`') ? /\$\{\s*([^}]*?)\s*\}/.exec(text)?.[1] : /['"`]\s*\+\s*([\w$.[\]()]+)/.exec(text)?.[1];
  return hole === undefined || /^[A-Z][A-Z0-9_]*$|^__dirname$|^(quote|escape|shellescape|shellQuote)\w*\(/.test(hole) ? undefined : hole;
}
