import type { Call, Option, SourceFacts } from '../../../model/facts.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { workScopes } from '../code/own-parts.ts';
import { changedSettings, placeOf } from '../settings/settings.ts';

/** A flag that kept the cookie of a session from scripts, from plain connections or from other sites, and is off or gone. */
export interface LostCookieFlag {
  readonly side: Side;
  readonly range: Range;
  readonly flag: string;
}

/** Options of a call, fields of a cookie, calls of a builder, settings of a framework and of a file; the first flag of each line. */
export function* lostCookieFlags(input: RuleInput): Generator<LostCookieFlag> {
  const told = new Set<string>();
  for (const found of [...options(input), ...builderCalls(input), ...settings(input)]) {
    const line = `${found.side}:${found.range.start.line}`;
    if (told.has(line)) continue;
    told.add(line);
    yield found;
  }
}

function* options(input: RuleInput): Generator<LostCookieFlag> {
  const { added, removed, after, before } = input;
  for (const option of added.options) {
    const flag = flagOf(option.name);
    if (flag === undefined || !isOff(flag, option.value) || !isOfSession(input, after, option)) continue;
    const old = removed.options.find((other) => other.name === option.name && counterpartScope(input, other.scope) === option.scope);
    if (old !== undefined && !isOff(flag, old.value)) yield { side: 'after', range: option.range, flag: option.name };
  }
  for (const option of removed.options) {
    const flag = flagOf(option.name);
    // Browsers take `lax` where a cookie says nothing of other sites.
    if (flag === undefined || flag === 'same site' || isOff(flag, option.value) || !isOfSession(input, before, option)) continue;
    const scope = counterpartScope(input, option.scope);
    if (scope === undefined || after === undefined) continue;
    if (added.options.some((other) => other.name === option.name && other.scope === scope && isOff(flag, other.value))) continue;
    // What sets it may be a function of the file that all of them ask now.
    const parts = scope === '' ? [scope] : workScopes(after, scope);
    const isSetter = (call: Call): boolean => call.callee === option.callee && parts.includes(call.scope);
    const stays =
      option.callee === ''
        ? option.scope === '' || after.options.some((other) => other.scope === scope)
        : after.calls.some(isSetter) || after.options.some(({ callee, scope: home }) => callee === option.callee && home === scope);
    const isSet = after.options.some(
      (other) =>
        flagOf(other.name) === flag &&
        !isOff(flag, other.value) &&
        // A setting may have gone into a class of settings, or an object that is spread.
        (parts.includes(other.scope) || other.scope === '' || (option.scope === '' && words(other.name) === words(option.name))),
    );
    const isHanded = after.calls.some(
      (call) => isSetter(call) && call.args.some((argument) => HANDED.test(argument) && !isHere(after, argument)),
    );
    if (stays && !isSet && !isHanded) yield { side: 'before', range: option.range, flag: option.name };
  }
}

const HANDED = /^[\w$.]*(?:opt|cookie|config|flags|defaults)\w*(?:\(.*\))?$|\.\.\.|\*\*/i;

/** All that is spread into it stands in objects of this file: `{ ...BASE, maxAge }`. */
function isHere({ options }: SourceFacts, argument: string): boolean {
  const spread = [...argument.matchAll(/\.\.\.([\w$.]+)/g)].map((match) => match[1] ?? '');
  return (
    spread.length > 0 &&
    spread.every((name) =>
      options.some((option) => option.scope === '' && option.name === name && /^(?:Object\.freeze\()?\{/.test(option.value)),
    )
  );
}

/** `.httpOnly(true)` of a builder that became `.httpOnly(false)` or went out of its chain. */
function* builderCalls(input: RuleInput): Generator<LostCookieFlag> {
  for (const call of input.removed.calls) {
    const flag = SETS.test(lastName(call.callee)) ? flagOf(lastName(call.callee).replace(/^set/, '')) : undefined;
    if (flag === undefined || flag === 'same site' || isOff(flag, call.args[0] ?? 'true') || !/cookie/i.test(call.callee)) continue;
    const scope = counterpartScope(input, call.scope);
    const same = (other: Call): boolean =>
      other.scope === scope && flagOf(lastName(other.callee).replace(/^set/, '')) === flag && !isOff(flag, other.args[0] ?? 'true');
    const isBuilt = input.after?.calls.some((other) => other.scope === scope && /cookie/i.test(other.callee)) === true;
    const named = input.before?.calls.find(({ callee, scope: own }) => own === call.scope && /Cookie$/.test(callee))?.args[0] ?? '';
    if (isBuilt && input.after?.calls.some(same) !== true && !isOfNobody(`${call.callee} ${call.scope} ${named}`))
      yield { side: 'before', range: call.range, flag: lastName(call.callee) };
  }
}

const SETS = /^(?:httpOnly|http_only|secure|same_site|sameSite|setHttpOnly|setSecure)$/;

function* settings(input: RuleInput): Generator<LostCookieFlag> {
  for (const change of changedSettings(input)) {
    const flag = flagOf(change.path.at(-1) ?? '');
    if (flag === undefined || !change.path.some((part) => /cookie|session/i.test(part)) || change.before === undefined) continue;
    const now = change.after === undefined ? undefined : String(change.after.value);
    if (now === undefined || isOff(flag, String(change.before.value)) || !isOff(flag, now)) continue;
    yield { ...placeOf(change), flag: change.path.at(-1) ?? '' };
  }
}

function flagOf(name: string): 'http only' | 'secure' | 'same site' | undefined {
  const text = words(name);
  if (/^((session|csrf|remember|auth|refresh|jwt)( \w+)? cookie )?(http only|httponly|is http only)$/.test(text)) return 'http only';
  if (/^((session|csrf|remember|auth|refresh|jwt)( \w+)? cookie )?(secure|is secure)$|^secure ssl redirect$/.test(text)) return 'secure';
  return /^((session|csrf|remember|auth|refresh|jwt)( \w+)? cookie )?(same site|samesite)$/.test(text) ? 'same site' : undefined;
}

function isOff(flag: string, value: string): boolean {
  return flag === 'same site' ? /none/i.test(value) && !/strict|lax/i.test(value) : /^(false|0|null|undefined|nil)$/i.test(value);
}

/** What the cookie is called, or what it is set in, speaks of a session and of nothing that a page may read. */
function isOfSession({ path }: RuleInput, facts: SourceFacts | undefined, option: Option): boolean {
  if (/cookie|ssl/i.test(option.name)) return !/csrf/i.test(option.name) || flagOf(option.name) !== 'http only';
  const named = facts?.calls
    .filter(
      (call) =>
        call.scope === option.scope &&
        (option.callee === '' || call.callee === option.callee || call.args.some((argument) => argument.includes(option.callee))),
    )
    .flatMap(({ args, callee }) => [callee, args[0] ?? '']);
  const name =
    facts?.options.find((other) => /^name$/i.test(other.name) && other.callee === option.callee && other.scope === option.scope)?.value ??
    '';
  const about = `${option.key} ${option.callee} ${option.scope} ${name} ${named?.join(' ') ?? ''}`;
  if (isOfNobody(about) || !/cookie|session/i.test(`${about} ${path}`)) return false;
  return /\b(session|sessions|sid|sess|token|tokens|auth|login|jwt|refresh|remember|access|identity|sso|user)\b/.test(
    words(`${about} ${path}`),
  );
}

function isOfNobody(about: string): boolean {
  return /\b(theme|locale|lang|language|consent|banner|preference|preferences|csrf|xsrf|tour|utm|experiment|analytics|currency|sidebar|timezone|dismissed|seen)\b/.test(
    words(about),
  );
}
