import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { cameAlong } from '../code/scope-changes.ts';
import { isMoney } from './money-names.ts';
import { actsOnce, isKeyed, isOnceKey } from './once-keys.ts';

const RANDOM =
  /\b(randomUUID|uuidv?[1-7]?|uuid4|nanoid|ulid|NewString|New_v4|new_v4|NewRandom|randomBytes|token_hex|token_urlsafe|token_bytes|Math\.random|Date\.now|time\.time|time_ns|UnixNano|currentTimeMillis|nanoTime|cuid|createId|getrandbits|Guid)\b/;

/** A key that was made of what is paid, and is another one on every try now. */
export function* randomKeys(input: RuleInput): Iterable<FindingDraft> {
  const say = (name: string): string => fitMessage(`\`${shorten(name, 30)}\` is new on every try and keeps nothing to one time`);
  for (const option of input.added.options) {
    if (!isOnceKey(option.name) || !RANDOM.test(option.value)) continue;
    const old = input.removed.options.find(
      (other) => isOnceKey(other.name) && (other.callee === option.callee || counterpartScope(input, other.scope) === option.scope),
    );
    if (old !== undefined && !RANDOM.test(old.value)) yield { side: 'after', range: option.range, message: say(option.name) };
  }
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
