import type { FindingDraft } from '../../model/finding.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { claimedIdentities } from '../vocabulary/access/identity-sources.ts';
import { shorten } from '../vocabulary/code/call-names.ts';

/**
 * ## What it sees
 * A user, a tenant or an owner that came from the session, the token or the context of who is signed in, and is read from the query,
 * the body, a header or the path of the request now; and a role that was written in the code and is taken from the request.
 *
 * ## Why it matters
 * Whoever sends another number is somebody else. The route still asks for a login, so every test of access passes.
 *
 * ## When it is fine
 * A guard that the change adds, which compares what is sent with who is signed in or asks for a role; a page, a sort order or another
 * value that names nobody; what is only logged. These are not flagged.
 *
 * ## What it misses
 * An identity that a function of another file reads from the request, and one that a parameter brings.
 */
export default defineRule({
  id: 'access/identity-from-request',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'medium',
  title: 'Who asks is taken from the request',
  reads: ['tokens'],
  evidence: [
    { title: 'CWE-639: authorization bypass through a user-controlled key', url: 'https://cwe.mitre.org/data/definitions/639.html' },
    { title: 'OWASP A01:2021 Broken Access Control', url: 'https://owasp.org/Top10/A01_2021-Broken_Access_Control/' },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const { range, was, now } of claimedIdentities(input))
      yield {
        side: 'after',
        range,
        message: fitMessage(`\`${shorten(now, 34)}\` is believed; it was ${was === 'written here' ? was : `\`${shorten(was, 26)}\``}`),
      };
  },
});
