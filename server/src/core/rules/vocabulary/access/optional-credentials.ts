import type { Call, Condition, Guard, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { words } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { negate, split } from '../conditions/parts.ts';
import { callsInside, guardKind } from '../guards/guard-kinds.ts';
import { isVerification } from '../guards/verifications.ts';

/** A check that is made only of those who bring something to check. */
export interface OptionalCredential {
  readonly range: Range;
  /** What they need not bring. */
  readonly what: string;
}

/**
 * New checks of a signature or a token that let through whoever brings none (`if (sig && !matches(sig, own)) refuse`, the same inside
 * of `if (sig)`, `if (!sig) return next()` in front of it), in a change that lost one which asked everybody.
 */
export function* optionalCredentials(input: RuleInput): Iterable<OptionalCredential> {
  const { after, added } = input;
  const { start, lines } = input.hunk.after;
  if (after === undefined || (added.guards.length === 0 && added.conditions.length === 0)) return;
  const found = [...inOneCondition(added.guards), ...underCondition(after, added.conditions), ...letThrough(after, added.guards)].filter(
    ({ what, guard, range }) =>
      range.start.line >= start &&
      range.start.line < start + lines &&
      CREDENTIAL.test(words(what)) &&
      !isAbsenceRefused(after, guard, what),
  );
  if (found.length === 0 || !hasLostStrictOne(input)) return;
  for (const { range, what } of found) yield { range, what };
}

/**
 * New ways out of a check that was there, in front of its comparison, which say yes to whoever brings nothing: `if (!signature) return
 * true` of `verifySignature`. Nothing was taken away; the check asks fewer.
 */
export function* absencesThatPass(input: RuleInput): Iterable<OptionalCredential> {
  const { before, after, added } = input;
  if (before === undefined || after === undefined) return;
  for (const guard of added.guards) {
    const { all, items } = split(guard.test);
    if (guard.exit !== 'return' || guard.scope === '' || (all && items.length > 1) || REFUSES.test(words(guard.scope))) continue;
    if (!tokensOn(after, guard.range.start.line, guard.range.end.line).some(({ text }) => /^true$/i.test(text))) continue;
    const what = items.map(absenceOf).find((name) => name !== undefined && CREDENTIAL.test(words(name)));
    if (what === undefined || wayOut(after, guard) !== 'yes') continue;
    const compares = (call: Call): boolean => within(call.scope, guard.scope) && isVerification(call);
    if (!before.calls.some(compares)) continue;
    const isInFront = after.calls.some((call) => call.range.start.line > guard.range.end.line && compares(call));
    if (isInFront) yield { range: guard.range, what };
  }
}

/** A function whose yes is the refusal: `isForged`. */
const REFUSES =
  /\b(?:forged|invalid|bad|tampered|rejects?|mismatch\w*|differs?|missing|revoked|expired|refuses?|denied|skips?|unsigned|optional)\b/;

interface Candidate extends OptionalCredential {
  readonly guard: Guard;
}

function* inOneCondition(guards: readonly Guard[]): Iterable<Candidate> {
  for (const guard of guards) {
    const { all, items } = split(guard.test);
    if (!all || items.length < 2 || guard.exit === 'break') continue;
    for (const item of items) {
      const what = presenceOf(item);
      if (what !== undefined && items.some((other) => other !== item && isRefusedFor(other, what)))
        yield { range: guard.range, what, guard };
    }
  }
}

function* underCondition({ guards }: SourceFacts, conditions: readonly Condition[]): Iterable<Candidate> {
  for (const { kind, test, range, scope } of conditions) {
    const { all, items } = split(test.replace(/^let (?:Some|Ok)\((?:mut |&)?(\w+)\) ?= ?.*$/s, '$1'));
    if (kind !== 'wraps' || !all) continue;
    for (const item of items) {
      const what = presenceOf(item);
      const guard = guards.find(
        (other) =>
          what !== undefined &&
          within(other.scope, scope) &&
          other.range.start.line >= range.start.line &&
          other.range.start.line <= range.end.line + NEAR &&
          split(other.test).items.some((part) => isRefusedFor(part, what)),
      );
      if (what !== undefined && guard !== undefined) yield { range, what, guard };
    }
  }
}

/** Lines between a condition and the refusal that it decides about. */
const NEAR = 5;

function* letThrough(after: SourceFacts, guards: readonly Guard[]): Iterable<Candidate> {
  for (const fresh of guards) {
    const { all, items } = split(fresh.test);
    if (fresh.exit !== 'return' || (all && items.length > 1)) continue;
    const passes = wayOut(after, fresh);
    for (const item of items) {
      const what = absenceOf(item);
      if (what === undefined || passes === undefined) continue;
      const guard = after.guards.find(
        (other) =>
          within(other.scope, fresh.scope) &&
          other.range.start.line > fresh.range.end.line &&
          (passes === 'yes' || other.exit === 'throw') &&
          split(other.test).items.some((part) => isRefusedFor(part, what)),
      );
      if (guard !== undefined) yield { range: fresh.range, what, guard };
    }
  }
}

/** `yes` where a guard says so (`return next()`, `return true`), `silent` where it gives back nothing, which is a yes where refusals are thrown. */
function wayOut(after: SourceFacts, { range }: Guard): 'yes' | 'silent' | undefined {
  const tokens = tokensOn(after, range.start.line, range.end.line).map(({ text }) => text);
  const said = tokens.slice(tokens.lastIndexOf('return') + 1).join(' ');
  if (/^(?:await )?(?:next \( \)|true\b|True\b|c \. Next \( \)|call_next|chain|Ok \( true)/.test(said)) return 'yes';
  return /^(?:;|\}|nil\b|None\b|null\b|undefined\b|Ok \( \( \) \)|$)/.test(said) ? 'silent' : undefined;
}

const NAME = '[A-Za-z_$][\\w$.]*';
const PRESENT = new RegExp(
  `^(?:(${NAME})(?:!=(?:null|undefined|None|nil|''))?|(${NAME})isnot(?:None|null)|(?:len\\()?(${NAME}?)(?:\\)|\\.length(?:\\(\\))?|\\.len\\(\\))(?:>|!=)0|(${NAME}?)\\.(?:isPresent|is_some|length)(?:\\(\\))?|!(${NAME}?)\\.(?:isEmpty|is_empty|isBlank)\\(\\))$`,
);

/** `sig` of `sig`, `sig != nil`, `len(sig) > 0`, `!sig.isEmpty()`. */
function presenceOf(item: string): string | undefined {
  return PRESENT.exec(item.replace(/isnotNone$/, '!=None'))
    ?.slice(1)
    .find((name) => name !== undefined && name !== '');
}

function absenceOf(item: string): string | undefined {
  const [turned = ''] = negate({ all: true, items: [item.replace(/(?<=\w)isNone$/, '==None')] }).items;
  return presenceOf(turned);
}

/** A part of a condition that refuses what is brought: `!matches(sig, own)`, `sig != own`. */
function isRefusedFor(part: string, what: string): boolean {
  const named = new RegExp(`(?<![\\w$.])${escaped(what)}(?![\\w$])`);
  return (
    /^!|!=(?!(?:null|undefined|None|nil|'')$)/.test(part) &&
    named.test(part) &&
    presenceOf(part) === undefined &&
    absenceOf(part) === undefined
  );
}

const CREDENTIAL =
  /\b(signature|signatures|sig|hmac|mac|digest|checksum|seal|token|tokens|bearer|jwt|api ?key|secret|csrf|xsrf|nonce|password|passcode|otp|totp|credential|credentials|authorization|assertion|proof|cookie|session|signed)\b/;

/** Another condition of the same function stops whoever brings nothing. */
function isAbsenceRefused(after: SourceFacts, guard: Guard, what: string): boolean {
  return after.guards.some((other) => {
    if (other === guard || !within(other.scope, guard.scope) || other.exit === 'break') return false;
    const { all, items } = split(other.test);
    const isAsked = (!all || items.length === 1) && items.some((item) => absenceOf(item) === what);
    return isAsked && (other.exit !== 'return' || wayOut(after, other) === undefined);
  });
}

/** A check of who asks, or of what was signed, that the change took away and that asked everybody. */
function hasLostStrictOne(input: RuleInput): boolean {
  const elsewhere = input.removedElsewhere();
  const isStrict = (guard: Guard, calls: SourceFacts['calls']): boolean =>
    guard.exit !== 'break' &&
    /^(?:signature|access)$/.test(guardKind(guard, callsInside(guard, calls))) &&
    !split(guard.test).items.some((item, _at, items) => items.length > 1 && split(guard.test).all && presenceOf(item) !== undefined);
  return (
    input.removed.guards.some((guard) => isStrict(guard, input.before?.calls ?? [])) ||
    elsewhere.guards.some((guard) => isStrict(guard, elsewhere.calls))
  );
}
