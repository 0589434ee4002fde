import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { words } from '../code/call-names.ts';
import { type ChangedLine, changedLines, lineChanges } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { tokensOf } from '../code/token-lines.ts';
import { isAccessName } from '../guards/guard-kinds.ts';

/** Who somebody is or what they may do, taken from what they send. */
export interface ClaimedIdentity {
  readonly range: Range;
  /** As written: `req.user.id`, `req.query.userId`. */
  readonly was: string;
  readonly now: string;
}

/** `req.user.id` that became `req.query.userId`, `current_user.id` that became `request.json['user_id']`, `role: 'member'` that became the body's. */
export function* claimedIdentities(input: RuleInput): Generator<ClaimedIdentity> {
  const told = new Set<number>();
  for (const found of [...inPlace(input), ...inFunction(input)]) {
    if (told.has(found.line.line) || isLogged(found.line.text) || isAskedNow(input, found.line.scope)) continue;
    told.add(found.line.line);
    yield { range: rangeOfLine(input, 'after', found.line.line), was: found.was, now: found.now };
  }
}

interface Found {
  readonly line: ChangedLine;
  readonly was: string;
  readonly now: string;
}

/** One stretch of a line took the place of another, whatever it is called. */
function* inPlace(input: RuleInput): Generator<Found> {
  for (const { before, after, head, was, now } of lineChanges(input)) {
    // `role: 'member'`: what somebody may do was written here.
    const right = GIVES_RIGHTS.test(head) && !REQUEST.test(was) ? REQUEST.exec(now)?.[0] : undefined;
    if (right !== undefined) yield { line: after, was: 'written here', now: right };
    const [known, claimed] = [SESSION.exec(before.text)?.[0] ?? ofSignedIn(input, before), REQUEST.exec(after.text)?.[0]];
    if (known === undefined || claimed === undefined || SESSION.test(after.text) || REQUEST.test(before.text)) continue;
    if (IDENTITY.test(words(`${known} ${claimed}`)) && !PREFERENCE.test(words(claimed))) yield { line: after, was: known, now: claimed };
  }
}

/** `user.account_id` of a function to which its framework hands who is signed in: `user: User = Depends(current_user)`, `@CurrentUser() user`. */
function ofSignedIn({ before, after }: RuleInput, { scope, text }: ChangedLine): string | undefined {
  const [known, name = ''] = OWN_FIELD.exec(text) ?? [];
  if (known === undefined || scope === '') return undefined;
  const handed = before?.symbols.find((symbol) => symbol.name === scope)?.parameters.some((parameter) => parameter.name === name);
  return handed === true && HANDED.test(tokensOf(before, scope)) && !tokensOf(after, scope).includes(known) ? known : undefined;
}

const OWN_FIELD =
  /\b(user|me|actor|caller|principal|member)[!?]?\.(?:id|uid|pk|email|account_?id|tenant_?id|org_?id|customer_?id|user_?id|workspace_?id)\b/i;
const HANDED = /Depends\((?:get_)?current_?|Security\(|@(?:CurrentUser|AuthUser|User|Principal|AuthenticationPrincipal)\(|CurrentUser\b/i;

/** A function that no longer says who is signed in, and reads the name of somebody from the request. */
function* inFunction(input: RuleInput): Generator<Found> {
  for (const line of changedLines(input, 'after')) {
    const claimed = [...line.text.matchAll(EACH_REQUEST)]
      .map(([text]) => text)
      .find((text) => IDENTITY.test(words(text.replace(/^\w+/, ''))));
    if (claimed === undefined) continue;
    const lost = changedLines(input, 'before').find(
      ({ scope, text }) => SESSION.test(text) && !REQUEST.test(text) && counterpartScope(input, scope) === line.scope,
    );
    if (lost === undefined) continue;
    const count = (text: string): number => text.match(EACH_SESSION)?.length ?? 0;
    if (count(tokensOf(input.after, line.scope)) >= count(tokensOf(input.before, lost.scope))) continue;
    yield { line, was: SESSION.exec(lost.text)?.[0] ?? '', now: claimed };
  }
}

const PERSON = '(?:user|session|auth|account|tenant|principal|identity|currentUser|member|viewer|jwt|token|claims)';
/** Who is signed in, as frameworks and the session know it. */
const KNOWN = [
  `\\b(?:req|request|ctx|context|c|res\\.locals|locals|state|info\\.context|event\\.locals|socket|self\\.request)(?:\\.(?:state|context|locals|data|request|session))?\\.${PERSON}\\b[!?]?(?:\\.\\w+)*`,
  '\\b(?:session|currentUser|current_user|claims|principal|authentication|viewer|identity)[!?]?\\.(?:user|id|sub|subject|Subject|userId|user_id|tenantId|tenant_id|getName|getId|name|UserID|TenantID|account_id|accountId|org_id|orgId|email|pk|uid)\\b(?:[!?]?\\.\\w+)*',
  '\\b(?:flask\\.)?(?:session|g)(?:\\[[^\\]]{1,40}\\]|\\.(?:user|tenant|account)\\w*(?:\\.\\w+)*)',
  '\\b(?:get_jwt_identity|get_current_user|getCurrentUser|getServerSession|currentUser|UserFromContext|UserIDFromContext|TenantFromContext|userIDFrom\\w*|tenantFrom\\w*)\\(',
  '\\b\\w+\\.(?:UserFromContext|UserIDFromContext|UserID|TenantFromContext|TenantID|FromContext|GetUserID|MustGetUser|CurrentUser)\\(',
  '\\.Context\\(\\)\\.Value\\(',
  '\\bc\\.(?:GetString|MustGet|Get|Locals)\\([\'"`](?:user|tenant|account|claims|uid)\\w*',
  '\\b(?:SecurityContextHolder|(?:Tenant|User|Account|Auth|Session)Context(?:Holder)?)\\.',
  'session\\.(?:getAttribute|Values)\\b',
  // Who the connection is of, which a header only claims.
  '\\b(?:\\w{1,40}\\.){0,4}(?:remoteAddress|RemoteAddr|REMOTE_ADDR|remote_addr|getRemoteAddr\\(\\)|client\\.host)\\b',
].join('|');

/** What whoever asks has written. */
const SENT = [
  '\\b(?:req|request|ctx|ctx\\.request|context\\.req|self\\.request|event)\\.(?:query|body|params|headers|cookies|args|form|json|values|GET|POST|data|query_params|queryStringParameters|pathParameters)\\b(?:\\.get|\\.\\w+|\\[[^\\]]{1,40}\\])?(?:\\([^()]{0,60}\\))?',
  '\\b(?:req|request|c|ctx)\\.(?:header|get|param|query|Query|Param|Params|PostForm|FormValue|GetHeader|QueryParam|getParameter|getHeader|get_json)\\([^()]{0,60}\\)(?:\\[[^\\]]{1,40}\\])?',
  '\\b(?:r|req|request)\\.(?:URL\\.Query\\(\\)\\.Get|FormValue|PostFormValue|PathValue|Header\\.Get)\\([^()]{0,60}\\)',
  '\\bchi\\.URLParam\\([^()]{0,60}\\)|\\bmux\\.Vars\\(\\w+\\)\\[[^\\]]{1,40}\\]|\\bsearchParams\\.get\\([^()]{0,60}\\)',
  '\\bparams\\[[^\\]]{1,40}\\]',
  '\\b(?:input|args|body|payload|dto|q|query|params|form|command)\\.\\w*(?:[uU]ser|[oO]wner|[tT]enant|[aA]ccount|[oO]rg|[rR]ole|[aA]uthor|[cC]ustomer)\\w*',
].join('|');

export const SESSION = new RegExp(KNOWN);
const EACH_SESSION = new RegExp(KNOWN, 'g');
/** Finds the first such expression in code without white space. */
export const REQUEST = new RegExp(SENT);
const EACH_REQUEST = new RegExp(SENT, 'g');

export const IDENTITY =
  /\b(user|users|owner|account|accounts|tenant|tenants|org|organisation|organization|workspace|customer|member|author|actor|principal|company|team|uid|role|roles|admin|impersonate|subject|sub|acting|forwarded for|real ip|remote address)\b/;

/** What somebody wants to see, and not who that is. */
export const PREFERENCE =
  /\b(locale|language|lang|theme|timezone|tz|page|sort|order|limit|offset|cursor|filter|currency|country|city|format|view|tab|return|redirect|next|search|q|since|until|date|step|cart|flash|user agent|nonce|csrf|origin|referer|host|accept)\b/;

/** `role:`, `is_admin =`, `permissions=` right before it. */
const GIVES_RIGHTS =
  /\b(?:role|roles|isAdmin|is_admin|admin|permissions|scopes|isStaff|is_staff|is_superuser|verified|emailVerified|email_verified)['"]?\s?(?::|=|:=)$/i;

export const isLogged = (text: string): boolean =>
  /^(?:\w+\.)*(?:log|logger|logging|slog|console|audit|span|metrics|tracer|Sentry)\b\.?/i.test(text);

/** The function asks now who may do so: a guard of access, or a comparison of what is sent with who is signed in. */
export function isAskedNow(input: RuleInput, scope: string, except?: number): boolean {
  const known = new Set(input.before?.calls.map(({ callee }) => callee));
  const asks = newCallsIn(input, scope).some(({ callee }) => !known.has(callee) && isAccessName(callee));
  return (
    asks ||
    input.added.guards.some(
      (guard) =>
        within(guard.scope, scope) &&
        (except === undefined || guard.range.end.line < except || guard.range.start.line > except) &&
        (SESSION.test(guard.test.replaceAll(' ', '')) || isAccessName(guard.test)),
    )
  );
}
