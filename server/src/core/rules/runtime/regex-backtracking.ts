import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { mayBacktrack } from '../../regular-expressions.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { boundAbove } from '../vocabulary/code/bindings.ts';
import { lastName, literal, shorten, words } from '../vocabulary/code/call-names.ts';
import { rangeOfLine } from '../vocabulary/code/code-text.ts';
import { within } from '../vocabulary/code/counterpart.ts';
import { type ExpressionLiteral, expressionsOn, hasHoles } from '../vocabulary/code/expression-literals.ts';
import { escaped } from '../vocabulary/code/literal-patterns.ts';
import { backtracking } from '../vocabulary/code/regex-analysis.ts';
import { cameAlong } from '../vocabulary/code/scope-changes.ts';
import { tokensOf } from '../vocabulary/code/token-lines.ts';

/**
 * ## What it sees
 * A regular expression whose time grows faster than the text: a repetition inside a repetition, or two side by side that take
 * the same characters (`.*.*=`); the first also in a `pattern` of a JSON schema; and one that is built of what a caller sent.
 *
 * ## Why it matters
 * One unlucky or unkind line of a few hundred characters keeps a processor busy for minutes, on every machine that reads it.
 *
 * ## When it is fine
 * A text whose length is bounded before; the acknowledgement then says where. Engines of Go and Rust are linear. An expression
 * that is anchored, bounded or built of escaped text is not flagged, and none that merely moved.
 *
 * ## What it misses
 * A repetition whose parts are put together when it runs, and one whose search begins anew at every character.
 */
export default defineRule({
  id: 'runtime/regex-backtracking',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'A regular expression may run for minutes',
  reads: ['tokens', 'calls', 'options', 'settings'],
  evidence: [
    {
      title: 'Cloudflare 2019-07-02: a regular expression',
      url: 'https://blog.cloudflare.com/details-of-the-cloudflare-outage-on-july-2-2019/',
    },
    { title: 'eslint-plugin-security: detect-unsafe-regex', url: 'https://github.com/eslint-community/eslint-plugin-security' },
  ],
  *check(input): Iterable<FindingDraft> {
    const { before, after } = input;
    if (after === undefined || !mayBacktrack(input.path)) return;
    const added = expressionsOn(after, input.added, input.hunk.after);
    const old =
      added.length === 0 || before === undefined ? [] : expressionsOn(before, before, { start: 1, lines: Number.MAX_SAFE_INTEGER });
    const known = new Set(old.map(keyOf));
    const flagged = new Set<number>();
    for (const expression of added) {
      if (known.has(keyOf(expression)) || flagged.has(expression.line)) continue;
      const worst = backtracking(expression.source, expression.flags);
      if (worst === undefined || worst === 'linear' || (worst === 'polynomial' && (hasHoles(expression) || expression.isSchema))) continue;
      flagged.add(expression.line);
      const grows = worst === 'exponential' ? 'doubles with each character' : 'grows with the power of the length';
      yield {
        side: 'after',
        range: expression.range ?? rangeOfLine(input, 'after', expression.line),
        message: fitMessage(
          `time of \`/${shorten(expression.source.replaceAll('`', "'").replace(/[\ue000-\ue0ff]/g, '…'), 30)}/\` ${grows}`,
        ),
      };
    }
    for (const call of input.added.calls) {
      const severity = builtOf(input, call);
      if (severity === undefined || cameAlong(input, call)) continue;
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(call.args[0] ?? '', 36)}\` from outside becomes a regular expression`),
        severity,
      };
    }
  },
});

function keyOf({ source, flags }: ExpressionLiteral): string {
  return `${flags}/${source}`;
}

const REQUEST =
  /\b(req|request|ctx|context|event)\??\.(\w+\??\.)*(query|params|body|headers|args|form|json|values|nextUrl|searchParams|queryStringParameters)\b|\bsearchParams\.get\(|\brequest\.(GET|POST|args|form)\b|getParameter\(/;
const FROM_OUTSIDE = /\b(q|search|term|query|needle|keyword|keywords|user input|input|search text|search term|user pattern)\b/;

/** What a caller sent, unescaped: its own expression, with its own backtracking. */
function builtOf(input: RuleInput, call: Call): 'high' | undefined {
  const isBuilder =
    /^(RegExp|globalThis\.RegExp|window\.RegExp)$/.test(call.callee) ||
    /^(re|regex)\.(compile|match|search|fullmatch|findall|sub)$/.test(call.callee) ||
    /(^|\.)Pattern\.(compile|matches)$/.test(call.callee) ||
    // A text of Java compiles what it is asked for itself.
    (input.path.endsWith('.java') && call.kind === 'call' && /\.(?:matches|replaceAll|replaceFirst|split)$/.test(call.callee));
  const text = call.args[0] ?? '';
  if (!isBuilder || literal(text) !== undefined || /^[A-Za-z]?["'/]/.test(text)) return undefined;
  if (
    isEscaped(text) ||
    input.after?.calls.some((other) => within(other.scope, call.scope) && call.scope === other.scope && isEscaped(`${other.callee}(`)) ===
      true
  )
    return undefined;
  if (REQUEST.test(text)) return 'high';
  // A value of another name that came from the request in the same function.
  const holes = text.startsWith('`') ? [...text.matchAll(/\$\{([^}]*)\}/g)].map((match) => (match[1] ?? '').trim()) : [text];
  const isSent = holes.some(
    (hole) =>
      /^[A-Za-z_$][\w$.]*$/.test(hole) &&
      (isTakenFromRequest(input, call, hole) || (FROM_OUTSIDE.test(words(lastName(hole))) && isParameterOrSent(input, call.scope, hole))),
  );
  return isSent ? 'high' : undefined;
}

/** `const term = String(req.query.term ?? '')` above the call: as it came, whatever it is made of. */
function isTakenFromRequest({ after }: RuleInput, call: Call, name: string): boolean {
  const value = after === undefined ? undefined : boundAbove(after, name, call.range.start.line)?.replace(/ ?([^\w$]) ?/g, '$1');
  return (
    value !== undefined &&
    REQUEST.test(value) &&
    !isEscaped(value) &&
    !/\b(Number|parseInt|int|float|Boolean|bool|uuid\w*|UUID)\(/.test(value)
  );
}

function isEscaped(text: string): boolean {
  return /escape|quote|sanitiz|replace\s*\(\s*\/|Pattern\.LITERAL|safe/i.test(text);
}

/** A parameter of the exported function around it, or of one that answers requests: its callers choose the text. */
function isParameterOrSent(input: RuleInput, scope: string, name: string): boolean {
  const root = name.split('.')[0] ?? name;
  return (
    input.after?.symbols.some(
      (symbol) =>
        symbol.name === scope &&
        (symbol.exported || answersRequests(input, scope, root)) &&
        symbol.parameters.some((parameter) => parameter.name === root),
    ) === true
  );
}

/** Decorated as a route, or with a parameter that is one of a request. */
function answersRequests(input: RuleInput, scope: string, parameter: string): boolean {
  const isRoute = /(^|\.)(get|post|put|patch|delete|route|api_view|Get|Post|Query|\w+Mapping)$/;
  const decorated =
    input.after?.calls.some((call) => call.kind === 'decorator' && call.scope === scope && isRoute.test(call.callee)) === true;
  return (
    decorated ||
    new RegExp(`@(RequestParam|PathVariable|RequestBody|QueryParam|Query|Param|Body)\\b[^,]*\\b${escaped(parameter)}\\b`).test(
      tokensOf(input.after, scope),
    )
  );
}
