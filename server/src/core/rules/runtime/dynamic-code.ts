import type { Call, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { REQUEST } from '../vocabulary/access/identity-sources.ts';
import { lastName, literal, receiver, shorten, words } from '../vocabulary/code/call-names.ts';
import { FROM_FILE, isTemplate, severityOfTemplate } from '../vocabulary/code/compiled-templates.ts';
import { keepOf } from '../vocabulary/code/kept.ts';
import { cameAlong } from '../vocabulary/code/scope-changes.ts';
import { tokenTexts } from '../vocabulary/code/token-lines.ts';

/**
 * ## What it sees
 * Text that is run as code: `eval` and `exec`, `new Function`, `vm.runInContext`, a string handed to a timer, a script engine,
 * an expression language, a name looked up over JNDI, a module by the name that a request gives, and a template that is compiled from what somebody filled in. And the
 * bounds of such an engine that are gone: a sandbox, a context that could only read.
 *
 * ## Why it matters
 * Whoever can write the text runs as the service. A rule, a template or a formula from a form is such a text.
 *
 * ## When it is fine
 * A constant text; it is flagged one step lower, because the next edit may fill something in. A template read from a file of the
 * program is not flagged, nor is a class `Function` that the file imports or declares, or an engine of anything but scripts.
 *
 * ## What it misses
 * `import()` of a computed name that is bound elsewhere, and an engine behind a name of its own.
 */
export default defineRule({
  id: 'runtime/dynamic-code',
  version: '1.1.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Text is run as code',
  reads: ['calls'],
  evidence: [
    { title: 'Log4Shell, CVE-2021-44228', url: 'https://nvd.nist.gov/vuln/detail/CVE-2021-44228' },
    { title: 'eslint-plugin-security: detect-eval-with-expression', url: 'https://github.com/eslint-community/eslint-plugin-security' },
  ],
  *check(input): Iterable<FindingDraft> {
    const opened = openedSandbox(input);
    if (opened !== undefined) yield opened;
    for (const call of input.added.calls) {
      const code = codeOf(input, call) ?? loaded(call);
      if (code === undefined || cameAlong(input, call) || call.range === opened?.range) continue;
      const isConstant = isConstantText(code);
      if (isTemplate(call) && (isConstant || FROM_FILE.test(code))) continue;
      if (isConstant && isLookup(input, call)) continue;
      const severity = isConstant ? 'medium' : isTemplate(call) ? severityOfTemplate(input, call, code) : undefined;
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 22)}\` runs \`${shorten(code.replaceAll('`', "'"), 34)}\` as code`),
        ...(severity === undefined ? {} : { severity }),
      };
    }
  },
});

function codeOf(input: RuleInput, call: Call): string | undefined {
  const [first] = call.args;
  if (first === undefined || call.kind === 'decorator') return undefined;
  if (/^((window|globalThis|global|self|builtins)\.)?eval$/.test(call.callee)) return first;
  const name = lastName(call.callee);
  if (/\.pyi?$/.test(input.path)) {
    // `string.Template` fills in and runs nothing.
    if (call.callee === 'Template' && input.after !== undefined && tokenTexts(input.after).has('jinja2')) return first;
    if (/^(builtins\.)?(exec|execfile)$/.test(call.callee)) return first;
    if (call.callee === 'compile' && call.args.length >= 3) return first;
    if (/^(code\.InteractiveInterpreter\(\)\.runsource|pd\.eval|numexpr\.evaluate|asteval\.Interpreter|runpy\.run_path)$/.test(call.callee))
      return first;
  }
  if (/\.(java|kt|groovy|scala)$/.test(input.path)) {
    if (isLookup(input, call)) return first;
    if (
      /^(eval|evaluate|execute|compile|run|parse|executeScript)$/.test(name) &&
      /\b(engine|script|scripts|groovy|shell|jexl|mvel|nashorn|rhino|graal|bsh|interpreter|ognl|janino|jython)\b/.test(
        words(receiver(call.callee)),
      ) &&
      (/^(eval|executeScript)$/.test(name) || runsScripts(input, call))
    )
      return first;
    if (/^(parseExpression|parseRaw|createValueExpression)$/.test(name)) return first;
    // FreeMarker and Velocity take the text behind a name, a reader or a context.
    if (/^(freemarker\.template\.)?Template$/.test(call.callee)) return /^new StringReader\((.*)\)$/s.exec(call.args[1] ?? '')?.[1];
    if (/^(Velocity|velocityEngine|velocity)\.evaluate$/.test(call.callee)) return call.args[3];
    if (name === 'compileInline') return first;
    if (/^(MVEL|Ognl)\.(eval|getValue|parseExpression|executeExpression|compileExpression)$/.test(call.callee)) return first;
  }
  if (/^((window|globalThis|global)\.)?(Async|Generator)?Function$/.test(call.callee))
    return isOwnFunction(input, call) ? undefined : call.args.at(-1);
  if (/^(runInContext|runInNewContext|runInThisContext|compileFunction)$/.test(name) || call.callee === 'vm.Script') return first;
  if (/\.go$/.test(input.path)) {
    if (/^(RunString|RunScript|DoString|EvalString|NewEvaluableExpression)$/.test(name) || call.callee === 'expr.Eval') return first;
    if (
      /^(Run|Eval|Call)$/.test(name) &&
      /\b(vm|otto|goja|js|lua|interp|interpreter|yaegi)\b/.test(words(receiver(call.callee))) &&
      runsScripts(input, call)
    )
      return first;
  }
  if (
    /^(eval|eval_with_scope|eval_expression|run|exec)$/.test(name) &&
    /\b(engine|lua|rhai|script|py|python)\b/.test(words(receiver(call.callee))) &&
    /\.rs$/.test(input.path) &&
    (/^eval/.test(name) || runsScripts(input, call))
  )
    return first;
  if (/^((window|globalThis)\.)?(setTimeout|setInterval)$/.test(call.callee) && /^['"`]/.test(first)) return first;
  return isTemplate(call) && call.callee !== 'Template' ? first : undefined;
}

/** A module whose name whoever asks gives: `importlib.import_module(request.args['plugin'])`. */
function loaded({ callee, args: [first = ''] }: Call): string | undefined {
  return /^(?:importlib\.import_module|import_module|__import__|import|require|plugin\.Open|Class\.forName|runpy\.run_module)$/.test(
    callee,
  ) && REQUEST.test(first.replaceAll(' ', ''))
    ? first
    : undefined;
}

/** An `engine.run(…)` whose receiver, or whose file, names an engine of scripts: any other runs jobs, rules or a game. */
function runsScripts({ after }: RuleInput, { callee }: Call): boolean {
  return SCRIPTS.test(words(receiver(callee))) || (after !== undefined && speaksOfScripts(after));
}

const speaksOfScripts = keepOf(({ tokens }: SourceFacts): boolean => tokens.some(({ text }) => SCRIPTS.test(words(text))));

const SCRIPTS =
  /\b(script engine\w*|script manager|script runner|javax script|groovy\w*|polyglot|graal\w*|nashorn|rhino|jexl|mvel|ognl|bsh|janino|jython|python interpreter|otto|goja|gopher lua|lua|yaegi|starlark|v8go|tengo|rhai|mlua|rlua|pyo3|python|boa|deno core|rquickjs|js)\b/;

/** A class of that name which the file imports or declares, or which is handed an object: `new Function(this, 'Mailer', { … })` of a CDK stack. */
function isOwnFunction({ after }: RuleInput, { callee, args }: Call): boolean {
  if (args.some((argument) => /^(?:this$|\{)/.test(argument))) return true;
  return (
    after?.tokens.some(({ text }, at, all) => {
      const [last = '', next = ''] = [all[at - 1]?.text, all[at + 1]?.text];
      // `import { Function }`, `{ CloudFunction as Function }`, `class Function`.
      return text === callee && (/^(?:class|function)$/.test(last) || (/^(?:[{,]|as)$/.test(last) && isImported(all, at, next)));
    }) === true
  );
}

/** Between the braces of an import: they end in front of `from`, or the names of a `require` in front of its `=`. */
function isImported(tokens: SourceFacts['tokens'], at: number, next: string): boolean {
  if (!/^[},]$/.test(next)) return false;
  const close = tokens.findIndex(({ text }, index) => index > at && text === '}');
  return (
    tokens[close + 1]?.text === 'from' || (tokens[close + 1]?.text === '=' && /^(?:require|await)$/.test(tokens[close + 2]?.text ?? ''))
  );
}

/** A name that the directory resolves, and loads what it finds there. */
function isLookup(input: RuleInput, call: Call): boolean {
  if (!/\.(java|kt)$/.test(input.path) || !/^(lookup|lookupLink|doLookup)$/.test(lastName(call.callee))) return false;
  return /\b(initial context|initial dir context|initial ldap context|context|ctx|naming|jndi|jndi template|directory)\b/.test(
    words(receiver(call.callee)),
  );
}

/** What keeps code from outside within bounds, in every engine. */
const SANDBOX =
  /\b(sandboxed?(native)? ?environment|immutable sandboxed environment|sandbox\w*|simple evaluation context|for read only data binding|for property accessors|isolated|isolate|vm2|node vm|ses|compartment|lockdown|compile restricted\w*|restricted \w+|secure ast customizer|secure groovy\w*|class filter|host access explicit|host access none|jexl sandbox|jexl permissions|safe eval|literal eval|simple eval|safer template engine|allow list|sandbox transformer)\b/;
/** The same engine without bounds. */
const UNBOUNDED =
  /\b(standard evaluation context|environment|native environment|groovy shell|groovy script engine|script engine manager|vm|run in \w+ context|script|function|eval|exec|compile|template|allow all access|host access all|unrestricted|interpreter|context)\b/;

/** Bounds that went away around code that is still run: `SimpleEvaluationContext` that became `StandardEvaluationContext`. */
function openedSandbox(input: RuleInput): (FindingDraft & { readonly side: 'before' | 'after' }) | undefined {
  const isBounded = (call: Call): boolean => SANDBOX.test(words(call.callee)) && !/\b(un|non) ?sandbox/.test(words(call.callee));
  const old = input.removed.calls.find((call) => isBounded(call) && !/^(describe|it|test)\b/.test(call.callee));
  if (old === undefined || input.after?.calls.some((call) => isBounded(call)) === true) return undefined;
  // Something is still run, and not a constant.
  const run = input.after?.calls.find((call) => {
    const code = codeOf(input, call);
    return code !== undefined && !isConstantText(code);
  });
  if (run === undefined) return undefined;
  const now = input.added.calls.find(
    (call) => call === run || UNBOUNDED.test(words(call.callee)) || UNBOUNDED.test(words(call.args.join(' '))),
  );
  const message = fitMessage(`\`${shorten(old.callee, 30)}\` no longer bounds what \`${shorten(lastName(run.callee), 22)}\` runs`);
  return now === undefined ? { side: 'before', range: old.range, message } : { side: 'after', range: now.range, message };
}

function isConstantText(code: string): boolean {
  return literal(code) !== undefined || /^[rbuRBU]{1,2}(['"]).*\1$/s.test(code) || /^[A-Z][A-Z0-9_]+$/.test(code);
}
