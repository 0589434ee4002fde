import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { words } from '../code/call-names.ts';
import { type ChangedLine, changedLines, lineChanges } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { tokensOf } from '../code/token-lines.ts';
import { countsLimiter } from '../load/evaded-limiters.ts';
import { IDENTITY, isAskedNow, isLogged, PREFERENCE, REQUEST, SESSION } from './identity-sources.ts';

/** Who somebody is: still the session where it says so, and what they send where it does not, or the other way round. */
export interface FallbackIdentity {
  readonly range: Range;
  /** As written: `request.headers.get('X-User')`. */
  readonly now: string;
}

/**
 * `session?.userId ?? req.headers['x-user-id']`, `user = user or request.headers.get('X-User')`, `return r.Header.Get("X-User-ID")`
 * where nobody is signed in; and the address of a connection that a header may replace.
 */
export function* fallbackIdentities(input: RuleInput): Generator<FallbackIdentity> {
  const old = new Set(changedLines(input, 'before').map(({ text }) => text));
  const changes = new Map(lineChanges(input).map((change) => [change.after, change]));
  for (const line of changedLines(input, 'after')) {
    const now = REQUEST.exec(line.text)?.[0];
    if (now === undefined || old.has(line.text) || isLogged(line.text) || PREFERENCE.test(words(now))) continue;
    const was = changes.get(line)?.before.text ?? '';
    if (REQUEST.test(was) || countsLimiter(input, line.line, line.text)) continue;
    if (!isAlternative(line.text, now) && !isReadFromHeader(input, line, now)) continue;
    if (isAskedNow(input, line.scope, line.line) || isHeldAgainst(input, line.scope)) continue;
    yield { range: rangeOfLine(input, 'after', line.line), now };
  }
}

/** Between who is signed in and what was sent, whichever is there counts. */
function isAlternative(text: string, now: string): boolean {
  const known = (SESSION.exec(text) ?? SIGNED_IN.exec(text))?.[0];
  if (known === undefined || !IDENTITY.test(words(`${known} ${now}`)) || !IDENTITY.test(words(now.replace(/^\w+/, '')))) return false;
  // Whoever may ask for others is asked here.
  if (/is_?admin|is_?staff|is_?superuser|\brole\b|\bcan\w*\(|permission/i.test(text)) return false;
  const [start, end] = [text.indexOf(known), text.indexOf(now)];
  const between = text.slice(Math.min(start, end), Math.max(start, end));
  return /\?\?|\|\||\bor\b|[^?]\?[^?.]|\belse\b|\bif\b/.test(between);
}

/** A header that names somebody, in a function that knows who is signed in or whose connection it is. */
function isReadFromHeader(input: RuleInput, { scope }: ChangedLine, now: string): boolean {
  if (scope === '' || !/head/i.test(now)) return false;
  const name = words(now);
  const before = tokensOf(input.before, scope);
  if (/\b(?:forwarded for|real ip|client ip|true client ip|connecting ip)\b/.test(name))
    return ADDRESS.test(before) && !/trust|isProxy|is_proxy/i.test(tokensOf(input.after, scope));
  return /\bx (?:\w+ )?(?:user|tenant|account|org|customer|member|role|roles|email|principal|uid|admin|impersonate)\b/.test(name)
    ? SIGNED_IN.test(before) && !PROVES.test(before)
    : false;
}

/** Who the connection is of. */
const ADDRESS = /\b(?:remoteAddress|RemoteAddr|REMOTE_ADDR|remote_addr|getRemoteAddr|client\.host|req\.ip|peer_addr)\b/;

const SIGNED_IN =
  /[sS]ession|currentUser|current_user|[cC]laims|[pP]rincipal|SecurityContextHolder|\bjwt\b|\b(?:req|request|ctx|c|context|g)\.(?:state\.)?user\b/;

/** What is sent is signed, or comes from one of the project's own servers. */
const PROVES = /[hH]mac|HMAC|signature|Signature|isInternal|is_internal|fromGateway|from_gateway|mtls|MTLS|peerCertificate/;

/** A guard of the function that stays compares it with who is signed in. */
function isHeldAgainst({ after }: RuleInput, scope: string): boolean {
  return (
    after?.guards.some((guard) => guard.scope === scope && guard.reads.length > 1 && SESSION.test(guard.test.replaceAll(' ', ''))) === true
  );
}
