import type { FindingDraft } from '../../model/finding.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { claimedRoles } from '../vocabulary/access/claimed-roles.ts';
import { fallbackIdentities } from '../vocabulary/access/fallback-identities.ts';
import { claimedIdentities } from '../vocabulary/access/identity-sources.ts';
import { sharedIdentities } from '../vocabulary/access/shared-identities.ts';
import { proxiesOfAnybody } from '../vocabulary/access/trusted-proxies.ts';
import { shorten } from '../vocabulary/code/call-names.ts';

/**
 * ## What it sees
 * A user, a tenant or an owner that came from the session, the token or the context of who is signed in, and is read from the query,
 * the body, a header or the path of the request now, or from there where nobody is signed in; a role that was written in the code and is
 * taken from the request; who asks in a variable of the whole process; and a server that takes every address for its own proxy, so that `X-Forwarded-For` says who somebody is.
 *
 * ## Why it matters
 * Whoever sends another number is somebody else. The route still asks for a login, so every test of access passes.
 *
 * ## When it is fine
 * A guard that the change adds, which compares what is sent with who is signed in or asks for a role; a page, a sort order or another
 * value that names nobody; what is only logged; proxies that are listed or counted. These are not flagged.
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
  reads: ['tokens', 'calls', 'options', 'commands', 'settings'],
  evidence: [
    { title: 'CWE-639: authorization bypass through a user-controlled key', url: 'https://cwe.mitre.org/data/definitions/639.html' },
    { title: 'OWASP A01:2021 Broken Access Control', url: 'https://owasp.org/Top10/A01_2021-Broken_Access_Control/' },
  ],
  *check(input): Iterable<FindingDraft> {
    const told = new Set<number>();
    for (const { range, was, now } of claimedIdentities(input)) {
      told.add(range.start.line);
      yield {
        side: 'after',
        range,
        message: fitMessage(`\`${shorten(now, 34)}\` is believed; it was ${was === 'written here' ? was : `\`${shorten(was, 26)}\``}`),
      };
    }
    for (const { range, now } of fallbackIdentities(input))
      if (!told.has(range.start.line))
        yield {
          side: 'after',
          range,
          severity: 'high',
          message: fitMessage(`\`${shorten(now, 40)}\` is believed where nothing else says who asks`),
        };
    for (const { range, now } of claimedRoles(input))
      if (!told.has(range.start.line))
        yield { side: 'after', range, message: fitMessage(`\`${shorten(now, 34)}\`: whoever asks says what they may do`) };
    for (const { range, name } of sharedIdentities(input))
      yield {
        side: 'after',
        range,
        message: fitMessage(`\`${shorten(name, 30)}\` is one for all requests: whoever asked last is believed`),
      };
    for (const { side, range, said } of proxiesOfAnybody(input))
      yield {
        side,
        range,
        severity: 'high',
        message: fitMessage(`\`${shorten(said, 34)}\`: anybody may say which address they come from`),
      };
  },
});
