import type { SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { rangeOfLine, scopeAtLine, textsByLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { tokensOf } from '../code/token-lines.ts';
import { isPasswordPlace, isSecretPlace } from './secret-places.ts';

/** A hash that took the place of a stronger one where a password, a token or a signature is made. */
export interface WeakerHash {
  readonly range: Range;
  /** Names as written, without quotes. */
  readonly before: string;
  readonly after: string;
}

/** `createHash('sha256')` that became `'md5'`, `bcrypt.hash(…)` that became one round of SHA-256 or a comparison of plain text. */
export function* weakerHashes(input: RuleInput): Generator<WeakerHash> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined || hunk.before.lines > 400 || hunk.after.lines > 400) return;
  const lost = hashesOn(before, hunk.before.start, hunk.before.lines);
  if (lost.length === 0) return;
  const fresh = [...hashesOn(after, hunk.after.start, hunk.after.lines), ...plainComparisons(after, hunk.after.start, hunk.after.lines)];
  for (const now of fresh) {
    const was = lost
      .filter((other) => other.strength > now.strength && counterpartScope(input, other.scope) === now.scope)
      .sort((a, b) => b.strength - a.strength)[0];
    if (was === undefined || staysAsStrong(before, after, was, now.scope)) continue;
    if (now.strength === 1 && isDemanded(input, now.scope)) continue;
    // A long random token needs no slow hash.
    const isAsked =
      was.strength === SLOW
        ? isPasswordPlace(`${was.text} ${now.text}`, now.scope, input.path)
        : isSecretPlace(now.text, now.scope, input.path);
    if (isAsked) yield { range: rangeOfLine(input, 'after', now.line), before: was.name, after: now.name };
  }
}

/** The first of Django's `PASSWORD_HASHERS` keeps each new password; the others only read what an older one kept. */
export function* weakerFirstHasher(input: RuleInput): Generator<WeakerHash> {
  for (const option of input.added.options) {
    if (option.name !== 'PASSWORD_HASHERS') continue;
    const first = ({ value }: { readonly value: string }): string => /['"]([\w.]{1,120})['"]/.exec(value)?.[1]?.split('.').at(-1) ?? '';
    const was = input.before?.options.find(({ name }) => name === option.name);
    const [old, now] = [was === undefined ? '' : first(was), first(option)];
    if (QUICK_HASHER.test(now) && !QUICK_HASHER.test(old)) yield { range: option.range, before: old || 'a slow hash', after: now };
  }
}

const QUICK_HASHER = /^(?:Unsalted\w*|MD5\w*|SHA1\w*|Crypt\w*)Hasher$/;

/**
 * The first five digits of a SHA-1 are what lists of leaked passwords are asked with (k-anonymity, haveibeenpwned): nobody keeps it, and no
 * other hash finds anything.
 */
function isDemanded({ after, path }: RuleInput, scope: string): boolean {
  const text = tokensOf(after, scope);
  return (
    /pwned|hibp|leaked|breach/i.test(`${text} ${scope} ${path}`) &&
    /\b(?:slice|substring|substr)\(0,5\)|\[0?(?::|\.\.)5\]|\btake\(5\)/.test(text)
  );
}

interface Hash {
  readonly line: number;
  readonly scope: string;
  readonly name: string;
  readonly strength: number;
  /** All words of the line. */
  readonly text: string;
}

const SLOW = 3;

function hashesOn(facts: SourceFacts, start: number, lines: number): readonly Hash[] {
  return [...textsByLine(tokensOn(facts, start, start + lines - 1))].flatMap(([line, texts]) => {
    if (/^(import|from|use|package|require)$/.test(texts[0] ?? '')) return [];
    const text = texts.join(' ');
    const scope = scopeAtLine(facts, line);
    return texts.flatMap((token) => {
      const name = token.replace(/^\w?["'`]|["'`]$/g, '');
      const strength = strengthOf(name);
      return strength === undefined ? [] : [{ line, scope, name, strength, text }];
    });
  });
}

/** Slow on purpose (3), of today (2), broken (1) or none at all (0); undefined for other words. */
function strengthOf(name: string): number | undefined {
  if (name.length > 40) return undefined;
  const text = name.toLowerCase().replace(/[-_/]/g, '');
  if (
    /^(bcrypt|argon2|scrypt|pbkdf2)(?!error)\w{0,24}$|^(hashpw|checkpw|genSalt|generatefrompassword|comparehashandpassword|makepassword|checkpassword|generatepasswordhash|checkpasswordhash)$/i.test(
      text,
    )
  )
    return SLOW;
  if (/^(hmac|with)?(sha(2|3|224|256|384|512)\w{0,6}|blake[23]\w{0,3})$/.test(text)) return 2;
  if (/^(hmac|with)?(md[245]|sha1?|ripemd(160)?)(hex|sum)?$/.test(text)) return 1;
  return /^(noop(passwordencoder)?|plaintext)$/.test(text) ? 0 : undefined;
}

/** `password === user.password`: what was asked of a slow hash is compared as it is. */
function plainComparisons(facts: SourceFacts, start: number, lines: number): readonly Hash[] {
  return [...textsByLine(tokensOn(facts, start, start + lines - 1))].flatMap(([line, texts]) => {
    const at = texts.findIndex((text) => /^([=!]==?|equals|eq)$/.test(text));
    const [left = '', right = ''] = [texts.slice(Math.max(0, at - 5), at).join(' '), texts.slice(at + 1, at + 7).join(' ')];
    const isPlain = at > 0 && /password|passwd|pwd|hash|digest|secret/i.test(left) && /password|passwd|pwd|hash|digest|secret/i.test(right);
    return isPlain ? [{ line, scope: scopeAtLine(facts, line), name: 'a plain comparison', strength: 0, text: texts.join(' ') }] : [];
  });
}

/** The function has as many hashes of that strength as it had: what is weaker stands beside them. */
function staysAsStrong(before: SourceFacts, after: SourceFacts, was: Hash, scope: string): boolean {
  const count = (facts: SourceFacts, home: string): number => {
    const place = facts.scopes.find(({ name }) => name === home);
    const [start, end] = [place?.startLine ?? 1, place?.endLine ?? facts.tokens.at(-1)?.line ?? 1];
    return hashesOn(facts, start, end - start + 1).filter((hash) => hash.strength >= was.strength && within(hash.scope, home)).length;
  };
  return count(after, scope) >= count(before, was.scope);
}
