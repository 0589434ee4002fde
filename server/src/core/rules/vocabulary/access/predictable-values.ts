import type { Call } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { lineChanges } from '../code/changed-lines.ts';
import { rangeOfLine, scopeAtLine, tokensOn } from '../code/code-text.ts';
import { lostCallsIn } from '../code/scope-changes.ts';
import { isSecretPlace } from './secret-places.ts';

/** A call that draws what anybody can work out, in a function that asked the system for chance, where a secret is made of it. */
export function* predictableValues(input: RuleInput): Generator<{ readonly call: Call; readonly was: string }> {
  for (const call of input.added.calls) {
    if (!PREDICTABLE.test(call.callee)) continue;
    const was = lostCallsIn(input, call.scope).find(({ callee }) => UNPREDICTABLE.test(callee));
    if (was === undefined) continue;
    const { start, end } = call.range;
    const line = tokensOn(input.after, start.line, end.line)
      .map(({ text }) => text)
      .join(' ');
    if (isSecretPlace(line, call.scope, input.path)) yield { call, was: was.callee };
  }
}

const PREDICTABLE =
  /^(Math\.random|Date\.now|random\.(choice|choices|randint|random|randrange|getrandbits|sample|randbytes)|uuid\.uuid1|new Random|Random|ThreadLocalRandom\.current|RandomStringUtils\.random\w*|fastrand::\w+|SmallRng::\w+|StdRng::seed_from_u64|rand\.(Intn?|Int63n?|Int31n?|Float64|IntN|N))$/;

const UNPREDICTABLE =
  /(^|\.|:)(randomBytes|randomUUID|getRandomValues|randomInt|nanoid|token_urlsafe|token_hex|token_bytes|randbelow|SecureRandom|urandom|uuid4|SystemRandom|fill_bytes|OsRng|getrandom)$|^secrets\.\w+$|^rand\.(Read|Text)$|^new SecureRandom$/;

/** An initial value, a nonce or a salt that was drawn anew each time, and is the same each time now. */
export function* fixedValues(input: RuleInput): Generator<{ readonly range: Range; readonly name: string }> {
  for (const { before, after } of lineChanges(input)) {
    const name = /(?:^|[\s.])(\w{1,60})(?::[\w[\]<>]{1,40})?:?=/.exec(after.text)?.[1] ?? '';
    const [was, now] = [before.text, after.text].map((text) => text.slice(text.indexOf('=') + 1));
    const isFixed = ONCE.test(name) && FIXED.test(now ?? '');
    if (isFixed && (DRAWN.test(was ?? '') || isFilledNoMore(input, after.scope, name)))
      yield { range: rangeOfLine(input, 'after', after.line), name };
  }
}

/** `OsRng.fill_bytes(&mut nonce)` is gone, and nothing else fills it. */
function isFilledNoMore(input: RuleInput, scope: string, name: string): boolean {
  const fills = (call: Call): boolean =>
    /(?:^|[.:])(?:fill_bytes|try_fill_bytes|fill|getRandomValues|randomFillSync|nextBytes|Read|ReadFull|getrandom)$/.test(call.callee) &&
    call.args.some((argument) => argument.replace(/^&(?:mut )?/, '') === name);
  return (
    input.removed.calls.some(fills) &&
    lostCallsIn(input, scope).some(fills) &&
    !(input.after?.calls ?? []).some((call) => call.scope === scope && fills(call))
  );
}

const ONCE = /(?:^|_)(?:iv|nonce|salt)$|(?:Salt|Nonce|Iv|IV)$|^(?:IV|NONCE|SALT)$/;
const DRAWN =
  /\b(?:randomBytes|getRandomValues|urandom|token_bytes|get_random_bytes|random_bytes|generateSeed|generateIv|gensalt|genSalt\w*|generate_nonce|nextBytes)\b/;
const FIXED =
  /^(?:b?['"`][^'"`]*['"`]|Buffer\.(?:alloc\(\d+\)|from\(['"`].*)|new Uint8Array\(\d+\)|bytes\(\d+\)|new byte\[\d+\]|make\(\[\]byte,\d+\)|\[\]byte\(["'].*|\[0u8;\d+\])/;

/** `"crypto/rand"` that became `"math/rand"`: what is called keeps its name. 1-based line of the import. */
export function weakerSource(input: RuleInput): number | undefined {
  const { after, hunk } = input;
  if (after?.language !== 'go' || !hunk.removed.some((line) => line.includes('"crypto/rand"'))) return undefined;
  const at = hunk.added.findIndex((line) => /"math\/rand(\/v2)?"/.test(line));
  const draws = after.calls.some(({ callee, scope }) => /^rand\.\w+$/.test(callee) && isSecretPlace(lastName(callee), scope, input.path));
  return at < 0 || !draws ? undefined : hunk.after.start + at;
}

/** A mode or a cipher that hides less took the place of one that also seals: `AES/GCM/…` and `AES/ECB/…`, `MODE_GCM` and `MODE_CBC`. */
export function weakerCipher(input: RuleInput): { readonly line: number; readonly was: string; readonly now: string } | undefined {
  const { hunk, before, after } = input;
  if (hunk.before.lines > 400 || hunk.after.lines > 400) return undefined;
  const named = (side: 'before' | 'after', pattern: RegExp): { readonly line: number; readonly name: string } | undefined => {
    const facts = side === 'before' ? before : after;
    for (const { text, line } of tokensOn(facts, hunk[side].start, hunk[side].start + hunk[side].lines - 1)) {
      const name = text.length > 60 ? '' : text.replace(/^\w?["'`]|["'`]$/g, '');
      if (pattern.test(name)) return { line, name };
    }
    return undefined;
  };
  const [was, now] = [named('before', SEALS), named('after', SEALS_NOT)];
  if (was === undefined || now === undefined || named('after', SEALS) !== undefined) return undefined;
  return scopeAtLine(before, was.line) === scopeAtLine(after, now.line) ? { line: now.line, was: was.name, now: now.name } : undefined;
}

const SEALS =
  /^aes[-_]?(128|192|256)?[-_/](gcm|ccm|ocb|siv|gcm[-_]siv)([-_/]\w+)?$|^(MODE_)?(GCM|CCM|OCB|SIV|EAX)$|^(aes(128|256)?gcm|xchacha20[-_]?poly1305|chacha20[-_]?poly1305|newgcm|secretbox|fernet)$/i;
const SEALS_NOT =
  /^aes[-_]?(128|192|256)?[-_/](ecb|cbc|cfb|ofb|ctr)([-_/]\w+)?$|^(MODE_)?(ECB|CBC|CFB|OFB|CTR)$|^des(ede3?)?(?:[-_/][a-z0-9]{1,20}){0,3}$|^(rc4|arc4|blowfish|newcbcencrypter|newctr|newcfbencrypter|newofb)$/i;
