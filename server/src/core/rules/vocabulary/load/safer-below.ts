import { LIMIT_FACTOR } from '../../thresholds.ts';
import { lastName, words } from '../code/call-names.ts';

/**
 * True where a limit sank to a value that is stricter and no danger by itself: how many requests one caller may send, how large a body
 * may be, how long a session lasts, how many messages a worker takes ahead. One that sank ten times as far or farther may shut everybody out.
 *
 * @param name the option or setting, with what stands around it where its own name says too little
 * @param callee the call that is told the limit; empty in configuration
 */
export function isSaferBelow(name: string, callee: string, was: number, is: number): boolean {
  if (is <= 0 || is >= was || was / is >= LIMIT_FACTOR.far) return false;
  const [own, text] = [words(lastName(callee)), words(name)];
  return (
    SLOWS.test(own) ||
    (SIZES.test(own) && /\b(limit|size|bytes|length)\b/.test(text)) ||
    IS_RATE.test(text) ||
    /\bprefetch\b/.test(text) ||
    IS_BODY.test(text) ||
    IS_SESSION.test(text)
  );
}

const SLOWS =
  /\b(rate limit\w*|limiter|new limiter|throttl\w*|slow down|max bytes (?:reader|handler)|(?:request|default) body limit\w*|set rate|set max request size)\b/;
const SIZES = /^(?:json|urlencoded|raw|text|multer|body parser|busboy|formidable|body limit)$/;
const IS_RATE = /\b(?:rate limit\w*|throttl\w*|rps|qps|(?:requests?|calls|attempts|logins?) per (?:second|minute|hour|day|ip|user))\b/;
const IS_BODY =
  /\b(?:body|payload|upload|request|multipart|post|content) (?:size|limit|length|bytes)\b|\bmax (?:body|upload|payload|request|file|content)\b/;
const IS_SESSION =
  /\b(?:session|cookie|token|jwt|login|otp|magic link|reset link|password reset)s? (?:\w+ )?(?:ttl|timeout|lifetime|max age|expir\w+|minutes|seconds|hours|days|idle)\b/;
