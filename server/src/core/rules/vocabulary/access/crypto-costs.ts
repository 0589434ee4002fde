import type { Call } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { HASH_COST, RANDOM_BYTES } from '../../thresholds.ts';
import { lastName, words } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { changedOptions, numberOf } from '../code/option-changes.ts';
import { tokensOf } from '../code/token-lines.ts';

/** A number that says how dear an attack is, and is far lower now. */
export interface LoweredCost {
  readonly range: Range;
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

/** Rounds of a slow hash, bits of a key and bytes of a random value, as options, constants and arguments. */
export function* loweredCosts(input: RuleInput): Generator<LoweredCost> {
  for (const { before, after } of changedOptions(input)) {
    const [was, is] = [numberOf(before.value), numberOf(after.value)];
    const about = `${after.name} ${after.callee} ${after.scope} ${input.path}`;
    if (was !== undefined && is !== undefined && isTooLow(after.name, about, was, is))
      yield { range: after.range, name: after.name, before: was, after: is };
  }
  for (const call of input.added.calls) {
    const old = partnerOf(input, call);
    for (const [at, argument] of call.args.entries()) {
      const [was, is] = [numberOf(old?.args[at] ?? ''), numberOf(argument)];
      if (was === undefined || is === undefined || !isTooLow(call.callee, `${call.callee} ${lineOf(input, call)}`, was, is)) continue;
      if (is === SEAL_NONCE && isNonceOfSeal(input, call)) continue;
      yield { range: call.range, name: lastName(call.callee), before: was, after: is };
      break;
    }
  }
}

/** What else stands on its line, such as the name of the field that it bounds. */
function lineOf({ after }: RuleInput, { range }: Call): string {
  return tokensOn(after, range.start.line, range.start.line)
    .map(({ text }) => text)
    .join(' ');
}

/** Bytes of a nonce that GCM and ChaCha20-Poly1305 take (NIST SP 800-38D, RFC 8439). */
const SEAL_NONCE = 12;

/** An IV or a nonce in a function that seals with a cipher which takes so many. */
function isNonceOfSeal(input: RuleInput, call: Call): boolean {
  return /\b(iv|nonce|initialization vector)\b/.test(words(lineOf(input, call))) && /gcm|poly1305/i.test(tokensOf(input.after, call.scope));
}

/** The call whose place this one took: same callee, same function, as many arguments. */
function partnerOf({ removed, ...input }: RuleInput, call: Call): Call | undefined {
  return removed.calls.find(
    (other) =>
      other.callee === call.callee && other.args.length === call.args.length && counterpartScope(input, other.scope) === call.scope,
  );
}

function isTooLow(name: string, about: string, was: number, is: number): boolean {
  if (is >= was || is < 0) return false;
  const [own, all] = [words(name), words(about)];
  // The shortest password that is taken (NIST SP 800-63B: eight).
  if (
    /\b(min(imum)? (password|passphrase)( \w+)? ?(length|size|chars|characters)?|(password|passphrase) min(imum)?( length)?)$/.test(own) ||
    (/\b(min|min length|minimum length)$/.test(own) && /\b(password|passphrase)s?\b/.test(all))
  )
    return is < HASH_COST.passwordLength && was <= 128;
  if (/\b(random bytes|token urlsafe|token hex|token bytes|nanoid|random string|url safe base64|generate secret)$/.test(own))
    return is < RANDOM_BYTES;
  if (/\b(modulus length|key size|rsa bits|rsa key size|key bits|generate key|initialize|generate private key)$/.test(own))
    return was >= HASH_COST.keyBits && is < HASH_COST.keyBits && is >= 256;
  if (!/\b(bcrypt|argon2\w*|scrypt\w*|pbkdf2\w*|pbkdf|password|passwords|salt|kdf|key derivation|hashpw|hash)\b/.test(all)) return false;
  if (
    /\b(gensalt|gen salt|rounds|cost|strength|work factor|salt rounds|log rounds|generate from password|bcrypt hash|bcrypt hash sync|bcrypt password encoder)\b/.test(
      own,
    )
  )
    return was <= 31 ? is < HASH_COST.rounds : is * HASH_COST.factor <= was;
  if (/\b(memory|memory cost|mem cost)$/.test(own) && !/\b(argon2\w*|scrypt\w*)\b/.test(all)) return false;
  return (
    /\b(iterations|iteration count|iter|iters|memory cost|memory|pbkdf2\w*( \w+)?|derive key|pbe key spec)\b/.test(own) &&
    was >= 1000 &&
    is * HASH_COST.factor <= was
  );
}
