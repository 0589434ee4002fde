import type { Call, Guard } from '../../../model/facts.ts';
import { words } from '../code/call-names.ts';
import { factsInside } from '../code/facts-by-place.ts';
import { isVersionTest } from '../queries/version-columns.ts';

/** What a guard protects against. One guard has one kind, so that one removal is one finding. */
export type GuardKind =
  | 'approval'
  | 'version'
  | 'containment'
  | 'access'
  | 'signature'
  | 'error'
  | 'duplicate'
  | 'attempts'
  | 'limit'
  | 'shape'
  | 'presence';

const ACCESS =
  /\b(auth|authed|authn|authz|authenticated|authorized|authorised|authenticate|authorize|login|logged|signed in|role|roles|permission|permissions|authorities|permitted|permit|acl|rbac|scope|scopes|admin|owner|ownership|owns|csrf|xsrf|access|allowed|allow|forbidden|privilege|privileges|superuser|staff|entitled|entitlement|can|cannot|ability|apikey|api key|member of|impersonat\w*)\b/;
const IDENTITY =
  /\b(req|request|ctx|context|session|event|locals|c)\b.*\b(user|session|account|token|principal|actor|identity|claims|viewer)\b/;
const REFUSAL = /\b(401|403|unauthori[sz]ed|unauthenticated|forbidden|denied|permission|access)\b/;
/** An argument by which a request is refused: a number, or its name in Go and Java (`http.StatusForbidden`, `SC_UNAUTHORIZED`). */
const REFUSED = /^\d+$|(?:^|[._:])(?:Status|SC_)?(?:Unauthorized|Forbidden|UNAUTHORIZED|FORBIDDEN)$/;
const SIGNATURE = /\b(signature|hmac|digest|timing safe equal|verify signature|checksum|constant time compare|constant time)\b/;
const ERROR =
  /\b(ok|status|status code|statuscode|error|errors|err|exit code|is error|failed|failure|success|row count|rowcount|affected rows|rows affected|(?:num )?(?:updated|deleted|inserted|changed|modified) rows|(?:updated|deleted|modified|matched|upserted) count)\b/;
const STATUS = /\b(status|statuscode|code)\b.*\b\d{1,3}\b|\b(res|resp|response|reply|result)\b.*\b(status|code)\b/;
const DUPLICATE = /\b(already|existing|exists|duplicate|dedupe|processed|seen|idempotent|idempotency|notified|handled|applied)\b/;
const ATTEMPTS = /\b(attempt|attempts|retry|retries|tries)\b/;
const SHAPE =
  /\b(typeof|instanceof|is array|is integer|is finite|is na n|isnan|valid|is valid|validate|safe parse|schema|test|match|matches|includes|email|format)\b/;
const PARSED = /\bparsed?\b.*\bsuccess\b|\bsuccess\b.*\bparsed?\b|\bvalidat\w*\b|\bsafe parse\b/;

/** A feature flag that is told who asks is no check of who asks: `flags.Enabled(ctx, key, user)`. */
function withoutFlags(test: string): string {
  return test.replace(
    /(?<![\w.])(\.?)(?:[\w.]*(?:flags?|features?|toggles?|experiments?|unleash|launchdarkly|ldclient|growthbook|statsig)\.\w+|(?:\w+\.)*(?:is_?feature_?enabled|feature_?enabled|is_?flag_?enabled|flag_?is_?active|\w*variation|check_?gate|get_?treatment))\([^()]*\)/gi,
    '$1flag',
  );
}

/** `inside` are the calls that stand in the guard: what it throws or answers says what it is for. */
export function guardKind(guard: Guard, inside: readonly Call[]): GuardKind {
  const asked = asMembership(guard.test);
  const compares = guard.compares && asked === guard.test && !isEmptinessTest(asked);
  // The text of a programme is no status: `code.includes(flag)`.
  const test = words(asked.replace(/\bcode\??\.(?=\w+\()/g, ''));
  // What stage a thing is at is a word of its own: `state === 'LoginRequired'`, `phase == 'error'`.
  const askedOf = words(unparted(unsorted(stateless(withoutFlags(asked)))));
  const isKindOfFailure = /^!?errors\.(As|Is|AsType)\b/.test(guard.test);
  // What runs where nothing failed is the work, whatever it is called.
  const isWork = /^(err|error|e) == nil$/.test(guard.test);
  const refusal = (isWork ? [] : inside)
    .map((call) => words(`${call.callee} ${call.args.filter((argument) => REFUSED.test(argument)).join(' ')}`))
    .join(' ');
  // A state that is called so is a state: `post.status != 'approved'`.
  if (isApprovalText(words(guard.test.replace(/(['"`])[^'"`]*\1/g, ''))) || isOwnWork(guard)) return 'approval';
  if (isContainmentTest(guard.test)) return 'containment';
  if (isVersionTest(guard.test)) return 'version';
  // `job === 'digest'` asks which of several it is.
  if (SIGNATURE.test(test) && SIGNATURE.test(words(asked.replace(/([=!]==? )(?:'[\w-]*'|"[\w-]*")/g, '$1')))) return 'signature';
  // Asking for a turn is a matter of rate, and a size beside a person's own limit is a bound.
  const isRate = /\b(limiter|rate|throttle|throttled|bucket|quota|too many|429)\b/.test(test);
  const isBound = compares && /[<>]/.test(asked) && /\b(limit|limits|max|min|quota|cap|balance|budget|allowance|threshold)\b/.test(test);
  if (
    !isRate &&
    !isBound &&
    ((!isKindOfFailure && (ACCESS.test(askedOf) || IDENTITY.test(askedOf))) || (REFUSAL.test(refusal) && !isPlaceTest(guard.test)))
  )
    return 'access';
  if (isPlaceTest(guard.test)) return 'presence';
  if (DUPLICATE.test(test) && !asksForNothing(guard)) return 'duplicate';
  if (ATTEMPTS.test(test)) return 'attempts';
  if (PARSED.test(test)) return 'shape';
  // Asking what kind of error it is belongs to a handler; asking whether there is one is the check.
  const isSorting = /\w\((err|error|e|cause|reason)\b|\b(err|error|e)\.(code|name|message)\b|instanceof/.test(guard.test);
  if (!isSorting && asked.split(PARTS).some((part) => isOutcome(part, compares))) return 'error';
  if (compares && !isMemberTest(guard.test)) return isFormatTest(guard.test) ? 'shape' : 'limit';
  return SHAPE.test(test) ? 'shape' : 'presence';
}

/**
 * Refuses where there is nothing, whatever the nothing is called: `seen.is_empty()`, `!existing`. What was done already is there.
 */
function asksForNothing({ test, exit }: Guard): boolean {
  return exit !== 'return' && exit !== 'break' && (EMPTY.test(test.trim()) || UNFOUND.test(test.trim()));
}

const EMPTY =
  /^(?:[\w$.]+(?:\.is_?empty\(\)|\.isEmpty\b(?:\(\))?)|!\(!\(?[\w$.]+\.(?:is_empty|isEmpty)\(\)\)?\)|![\w$.]+\.(?:length|size)|(?:len\([\w.]+\)|[\w$.]+\.(?:length|size|len\(\)|size\(\)))\s*(?:===?\s*0|<\s*1))$/;
const UNFOUND = /^(?:!|not )existing$|^existing\s*(?:===?|is)\s*(?:null|undefined|nil|None)$/;

/** Which one of several named things something is, and not how much: `CERT_PEM == kind`, `order.size === Size.Large`. */
function isMemberTest(test: string): boolean {
  return test.split(PARTS).every((part) => {
    const [left = '', right, more] = part.split(/[!=]==?/).map(withoutBrackets);
    if (right === undefined || more !== undefined) return false;
    if ([left, right].some((side) => MEMBER.test(side))) return true;
    return [left, right].some((side) => NAMED.test(side)) && !COUNTED.test(words(part));
  });
}

/** Brackets around a side, and a sign before it. */
function withoutBrackets(side: string): string {
  let text = side.replace(/^[\s!(]+/, '').trimEnd();
  while (text.endsWith(')')) text = text.slice(0, -1).trimEnd();
  return text;
}

const MEMBER = /^(?:\w+(?:\.|::))*[A-Z]\w*(?:\.|::)[A-Z]\w*$/;
const NAMED = /^(?:\w+(?:\.|::))*[A-Z][A-Z0-9_]*$/;
const COUNTED =
  /\b(max\w*|min\w*|limits?|quota|cap|caps|size|sizes|length|len|count|counts|counter|num|number|amount|total|sum|balance|bytes|budget|threshold|capacity|remaining|depth|age|width|height|version|n)\b/;

/** Fixed bytes at fixed places, by which a format is known: `buf[0] != 0xA5 || buf[1] != 0x5A`. */
function isFormatTest(test: string): boolean {
  return test.split(PARTS).every((part) => /\[\d+\]/.test(part) && /[!=]==?/.test(part) && !/[<>]/.test(part));
}

function stateless(test: string): string {
  return test.replace(/\b(state|stage|step|phase|view|screen|tab)\s*([!=]==?)\s*(['"])[^'"]*\3/gi, '$1 $2');
}

/** Which member of a union a thing is says nothing of who asks, whatever the members are called: `discount.kind === 'staff'`. */
function unsorted(test: string): string {
  return (WHO.test(test) ? test : test.replace(SORT, 'kind')).replace(SHOWN, 'is shown');
}

/** What a thing can do says nothing of who may: `canRenderAsMarkdown(text)`, `assertTemplateCanRun(template)`. */
const SHOWN =
  /\bcan(?:not|Not)?_?(?:[Rr]ender|[Dd]isplay|[Pp]aint|[Dd]raw|[Pp]arse|[Ff]ormat|[Dd]ecode|[Ss]croll|[Uu]ndo|[Rr]edo)(?![a-z])\w*|\b(?:assert|ensure|check|validate)[A-Z][a-z]\w{0,60}Can(?:Run|Be|Start|Fit)(?![a-z])\w*/g;

/** Which part a server plays beside others says nothing of who asks either: `node.role == "primary"`. */
function unparted(test: string): string {
  return WHO.test(test) ? test : test.replace(PART, 'part');
}

const PART =
  /\brole(?:\(\))?\s*(?:===?|!==?)\s*(?:(?:\w+(?:\.|::))?(?:Role)?|['"])(?:primary|replica|standby|secondary|leader|follower|master|slave|witness|arbiter)\b['"]?/gi;
const SORT = /\b(?:\w+\.)+(?:kind|type|_?tag|__typename)\s*(?:===?|!==?)\s*(?:'[^']*'|"[^"]*"|`[^`]*`)/g;
const WHO = /\b(?:user|account|principal|session|caller|actor|me|viewer|member|identity|auth\w*|token|claims|req|request|ctx|context)\b/i;

const PARTS = /\|\||&&|\bor\b|\band\b/;

/** One part of a condition that asks how a call ended. How long a code is says nothing of it, nor does Go's `ok` beside a bound. */
function isOutcome(part: string, compares: boolean): boolean {
  const text = words(stateless(withoutFlags(part.replace(LENGTH_OF, 'size'))));
  return (ERROR.test(text) && !(compares && /^\W*!?ok\W*$/.test(part))) || STATUS.test(text);
}

const LENGTH_OF = /\blen\([\w.]+\)|(?<![\w$.?])[\w$.?]+\.(?:length|len\(\)|size\(\)|length\(\))/g;

/** Where it runs, whatever is thrown at whoever started it there: `env == 'prod'`, `process.env.NODE_ENV === 'production'`. */
function isPlaceTest(test: string): boolean {
  return (
    /\b(NODE_ENV|RAILS_ENV|APP_ENV|DJANGO_ENV|DEPLOY_ENV)\b|\b(env|environment|stage|cluster|profile|deployment|tier)\b/i.test(test) &&
    /['"`](prod|production|live|staging)['"`]/i.test(test)
  );
}

/** Refuses whoever asked for the thing himself: `if (actor.id === request.createdBy) throw`. */
function isOwnWork({ test, exit }: Guard): boolean {
  if (exit !== 'throw' && exit !== 'answer') return false;
  const asserted = /^!\((.*)\)$/.exec(test)?.[1];
  if (isSecondPerson(test)) return true;
  const isSame =
    asserted === undefined
      ? /===?|\bin\b|\.includes\(|\.contains\(|\.(equals|Equals|is)\(/.test(test) && !/^!|!==?|\bnot\b/.test(test)
      : /!==?|\bnot in\b|\bis not\b/.test(asserted);
  const text = words(test);
  return (
    isSame &&
    /\b((created|requested|submitted|initiated|authored|prepared|raised|opened|proposed|drafted|entered) by|requester|requestor|submitter|initiator|proposer|preparer|maker|originator|author)\b/.test(
      text,
    ) &&
    /\b(actor|user|approver|reviewer|releaser|checker|operator|principal|caller|signer|officer|current|me|session|employee|admin|subject)\b/.test(
      text,
    )
  );
}

/** `second is None or second.pk == payout.created_by_id`: nobody else looked, or the one who made it. */
function isSecondPerson(test: string): boolean {
  return (
    /\b(second|other|approver|approved|reviewer|reviewed|signer|signed|checker|checked|countersign\w*|witness)\b.*\b(created|requested|submitted|initiated|authored|prepared|raised|opened|proposed|drafted|entered) by\b|\b(created|requested|submitted|initiated|authored|prepared|raised|opened|proposed|drafted|entered) by\b.*\b(second|other|approver|approved|reviewer|reviewed|signer|signed|checker|checked|countersign\w*|witness)\b/.test(
      words(test),
    ) && /==|\bis\b|\.equals\(|\.Equals\(|\.is\(/.test(test)
  );
}

/** `list.indexOf(x) > -1` asks what `list.includes(x)` asks, and bounds nothing. */
export function asMembership(test: string): string {
  return test
    .replace(/\.indexOf\(([^()]*)\)\s*(?:>\s*-1|!==?\s*-1|>=\s*0)/g, '.includes($1)')
    .replace(/(?<![\w$.])([\w$.]+)\.indexOf\(([^()]*)\)\s*(?:===?\s*-1|<\s*0)/g, '!$1.includes($2)');
}

/** Whether something was found that should not be there: `len(unknown) > 0`. That there is nothing to work on is another question. */
export function isEmptinessTest(test: string): boolean {
  return /^!?\(?(?:len\([\w.]+\)|[\w$.?]+\.(?:length|size|Count|len\(\)|size\(\)|length\(\)))\s*(?:>|!==?)\s*0\)?$/.test(test.trim());
}

/** Words of a second person's consent; `text` as `words` gives it. */
export function isApprovalText(text: string): boolean {
  return /\b(approval|approvals|approve|approved|approver|approvers|approved by|sign off|signed off|signoff|signoffs|second person|two person|four eyes|dual control|co signer|cosigner|reviewed by|change ticket|change request|confirm|confirmed by|confirmation|are you sure)\b/.test(
    text,
  );
}

/** True where a condition asks whether a path stays inside a folder. */
export function isContainmentTest(test: string): boolean {
  const names =
    /(path|file|dir|folder|target|resolved|relative|\brel\b|real|root|base|dest|full|abs|upload|name|entry|safe|candidate|prefix)/i;
  if (
    /\b(isAbsolute|is_absolute|IsAbs|IsLocal|is_relative_to|commonpath|common_path|isPathInside|isInside|isSubpath|isWithin|normalize|toRealPath)\b/.test(
      test,
    )
  )
    return true;
  // `line.strip_prefix("name ")` reads a line, and asks of no path.
  if (/\bstrip_prefix\b(?!\((?:'[^'/\\]*'|"[^"/\\]*"|b'[^']*'|b"[^"]*")\))/.test(test)) return true;
  if (/['"`]\.\.[/\\]?['"`]|ParentDir|\bin [\w.]+\.parents\b/.test(test)) return true;
  // The function's own name says nothing of what is asked.
  const said = test.replace(/\bHasPrefix\b/g, '');
  return (
    /(startsWith|starts_with|startswith|HasPrefix|commonprefix|indexOf)\b/.test(test) &&
    names.test(said) &&
    /(root|base|dir|folder|home|workspace|prefix|sep\b|upload|parent|cwd)/i.test(said)
  );
}

/** True where a condition asks who somebody is or what they may do. */
export function isAccessTest(test: string): boolean {
  const text = words(unsorted(test));
  // Which way a person is led by a flag is no question of what they may.
  if (
    /\b(flags?|features?|experiments?|variation|variant|toggles?|rollout|treatment|launch darkly|unleash)\b/.test(text) &&
    !ACCESS.test(text)
  )
    return false;
  return ACCESS.test(text) || IDENTITY.test(text) || /\b(owner id|user id|account id|is owner|is staff)\b/.test(text);
}

/** Calls that stand inside a fact's range. */
export function callsInside(guard: Pick<Guard, 'range'>, calls: readonly Call[]): readonly Call[] {
  return factsInside(calls, guard.range);
}

/** Words of the access vocabulary in a name: `requireRole`, `canRefund`, `JwtAuthGuard`. */
export function isAccessName(name: string): boolean {
  const text = words(name.replace(SHOWN, 'is shown'));
  // An address that somebody is sent to, and no question.
  if (/\bauthori[sz](?:e|ation) (?:url|uri|link|endpoint)\b/.test(text)) return false;
  if (/\b(author|authors|access log|accessor|scoped|roleplay|limit|limits|limiter|rate|throttle|throttler|slow)\b/.test(text)) return false;
  return (
    ACCESS.test(text) ||
    /\b(guard|guards|guarded|jwt|passport|protect|protected|require user|require session|current user|check user|use guards|roles allowed|secured|authenticator|authorizer|authentication|authorization|jwtauth|basicauth|basic auth|oidc|casbin|enforcer|verify token|check token|validate token|ensure user|(?:verify|require|ensure|demand|must be|assert|needs?) (?:a |an |valid |active |the )?(?:session|sessions|token|tokens|user|identity|credentials?|bearer|sso|principal|caller|member|employee|operator|badge|signed)|(?:check|validate) (?:session|identity|credentials?|bearer|sso|principal|caller|badge))\b/.test(
      text,
    )
  );
}
