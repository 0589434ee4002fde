import type { Call, Fact, Handler, SourceFacts } from '../../../model/facts.ts';
import type { LineSpan } from '../../../model/hunk.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver, words } from '../code/call-names.ts';
import { rangeOfLine, scopeAtLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { groupBy, keepOf, keepOfBoth } from '../code/kept.ts';
import { newGuardsIn } from '../code/scope-changes.ts';
import { callsInside, guardKind } from './guard-kinds.ts';
import { isVerification } from './verifications.ts';

/** Where a check failed and the request goes on, and what failed, as a person would call it. */
export interface OpenedFailure {
  readonly side: Side;
  readonly range: Range;
  readonly what: string;
}

/** Questions of how often and not of who. */
export const NO_ACCESS = /\b(limit\w*|rate|throttl\w*|quota|cache\w*|feature\w*|toggle|retry|retries|spam|theme|cookie consent)\b/;

/** True for a call that can do nothing but refuse, and is about somebody: `checkTicket(request.user, gig)`, `assertMayCancel(who)`. */
export function isCheckOfSomebody({ callee, args, use }: Call): boolean {
  const name = words(lastName(callee));
  return (
    use !== 'used' &&
    /^(?:check|assert|ensure|require|verify|authori[sz]e|authenticate|enforce|guard|demand|must|deny|refuse|protect)\b/.test(name) &&
    !NO_ACCESS.test(name) &&
    (PLACE.test(name.replace(/^\w+/, '')) ||
      args.some((text) =>
        /\b(?:user|actor|principal|session|viewer|caller|member|claims|who|requester|identity|me|visitor|guest)\b/.test(words(text)),
      ))
  );
}

/** A place that decides who may pass, by its name, whatever the trade calls it. */
const PLACE =
  /\b(auth\w*|access|permission\w*|permit\w*|polic(?:y|ies)|guard\w*|gate\w*|door\w*|bouncer|turnstile|barrier|lock|token\w*|session\w*|login|entitle\w*|admit\w*|admission|lets? (?:in|through|pass)|may|can|allow\w*|grant\w*|verif\w+|member\w*|role\w*|owner\w*|licen[cs]e\w*|credential\w*|signature\w*|webhook\w*|jwt|bearer|oidc|saml|mfa|otp|totp|captcha|identity|principal|security|clearance|enter|entry|trusted|eligib\w*|privilege\w*|acl|rbac|opa|blocked|banned|revoked|denied|sanction\w*)\b/;

/** A function whose yes is the refusal. */
const REFUSES =
  /^(?:is|are|has|was|must|should)?\b ?(?:\w+ )?(?:blocked|banned|revoked|expired|denied|disabled|suspended|locked|sanctioned|forbidden|required|blacklisted|deny|block|reject|refuse)\b/;

const NO =
  /^(?:false|deny|denied|reject|rejected|forbid|forbidden|refuse|refused|block|blocked|unauthori[sz]ed|closed|close|invalid|disallow|disallowed|no)$/i;
const YES =
  /^(?:true|allow|allowed|permit|permitted|grant|granted|accept|accepted|authori[sz]ed|open|pass|passed|valid|continue|bypass|ok|yes)$/i;
/** Keys and enumerations that speak of nothing but who may pass. */
const VERDICT =
  /^(?:allow|allowed|authori[sz]ed|authenticated|permit|permitted|grant|granted|admit|admitted|may_?enter|has_?access|can_?\w+|is_?allowed|is_?authori[sz]ed|deny|denied|decision|verdict|effect|access|valid|active|verified|trusted|entitled|ok|pass|passed)$/i;
/** What stands before the value that answers where nothing else did. */
const FALLS_BACK =
  /(?:\?\?|\|\||=>|->|\bor|\breturn|\breturn [A-Za-z]\w{0,20} \(|\breturn [A-Za-z]\w{0,30} (?:\.|::)|\breturn [A-Za-z]\w{0,30} (?:\.|::) [A-Za-z]\w{0,30} (?:\.|::)|[=:>] [A-Z]\w{0,30} (?:\.|::)|\b(?:orElse|or_else|unwrap_or|getOrElse|onErrorReturn|defaultIfEmpty|valueOr|value_or|map_or|resolve|just|completedFuture|of|Some|Ok|switchIfEmpty|recover|getOrDefault|get_or_default|get|getattr|is_ok_and|elseGet) \([^()]{0,40}|Boolean \.|\belse \{?) $/;

/** Asks for what is kept, and says what to take where nothing is. */
const DEFAULTS =
  /\b(?:get|getattr|getOrDefault|get_or_default|getBoolean|setdefault|pop|fetch|ValueOr|defaultTo|coalesce|COALESCE|IFNULL|NVL) \(/;

/** Lines that answered no where nothing was known, and answer yes now: `answer ?? false`, `catch { return { allow: false } }`. */
export function* flippedAnswers(input: RuleInput): Iterable<OpenedFailure> {
  const { before, after, hunk, path } = input;
  if (before === undefined || after === undefined) return;
  const old = linesOf(before, hunk.before.start, hunk.before.lines);
  if (old.length === 0 || old.length > 400) return;
  for (const { line, tokens } of linesOf(after, hunk.after.start, hunk.after.lines)) {
    if (!tokens.some((token) => YES.test(bare(token)) || NO.test(bare(token)))) continue;
    const scope = scopeAtLine(after, line);
    const own = words(lastName(scope));
    const place = words(`${path.replace(/\.\w+$/, '')} ${scope}`);
    if (NO_ACCESS.test(place) || NO_ACCESS.test(words(tokens.join(' ')))) continue;
    const [no, yes] = REFUSES.test(own) || DIFFERS.test(own) ? [YES, NO] : [NO, YES];
    const shape = shapeOf(tokens);
    const twin = old
      .map((other) => ({ ...other, scope: scopeAtLine(before, other.line) }))
      .find((other) => shapeOf(other.tokens) === shape && counterpartScope(input, other.scope) === scope);
    if (twin === undefined) continue;
    const flips = tokens.flatMap((token, at) => (yes.test(bare(token)) && no.test(bare(twin.tokens[at] ?? '')) ? [at] : []));
    const back = tokens.some((token, at) => no.test(bare(token)) && yes.test(bare(twin.tokens[at] ?? '')));
    if (flips.length === 0 || back) continue;
    const isVerdict = flips.some((at) => VERDICT.test(bare(tokens[at - 2] ?? '')) && /^(?::|=|=>)$/.test(tokens[at - 1] ?? ''));
    const isNamed = flips.some((at) => !/^(?:true|false)$/i.test(bare(tokens[at] ?? '')) && PLACE.test(place));
    const said = tokens.join(' ');
    const falls = flips.some(
      (at) => FALLS_BACK.test(`${tokens.slice(Math.max(0, at - 8), at).join(' ')} `) || (tokens[at - 1] === ',' && DEFAULTS.test(said)),
    );
    const inFailure = after.handlers.some(({ range }) => range.start.line <= line && line <= range.end.line);
    const asks =
      PLACE.test(own) ||
      (inFailure && PLACE.test(place)) ||
      (/^(?:is|has|can|may|lets?|check|verify|should)\b/.test(own) && PLACE.test(place)) ||
      provesSecret(before, twin.scope, own);
    if (isVerdict || ((isNamed || asks) && (falls || (isNamed && inFailure))))
      yield { side: 'after', range: rangeOfLine(input, 'after', line), what: lastName(scope) || 'the check' };
  }
}

/** A function that compares two secrets, or is called for it: no length and no missing header is a yes there. */
function provesSecret({ calls }: SourceFacts, scope: string, own: string): boolean {
  return (
    COMPARES_SECRETS.test(own) ||
    calls.some(
      (call) =>
        call.scope !== '' &&
        within(call.scope, scope) &&
        (isVerification(call) || COMPARES_SECRETS.test(words(lastName(call.callee))) || COMPARES_HASHES.test(words(call.callee))),
    )
  );
}

/** In constant time, or by the password's own hash. */
const COMPARES_SECRETS =
  /^(?:(?:constant|fixed) time (?:equals?|eq|compare|comparison|matches)|(?:timing )?(?:safe|secure) (?:equals?|eq|compare|comparison|string compare)|tsscmp|ct eq|slow equals|checkpw|check password(?: hash)?|verify password|password verify|compare hash and password|compare password)$/;

const COMPARES_HASHES = /\b(?:bcrypt|bcryptjs|argon2|scrypt|password (?:encoder|hasher))\b.* (?:compare|compare sync|verify|matches)$/;

/** A function whose yes says that two things are not the same. */
const DIFFERS = /\b(?:differs?|different|mismatch\w*|unequal|forged|tampered|invalid|wrong|bad|fails?|rejects?)\b/;

/** The code of each line, without what only says so in words. */
function linesOf(
  facts: SourceFacts,
  start: number,
  lines: number,
): readonly { readonly line: number; readonly tokens: readonly string[] }[] {
  return Array.from({ length: Math.min(lines, 400) }, (_, at) => ({
    line: start + at,
    tokens: tokensOn(facts, start + at, start + at).map(({ text }) => text),
  })).filter(({ tokens }) => tokens.length > 0);
}

function bare(token: string): string {
  return token.replace(/^['"`]|['"`]$/g, '');
}

function shapeOf(tokens: readonly string[]): string {
  // Beside the answer stands what went wrong: `return false, err`.
  const end = tokens[0] === 'return' && tokens[2] === ',' ? 2 : tokens.length;
  return tokens
    .slice(0, end)
    .map((token) => (NO.test(bare(token)) || YES.test(bare(token)) ? '\u0001' : /^['"`]/.test(token) ? "''" : token))
    .join(' ');
}

/** What an answer says that refuses somebody. */
export const REFUSAL =
  /\b(?:40[13]|\w*(?:UNAUTHORI[SZ]ED|FORBIDDEN|UNAUTHENTICATED|PERMISSION_DENIED|Unauthori[sz]ed|Forbidden|Unauthenticated|PermissionDenied|AccessDenied|AuthenticationFailed|NotAuthenticated|NotAuthori[sz]ed|InvalidToken|InvalidCredentials|AuthError|AuthException|AuthenticationError|AuthorizationError|SecurityException|BadCredentials)\w*)\b/;
const LOGS =
  /(^|\.)(log|logger|logging|slog|console|LOG|LOGGER|zap|metrics|statsd|sentry|Sentry|tracing|span|counter)\b|(^|\.)(debug|info|warn|warning|error|exception|Warnf?|Infof?|Debugf?|Errorf?|Printf?|Println|inc|increment|captureException|format|String|str|repr|toString|getMessage|now|FullPath)!?$|!$/;

/** Handlers that refused whoever asked, and let the work go on now: the refusal is gone, and nothing stands in its place. */
export function* lostRefusals(input: RuleInput): Iterable<OpenedFailure> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined) return;
  for (const { handler, old } of handlersThatGoOn(before, after)) {
    const what = old.guarded[0] ?? 'the check';
    // A rewrite is cut into several hunks: where the refusal stood, and where the work goes on now.
    if (touches(handler.range, hunk.after)) yield { side: 'after', range: handler.range, what };
    else if (touches(old.range, hunk.before)) yield { side: 'before', range: old.range, what };
  }
  yield* passedOn(input, before, after);
  yield* lostAborts(input);
}

/** A condition, or a handler of a place that decides who may pass, which ended the work and hands it on now. */
function* passedOn(input: RuleInput, before: SourceFacts, after: SourceFacts): Iterable<OpenedFailure> {
  for (const call of input.added.calls) {
    if (!isPass(call)) continue;
    const holds = ({ range }: Fact): boolean => range.start.line <= call.range.start.line && call.range.end.line <= range.end.line;
    const was = [
      ...after.guards.filter((guard) => holds(guard)).flatMap((guard) => before.guards.filter(({ test }) => test === guard.test)),
      ...after.handlers
        .filter((handler) => holds(handler))
        .flatMap((handler) => before.handlers.filter(({ guarded }) => guarded.some((name) => handler.guarded.includes(name)))),
    ].find((old) => {
      const text = textOn(before, old.range);
      const isPlace =
        PLACE.test(words(`${input.path.replace(/\.\w+$/, '')} ${old.scope}`)) && !NO_ACCESS.test(words(`${input.path} ${old.scope}`));
      return (
        counterpartScope(input, old.scope) === call.scope &&
        (REFUSAL.test(text) ||
          ((isPlace || refusesBeside(before, old)) && /\b(?:return|throw|raise|abort|status|sendError|end)\b/.test(text))) &&
        !before.calls.some(
          (other) => isPass(other) && other.range.start.line >= old.range.start.line && other.range.end.line <= old.range.end.line,
        )
      );
    });
    if (was !== undefined) yield { side: 'after', range: call.range, what: lastName(call.scope) || 'the check' };
  }
}

/** The function refuses somebody in another place, and speaks of nothing else. */
function refusesBeside(facts: SourceFacts, old: Fact): boolean {
  return (
    !NO_ACCESS.test(words(old.scope)) &&
    facts.guards.some(
      (guard) => guard.range.start.line > old.range.end.line && guard.scope === old.scope && REFUSAL.test(textOn(facts, guard.range)),
    )
  );
}

/** A question about the whole file, which each of its hunks asks. */
const handlersThatGoOn = keepOfBoth((before: SourceFacts, after: SourceFacts) => {
  const old = refusingHandlers(before);
  if (old.length === 0) return [];
  const refusing = groupBy(old, ({ scope }) => counterpartScope({ before, after }, scope) ?? '\u0000');
  return after.handlers.flatMap((handler) => {
    const others = handler.outcome === 'rethrows' ? undefined : refusing.get(handler.scope);
    if (others === undefined) return [];
    const failing = callsThrough(after, handler);
    const old = others.find(({ guarded }) => guarded.some((callee) => failing.has(lastName(callee))));
    if (old === undefined || !goesOn(after, handler)) return [];
    const again = newGuardsIn({ before, after }, '').some(
      (guard) => !within(guard.scope, old.scope) && guardKind(guard, callsInside(guard, after.calls)) === 'access',
    );
    return again ? [] : [{ handler, old }];
  });
});

const refusingHandlers = keepOf((facts: SourceFacts) => facts.handlers.filter(({ range }) => REFUSAL.test(textOn(facts, range))));

function touches({ start, end }: Range, { start: first, lines }: LineSpan): boolean {
  return start.line <= first + Math.max(lines, 1) - 1 && end.line >= first;
}

/** What a handler guards, and what the functions of this file do that it guards. */
function callsThrough(facts: SourceFacts, { guarded }: Handler): ReadonlySet<string> {
  const names = new Set(guarded.map(lastName));
  return new Set([...names, ...[...names].flatMap((name) => (callsByOwner(facts).get(name) ?? []).map(({ callee }) => lastName(callee)))]);
}

const callsByOwner = keepOf((facts: SourceFacts) => groupBy(facts.calls, ({ scope }) => lastName(scope)));

/** The chain is asked to go on, or nothing but a note is left of the refusal. */
export function goesOn(facts: SourceFacts, { range }: Handler): boolean {
  const inside = facts.calls.filter(
    ({ range: at }) => at.start.line >= range.start.line && at.end.line <= range.end.line && isAfter(at, range),
  );
  if (inside.some(isPass)) return true;
  const text = textOn(facts, range);
  if (REFUSAL.test(text) || /\b(?:throw|raise|panic|panic!|abort|exit|redirect|reject|Err|bail!|deny|denied)\b/.test(text)) return false;
  if (/\breturn (?:[\w.]+ , )?(?:err|error|e|ex|exc)\b/.test(text)) return false;
  const notes = inside.filter(({ callee }) => LOGS.test(callee) && callee !== 'http.Error');
  return inside.every(
    ({ callee, kind, range: at }) =>
      kind === 'new' ||
      // What a note says of the request is asked for the note alone.
      notes.some((note) => note.range.start.line <= at.start.line && at.end.line <= note.range.end.line && isAfter(at, note.range)) ||
      // Go: an answer, whatever it is called.
      (LOGS.test(callee) && callee !== 'http.Error') ||
      /^[A-Z]\w+$|[Aa]nonymous|[Gg]uest|[Ss]ystem/.test(callee),
  );
}

function isAfter(at: Range, { start }: Range): boolean {
  return at.start.line > start.line || at.start.character >= start.character;
}

function textOn(facts: SourceFacts, { start, end }: Range): string {
  return tokensOn(facts, start.line, end.line)
    .map(({ text }) => text)
    .join(' ');
}

/** A chain that is only answered and not ended runs on: `c.AbortWithStatus(401)` that became `c.Status(401)`. */
function* lostAborts(input: RuleInput): Iterable<OpenedFailure> {
  const aborts = (calls: readonly Call[], scope: string): readonly Call[] =>
    calls.filter((call) => within(call.scope, scope) && /^Abort/.test(lastName(call.callee)));
  for (const call of input.removed.calls) {
    if (!/^Abort/.test(lastName(call.callee)) || call.scope === '') continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || input.before === undefined || input.after === undefined) continue;
    if (aborts(input.after.calls, scope).length >= aborts(input.before.calls, call.scope).length) continue;
    const chain = receiver(call.callee);
    const isChain = input.after.calls.some((other) => within(other.scope, scope) && other.callee === `${chain}.Next`);
    const answer = input.added.calls.find(
      (other) => within(other.scope, scope) && receiver(other.callee) === chain && REFUSAL.test(other.args.join(' ')),
    );
    if (isChain && answer !== undefined) yield { side: 'after', range: answer.range, what: lastName(scope) };
  }
}

/** `next()` without an error, and what other frameworks have for it. */
export function isPass(call: Call): boolean {
  if (
    /^((next|handler|inner|h|nxt|base|wrapped)\.(ServeHTTP|run|Handle|call|oneshot)|(c|ctx|context|gc|ginCtx|fc)\.Next|call_next|(self\.)?get_response|(chain|filterChain|fc)\.(doFilter|filter|proceed)|chain\.proceed|joinPoint\.proceed|(self\.)?(inner|service)\.call)$/.test(
      call.callee,
    )
  )
    return true;
  if (/^(next|handler|inner|nxt|(self\.)?app|h)$/.test(call.callee) && call.args.length > 0)
    return /^(c|ctx|r|req|request|context|w|scope|exchange|rw|writer)$/.test(call.args[0] ?? '');
  return call.callee === 'next' && call.args.length === 0;
}
