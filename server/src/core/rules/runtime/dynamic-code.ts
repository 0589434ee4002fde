import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { lastName, literal, shorten } from '../call-names.ts';
import { cameAlong } from '../counterpart.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';

/**
 * ## What it sees
 * Text that is run as code: `eval`, `new Function`, `vm.runInContext`, a string handed to a timer.
 *
 * ## Why it matters
 * Whoever can write the text runs as the service. A rule, a template or a formula from a form is such a text.
 *
 * ## When it is fine
 * A constant text; it is flagged one step lower, because the next edit may fill something in.
 *
 * ## What it misses
 * Template engines that compile what they are given, and `import()` of a computed name.
 */
export default defineRule({
  id: 'runtime/dynamic-code',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Text is run as code',
  reads: ['calls'],
  evidence: [
    { title: 'Log4Shell, CVE-2021-44228', url: 'https://nvd.nist.gov/vuln/detail/CVE-2021-44228' },
    { title: 'eslint-plugin-security: detect-eval-with-expression', url: 'https://github.com/eslint-community/eslint-plugin-security' },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const call of input.added.calls) {
      const code = codeOf(call);
      if (code === undefined || cameAlong(input, call)) continue;
      const isConstant = literal(code) !== undefined;
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 22)}\` runs \`${shorten(code, 34)}\` as code`),
        ...(isConstant ? { severity: 'medium' as const } : {}),
      };
    }
  },
});

function codeOf(call: Call): string | undefined {
  const [first] = call.args;
  if (first === undefined || call.kind === 'decorator') return undefined;
  if (/^((window|globalThis|global|self)\.)?eval$|^exec$/.test(call.callee)) return call.callee === 'exec' ? undefined : first;
  if (/^((window|globalThis|global)\.)?(Async|Generator)?Function$/.test(call.callee)) return call.args.at(-1);
  if (/^(runInContext|runInNewContext|runInThisContext|compileFunction)$/.test(lastName(call.callee)) || call.callee === 'vm.Script')
    return first;
  if (/^((window|globalThis)\.)?(setTimeout|setInterval)$/.test(call.callee) && /^['"`]/.test(first)) return first;
  return undefined;
}
