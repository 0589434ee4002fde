import type { Option } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { newBodiesOf } from '../code/new-bodies.ts';
import { cameAlong, newCallsIn } from '../code/scope-changes.ts';
import { tokensOf } from '../code/token-lines.ts';
import { isMoney } from './money-names.ts';
import { actsOnce, isJobKey, isKeyed, isOnceKey } from './once-keys.ts';

const RANDOM =
  /\b(randomUUID|uuidv?[1-7]?|uuid4|nanoid|ulid|NewString|New_v4|new_v4|NewRandom|randomBytes|token_hex|token_urlsafe|token_bytes|Math\.random|Date\.now|time\.time|time_ns|UnixNano|currentTimeMillis|nanoTime|cuid|createId|getrandbits|Guid)\b/;

/** A key that was made of what is paid, and is another one on every try now. */
export function* randomKeys(input: RuleInput): Iterable<FindingDraft> {
  const say = (name: string): string => fitMessage(`\`${shorten(name, 30)}\` is new on every try and keeps nothing to one time`);
  for (const option of input.added.options) {
    const isOfTry = ofTry(option.value);
    if (!(isOnceKey(option.name) || isJobKey(option)) || !(isOfTry || isByChance(input, option.value))) continue;
    const old = input.removed.options.find(
      (other) =>
        (isOnceKey(other.name) || other.name === option.name) &&
        (other.callee === option.callee ||
          counterpartScope(input, other.scope) === option.scope ||
          newCallsIn(input, other.scope).some(({ callee }) => lastName(callee) === lastName(option.scope))),
    );
    if (old !== undefined && !RANDOM.test(old.value) && !ofTry(old.value) && !wasByChance(input, old))
      yield { side: 'after', range: option.range, message: say(option.name) };
  }
  yield* handedKeys(input);
  for (const call of input.added.calls) {
    const keyed = isKeyed(call) && RANDOM.test(call.args.join(' '));
    const old = keyed
      ? input.removed.calls.find((other) => isKeyed(other) && counterpartScope(input, other.scope) === call.scope)
      : undefined;
    if (old !== undefined && !RANDOM.test(old.args.join(' ')))
      yield { side: 'after', range: call.range, message: say(lastName(call.callee)) };
    // A variable of the function that is handed over as the key.
    if (keyed || !RANDOM.test(call.callee)) continue;
    const tokens = input.after?.tokens.filter((token) => token.line === call.range.start.line).map((token) => token.text) ?? [];
    const name = tokens[tokens.findIndex((token) => token === '=' || token === ':=') - 1] ?? '';
    const isHanded =
      input.after?.options.some((option) => isOnceKey(option.name) && option.value === name && within(option.scope, call.scope)) === true;
    const wasRandom =
      input.before?.calls.some((other) => RANDOM.test(other.callee) && counterpartScope(input, other.scope) === call.scope) === true;
    const stood = input.before?.tokens.some((token) => token.text === name) === true;
    if ((isHanded || isOnceKey(name)) && stood && !wasRandom && actsOnce(input, call.scope))
      yield { side: 'after', range: call.range, message: say(name) };
  }
}

/** Made of how often it was tried: `capture:${order.id}:${attempt}`. */
const ofTry = (text: string): boolean => /\b(?:attempts?|tries|retry|retries|try)\b/.test(words(text.replace(/(['"])[^'"]*\1/g, '')));

/** A UUID of the third and the fifth kind is made of a name. */
const NAMED = /uuid_?v?[35]\b/i;

/** A variable that held a key made by chance before as well. */
function wasByChance({ before }: RuleInput, { value, range }: Option): boolean {
  const bound = before === undefined || !/^\w+$/.test(value) ? undefined : boundAbove(before, value, range.start.line);
  return bound !== undefined && RANDOM.test(bound) && !NAMED.test(bound);
}

/** A key made by chance, on the spot or in a function that the change brought and that is told nothing of what is paid. */
function isByChance(input: RuleInput, text: string): boolean {
  if (RANDOM.test(text)) return true;
  const [, callee, given] = /^([\w.]+)\((.*)\)$/s.exec(text) ?? [];
  if (callee === undefined) return false;
  const bodies = newBodiesOf(input, callee);
  return (
    bodies.length > 0 &&
    bodies.every(({ facts, place }) => {
      const own = facts.symbols.find(({ name }) => name === place.name)?.parameters.map(({ name }) => name) ?? [];
      // What is told of what is paid, and makes nothing of it, is by chance as well.
      const text = tokensOf(facts, place.name);
      const isTold = given !== '' && own.some((name) => text.split(new RegExp(`(?<![\\w.])${escaped(name)}\\b`)).length > 2);
      return !isTold && facts.calls.some(({ callee: made, scope }) => RANDOM.test(made) && !NAMED.test(made) && within(scope, place.name));
    })
  );
}

/** `bank.transfer(key=fresh_key(), …)` of a new client that sends what it is handed as the key, where the function sent one of its own. */
function* handedKeys(input: RuleInput): Iterable<FindingDraft> {
  const lost = [
    ...input.removed.options.filter(({ name, value }) => isOnceKey(name) && !RANDOM.test(value)),
    ...input.removed.calls.filter((call) => isKeyed(call) && !RANDOM.test(call.args.join(' '))),
  ].map(({ scope }) => counterpartScope(input, scope));
  if (lost.length === 0) return;
  for (const call of input.added.calls) {
    if (!lost.some((scope) => scope !== undefined && within(call.scope, scope))) continue;
    const keys = newBodiesOf(input, call.callee).flatMap(({ facts, place }) => {
      const own = facts.symbols.find(({ name }) => name === place.name)?.parameters.map(({ name }) => name) ?? [];
      const parameters = own.filter((name) => !/^(?:self|cls|this)$/.test(name));
      const sent = [
        ...facts.options.flatMap(({ name, value, scope }) => (isOnceKey(name) && within(scope, place.name) ? [value] : [])),
        ...facts.calls.flatMap((other) => (isKeyed(other) && within(other.scope, place.name) ? [other.args.at(-1) ?? ''] : [])),
      ];
      return parameters.flatMap((name, at) => (sent.includes(name) ? [{ name, at }] : []));
    });
    const isFresh = keys.some(({ name, at }) => {
      const given = call.args.map((argument) => /^(\w+)\s?[=:]\s?(?!=)(.*)$/s.exec(argument)?.slice(1) ?? ['', argument]);
      const [, value = ''] = given.find(([keyword]) => keyword === name) ?? (given[at]?.[0] === '' ? (given[at] ?? []) : []);
      const bound = /^\w+$/.test(value) && input.after !== undefined ? boundAbove(input.after, value, call.range.start.line) : undefined;
      return isByChance(input, bound?.replaceAll(' ', '') ?? value);
    });
    if (isFresh)
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 30)}\` is handed a key that is new on every try and keeps nothing to one time`),
      };
  }
}

const DIGEST =
  /^(createHash|createHmac|sha1|sha256|sha512|Sum256|Sum512|New|md5|digest|hexdigest|hex_digest|hmac|blake2b|blake3|uuid5|uuidv5|v5|NewSHA1|NewHash|nameUUIDFromBytes|sha256Hex|hash|hashOf|fingerprint|update|finalize|new_v5)$/;

/** A function that made its key of what is paid, and makes one by chance now, in a file that pays. */
export function* contentKeys(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.added.calls) {
    if (!RANDOM.test(call.callee) || call.kind === 'decorator' || call.scope === '' || cameAlong(input, call)) continue;
    const stood = input.before?.calls.filter((other) => counterpartScope(input, other.scope) === call.scope) ?? [];
    if (stood.some((other) => RANDOM.test(other.callee))) continue;
    const digest = input.removed.calls.find((other) => stood.includes(other) && DIGEST.test(lastName(other.callee)));
    if (
      digest === undefined ||
      input.after?.calls.some((other) => within(other.scope, call.scope) && DIGEST.test(lastName(other.callee))) === true
    )
      continue;
    // A fresh salt, session or password is meant to be fresh.
    if (/\b(salt|nonce|session|csrf|password|secret|state|token|boundary|filename|cache)\b/.test(words(`${call.scope} ${digest.callee}`)))
      continue;
    const own = call.scope.slice(call.scope.lastIndexOf('.') + 1);
    const users = input.after?.calls.filter((other) => lastName(other.callee) === own) ?? [];
    const pays = [call.scope, ...users.map(({ scope }) => scope)].some((scope) => scope !== '' && actsOnce(input, scope));
    if (!pays && !isMoney(input.path)) continue;
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(`\`${shorten(own, 26)}\` is another one on every try; it was made of what is sent`),
    };
  }
}
