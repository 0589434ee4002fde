import { words } from '../code/call-names.ts';

/** What a password, a token or a signature is made in: names of functions, of their files and of what stands on a line. */
const SECRET =
  /\b(password|passwords|passwd|pwd|passphrase|pin|secret|secrets|token|tokens|credential|credentials|otp|otps|reset|session|sessions|signature|signatures|sign|signs|signed|signing|signer|hmac|mac|seal|webhook|webhooks|api key|api keys|apikey|auth|login|jwt|csrf|xsrf|devise|nonce|license key|licence key|invite|invitation|magic link|backup code|backup codes|recovery code|recovery codes|verification code|salt|pepper|cookie)\b/;

const PASSWORD = /\b(password|passwords|passwd|pwd|passphrase|pin|credential|credentials)\b/;

/** What is told apart or found again by such a value, and proves nothing: an etag, a key of a cache, an object of git. */
const HARMLESS =
  /\b(etag|etags|cache|caches|cached|checksum|checksums|content md5|content hash|content id|dedupe|dedup|deduplicate|deduplication|git|object id|blob|blobs|gravatar|avatar|avatars|shard|shards|sharding|partition|partitions|bloom|ring|slug|memo|memoize|color|colour|asset|assets|chunk|chunks|bundle|revision|snapshot|totp|jitter|backoff|shuffle|sample|sampling|sampled|variant|experiment|rollout|percent|tokenizer|lexer|parser|ast|analytics|trace|trace id|span|span id|correlation|request id|demo|seed|mock|placeholder|animation|confetti)\b/;

/** True where a stretch of code makes or checks what proves something: by its own words first, by its function and file else. */
export function isSecretPlace(line: string, scope: string, path: string): boolean {
  const near = words(`${scope} ${line}`);
  if (PASSWORD.test(near)) return true;
  if (HARMLESS.test(near)) return false;
  const file = words(path.slice(path.lastIndexOf('/') + 1));
  return SECRET.test(near) || (SECRET.test(file) && !HARMLESS.test(file));
}

/** True where a stretch of code speaks of a password: what a person thought of, which a fast hash does not hide. */
export function isPasswordPlace(line: string, scope: string, path: string): boolean {
  const near = words(`${scope} ${line}`);
  return PASSWORD.test(near) || (!SECRET.test(near) && PASSWORD.test(words(path.slice(path.lastIndexOf('/') + 1))));
}
