import type { Call, Handler } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { lastName, shorten, words } from '../call-names.ts';
import { defineRule } from '../define.ts';
import { isAccessName } from '../guard-kinds.ts';
import { fitMessage } from '../quote.ts';

/**
 * ## What it sees
 * A check of access or of a token whose failure lets the request through: a handler around it that goes on with `next()`, a
 * value in place of the refusal.
 *
 * ## Why it matters
 * Whoever can make the check fail, with a broken token or by stopping the service behind it, is let in.
 *
 * ## When it is fine
 * A page that greets known people and serves all others alike.
 *
 * ## What it misses
 * A check whose name says nothing of access.
 */
export default defineRule({
  id: 'access/fail-open',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A failed check lets the request through',
  reads: ['handlers', 'calls'],
  evidence: [{ title: 'CWE-636: not failing securely', url: 'https://cwe.mitre.org/data/definitions/636.html' }],
  *check(input): Iterable<FindingDraft> {
    for (const handler of input.after?.handlers ?? []) {
      const check = handler.guarded.find(isCheck);
      if (check === undefined || handler.outcome === 'rethrows') continue;
      const passes = input.added.calls.some((call) => isPass(call) && isInside(call, handler));
      const swallows =
        input.added.handlers.includes(handler) &&
        handler.outcome === 'swallows' &&
        !input.before?.handlers.some((other) => other.scope === handler.scope && other.outcome === 'swallows');
      if (passes || swallows)
        yield {
          side: 'after',
          range: handler.range,
          message: fitMessage(`a failure of \`${shorten(check, 34)}\` lets the request through`),
        };
    }
  },
});

function isCheck(callee: string): boolean {
  const name = lastName(callee);
  return (
    (isAccessName(name) && /^(verify|check|authenticate|authorize|require|assert|ensure|validate|is|has|can|introspect)/i.test(name)) ||
    /\b(jwt|token|session|webhook|signature)\b.*\bverify\b|^jwt verify\b/.test(words(callee))
  );
}

/** `next()` without an error, and what other frameworks have for it. */
function isPass(call: Call): boolean {
  if (
    /^((next|handler|inner|h)\.(ServeHTTP|run|Handle)|(c|ctx)\.Next|call_next|(self\.)?get_response|chain\.doFilter|filterChain\.doFilter)$/.test(
      call.callee,
    )
  )
    return true;
  if (call.callee === 'next' && call.args.length === 1) return /^(c|ctx|r|req|request)$/.test(call.args[0] ?? '');
  return call.callee === 'next' && call.args.length === 0;
}

function isInside(call: Call, handler: Handler): boolean {
  return call.range.start.line >= handler.range.start.line && call.range.end.line <= handler.range.end.line;
}
