import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { loweredCosts } from '../vocabulary/access/crypto-costs.ts';
import { cutSecrets } from '../vocabulary/access/cut-secrets.ts';
import { weakerFirstHasher, weakerHashes } from '../vocabulary/access/hash-strengths.ts';
import { fixedValues, predictableValues, weakerCipher, weakerSource } from '../vocabulary/access/predictable-values.ts';
import { shorterSecrets } from '../vocabulary/access/shorter-secrets.ts';
import { unhashedSecrets } from '../vocabulary/access/unhashed-secrets.ts';
import { shorten } from '../vocabulary/code/call-names.ts';
import { rangeOfLine } from '../vocabulary/code/code-text.ts';

/**
 * ## What it sees
 * What protects a password, a token or a signature and is weaker now: MD5 or SHA-1 where SHA-256 stood, a fast hash or a plain
 * comparison where bcrypt, argon2, scrypt or PBKDF2 stood, a password kept as it came, fewer rounds, a shorter key, token or password, a salt that is always the same, chance
 * that anybody can work out (`Math.random`) where the system's was asked, and a cipher that no longer seals what it hides. A secret
 * behind other parts in one text for bcrypt, which drops what is longer than 72 bytes.
 *
 * ## Why it matters
 * All tests pass, and who takes the table of users tries thousands of millions of passwords in a second. LinkedIn lost 117
 * million to unsalted SHA-1.
 *
 * ## When it is fine
 * Etags, keys of caches, objects of git, checksums, avatars, shards and jitter; a stronger hash; a slow hash of a long random token
 * that became a fast one. These are not flagged.
 *
 * ## What it misses
 * A hash whose name comes from a setting, and a weaker one in a function and a file whose names say nothing of a secret.
 */
export default defineRule({
  id: 'access/crypto-weakened',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'What protects a secret is weaker',
  reads: ['calls', 'options', 'tokens'],
  evidence: [
    { title: 'CWE-916: password hash with insufficient computational effort', url: 'https://cwe.mitre.org/data/definitions/916.html' },
    { title: 'CWE-328: use of weak hash', url: 'https://cwe.mitre.org/data/definitions/328.html' },
    { title: 'CWE-338: cryptographically weak random numbers', url: 'https://cwe.mitre.org/data/definitions/338.html' },
  ],
  *check(input): Iterable<FindingDraft> {
    const lines = new Set<number>();
    for (const draft of candidates(input)) {
      if (lines.has(draft.range.start.line)) continue;
      lines.add(draft.range.start.line);
      yield draft;
    }
  },
});

function* candidates(input: RuleInput): Generator<FindingDraft> {
  for (const { range, before, after } of [...weakerHashes(input), ...weakerFirstHasher(input)])
    yield {
      side: 'after',
      range,
      message: fitMessage(`a secret was protected by \`${shorten(before, 24)}\` and is by \`${shorten(after, 22)}\` now`),
    };
  for (const { range, name, was } of unhashedSecrets(input))
    yield { side: 'after', range, message: fitMessage(`\`${shorten(name, 22)}\` is kept as it came; it was \`${shorten(was, 30)}\``) };
  for (const { range, name, before, after } of loweredCosts(input))
    yield { side: 'after', range, message: fitMessage(`\`${shorten(name, 28)}\` went from ${before} to ${after}: cheaper to break`) };
  for (const { range, name, before, after } of shorterSecrets(input))
    yield {
      side: 'after',
      range,
      message: fitMessage(
        `\`${shorten(name, 28)}\` had to have ${before} characters, ${after === 0 ? 'any will do' : `${after} will do`} now`,
      ),
    };
  for (const { call, was } of predictableValues(input))
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 24)}\` can be foreseen; it was \`${shorten(was, 24)}\``),
    };
  for (const { range, name } of fixedValues(input))
    yield { side: 'after', range, message: fitMessage(`\`${shorten(name, 24)}\` is the same each time; it was drawn anew`) };
  for (const { range, secret, ahead } of cutSecrets(input))
    yield {
      side: 'after',
      range,
      message: fitMessage(`bcrypt reads 72 bytes: a long \`${shorten(ahead, 20)}\` leaves no room for \`${shorten(secret, 20)}\``),
    };
  const source = weakerSource(input);
  if (source !== undefined)
    yield { side: 'after', range: rangeOfLine(input, 'after', source), message: '`math/rand` can be foreseen; it was `crypto/rand`' };
  const cipher = weakerCipher(input);
  if (cipher !== undefined)
    yield {
      side: 'after',
      range: rangeOfLine(input, 'after', cipher.line),
      message: fitMessage(`\`${shorten(cipher.now, 22)}\` seals nothing; it was \`${shorten(cipher.was, 22)}\``),
    };
}
