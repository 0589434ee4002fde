import type { FindingDraft } from '../../model/finding.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lostCookieFlags } from '../vocabulary/access/cookie-flags.ts';
import { keptSessions, lostSessionCalls } from '../vocabulary/access/session-ends.ts';
import { longerLifetimes, lostLifetimes } from '../vocabulary/access/token-lifetimes.ts';
import { lastName, shorten } from '../vocabulary/code/call-names.ts';

/**
 * ## What it sees
 * A session or a token that is easier to steal or lives longer: a cookie of a session without `HttpOnly` or `Secure`, or sent along from
 * other sites; a token that lives ten times longer or for ever; a login that keeps the session's old name, a changed password that leaves
 * open sessions open, and a token of a reset or an invitation that is no longer used up.
 *
 * ## Why it matters
 * One script on one page reads the cookie of everybody who opens it, and what was stolen once stays good for as long as it lives.
 *
 * ## When it is fine
 * Cookies of a theme, a language, a consent or against forged requests, a flag that depends on the environment, a shorter life, and a
 * function that the change adds and that does the same. These are not flagged.
 *
 * ## What it misses
 * A constant of a token's life is `deploy/limit-changed`; a cookie whose name and place say nothing of a session is not seen.
 */
export default defineRule({
  id: 'access/session-weakened',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A session or a token is easier to take over',
  reads: ['options', 'calls', 'settings', 'tokens'],
  evidence: [
    { title: 'CWE-1004: sensitive cookie without HttpOnly', url: 'https://cwe.mitre.org/data/definitions/1004.html' },
    { title: 'CWE-613: insufficient session expiration', url: 'https://cwe.mitre.org/data/definitions/613.html' },
    { title: 'CWE-384: session fixation', url: 'https://cwe.mitre.org/data/definitions/384.html' },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const { side, range, flag } of lostCookieFlags(input))
      yield { side, range, message: fitMessage(`the cookie of a session loses \`${shorten(flag, 30)}\``) };
    for (const { range, was, now } of longerLifetimes(input))
      yield { side: 'after', range, message: fitMessage(`lives for ${shorten(now, 26)}, it was ${shorten(was, 26)}`) };
    const lines = new Set<number>();
    for (const { range, name } of lostLifetimes(input)) {
      if (lines.has(range.start.line)) continue;
      lines.add(range.start.line);
      yield { side: 'before', range, message: fitMessage(`without \`${shorten(name, 24)}\` what is issued here never ends`) };
    }
    for (const { call, what } of lostSessionCalls(input))
      yield { side: 'before', range: call.range, message: fitMessage(`\`${shorten(lastName(call.callee), 26)}\` is gone: ${what}`) };
    for (const { range } of keptSessions(input))
      yield { side: 'after', range, message: 'a session that was set before the login stays valid' };
  },
});
