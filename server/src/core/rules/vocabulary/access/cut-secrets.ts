import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName, words } from '../code/call-names.ts';

/** A secret that bcrypt no longer reads where what stands before it is long. */
export interface CutSecret {
  readonly range: Range;
  readonly secret: string;
  /** What fills the 72 bytes first: `username`. */
  readonly ahead: string;
}

/**
 * Several parts joined and handed to bcrypt, which reads 72 bytes and drops the rest: `bcrypt.hash(userId + username + password)`.
 * With a long name any password gives the same hash. A password with a pepper before it, one that is hashed to a fixed length
 * first, and a strategy that refuses what is longer are left out.
 */
export function* cutSecrets({ added, after, before }: RuleInput): Generator<CutSecret> {
  if (after === undefined) return;
  for (const call of added.calls) {
    const found = isBcrypt(call) ? joinedSecret(after, call) : undefined;
    if (found === undefined) continue;
    const had = before?.calls.some((old) => isBcrypt(old) && joinedSecret(before, old)?.secret === found.secret);
    if (had !== true) yield { range: call.range, ...found };
  }
}

function isBcrypt({ callee, args }: Call): boolean {
  const name = words(lastName(callee));
  if (
    !/^(?:hash|hash sync|hashpw|hash pw|hash to string|hash to char|generate from password|create|encode|hash password|hash with result)$/.test(
      name,
    )
  )
    return false;
  return /b_?crypt/i.test(callee) && !/strict|sha_?(?:256|384|512)/i.test(callee) && args.length > 0;
}

const SECRET = /^(?:.* )?(?:password|passwd|pwd|passphrase|secret|token|pin)$/;
const NAMED = /^(?:.* )?(?:user|user ?names?|email|mail|login|account|tenant|name|id|realm|domain)$/;
const JOINS = /\+|\$\{|#\{|%[sv]|\bf['"]|format!|[jJ]oin\b|\.concat\b|\bconcat\b/;
const FIXED = /\b(?:sha(?:_?\d\w*)?|digest\w*|hmac\w*|blake\w*|md5|hexdigest|sum256|sum512|[bB]ase64(?:Sha\w*)?)\b/i;

/** The secret in what is hashed that stands behind a part of no known length. */
function joinedSecret(facts: SourceFacts, { args, range }: Call): Omit<CutSecret, 'range'> | undefined {
  for (const argument of args) {
    const bare = /^(?:\[\]byte\()?([A-Za-z_$]\w*)\)?(?:\.(?:encode|getBytes|toCharArray|as_bytes)\([^()]*\))?$/.exec(argument)?.[1];
    const text = (bare === undefined ? undefined : boundAbove(facts, bare, range.start.line)) ?? argument;
    if (!JOINS.test(text) || FIXED.test(text)) continue;
    const names = namesIn(text);
    const at = names.findIndex((name) => SECRET.test(words(name)));
    const ahead = names.slice(0, Math.max(0, at)).find((name) => NAMED.test(words(name)));
    const secret = names[at];
    if (secret !== undefined && ahead !== undefined) return { secret, ahead };
  }
  return undefined;
}

/** Names of an expression in their order, of a path its last; words of a text are none, but what stands in its holes is. */
function namesIn(text: string): readonly string[] {
  const open = text.replace(/'[^']*'|"[^"]*"|`[^`]*`/g, (quoted) =>
    [...quoted.matchAll(/\{([^{}]*)\}/g)].map(([, hole = '']) => hole).join(' + '),
  );
  return [...open.matchAll(/[A-Za-z_$][\w$]*(?: ?\. ?[A-Za-z_$][\w$]*)*(?! ?\()/g)].map(([name]) => name.split(/ ?\. ?/).at(-1) ?? name);
}
