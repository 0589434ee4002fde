import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { shorten, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';

/** A password or a token that was hashed before it was kept, and is kept as it came. */
export interface UnhashedSecret {
  readonly range: Range;
  readonly name: string;
  /** What made the hash, as written and shortened. */
  readonly was: string;
}

/** `passwordHash: await hash(password)` that became `passwordHash: password`, as a property, a variable or an argument. */
export function* unhashedSecrets(input: RuleInput): Generator<UnhashedSecret> {
  const { added, removed } = input;
  for (const option of added.options) {
    if (!SECRET.test(words(option.name)) || !isPlain(option.value)) continue;
    const old = removed.options.find(
      (other) =>
        other.name === option.name &&
        other.callee === option.callee &&
        counterpartScope(input, other.scope) === option.scope &&
        HASHES.test(other.value),
    );
    if (old !== undefined && !stillHashes(input, option.scope, old.scope))
      yield { range: option.range, name: option.name, was: shorten(old.value, 30) };
  }
  for (const call of added.calls) {
    const old = removed.calls.find(
      (other) =>
        other.callee === call.callee && other.args.length === call.args.length && counterpartScope(input, other.scope) === call.scope,
    );
    const at = call.args.findIndex(
      (argument, index) => isPlain(argument) && SECRET.test(words(argument)) && HASHES.test(old?.args[index] ?? ''),
    );
    if (at >= 0 && old !== undefined && !stillHashes(input, call.scope, old.scope))
      yield { range: call.range, name: call.args[at] ?? '', was: shorten(old.args[at] ?? '', 30) };
  }
}

const SECRET = /\b(password|passwords|passwd|pwd|passphrase|pin|token|secret|api key|otp|recovery code|backup code)\b/;
const HASHES =
  /^(?:await )?(?:[\w$.:]*(?:bcrypt|argon2|scrypt|pbkdf2|hash|digest|sha256|sha512|hmac|encrypt|encode|make_password)[\w$.:]*)\(/i;

/** A name of the secret itself. */
function isPlain(value: string): boolean {
  return /^[\w$.?!]+$|^[\w$.]+\[['"]\w+['"]\]$/.test(value) && !/hash|digest|encrypted|sealed/i.test(value);
}

/** The function makes as many hashes as it did: one stands on a line of its own now. */
function stillHashes({ before, after }: RuleInput, scope: string, old: string): boolean {
  const count = (facts: RuleInput['before'], home: string): number =>
    facts?.calls.filter((call) => within(call.scope, home) && HASHES.test(`${call.callee}(`)).length ?? 0;
  return count(after, scope) >= count(before, old);
}
