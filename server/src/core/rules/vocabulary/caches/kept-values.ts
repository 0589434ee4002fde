import type { Call, SourceFacts } from '../../../model/facts.ts';
import { boundAbove } from '../code/bindings.ts';
import { receiver, words } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';

/** Names of what keeps an answer for the next one who asks, as words. */
export const CACHE = /\b(?:cache|caches|cached|redis|memcache|memcached|lru|ttl cache|memo|kv|caffeine|ristretto)\b/;

/** True where a text names the holder, and not only something that begins or ends like it. */
export function says(text: string, holder: string): boolean {
  const at = text.indexOf(holder);
  return at >= 0 && !/[\w$]/.test(text[at - 1] ?? '') && !/[\w$]/.test(text[at + holder.length] ?? '');
}

/** What is kept under the key is made of something else: the price of the day, beside the cart of a user. */
export function keepsOther(facts: SourceFacts, scope: string, key: string, holder: string): boolean {
  const stores = facts.calls.filter((call) => within(call.scope, scope) && stands(call, key));
  return stores.length > 0 && stores.every((store) => isOther(facts, store, holder));
}

/** `cache.set(key, value)`. */
function stands({ callee, args }: Call, key: string): boolean {
  return CACHE.test(words(receiver(callee))) && args.length > 1 && args[0] === key && !args.includes('fn');
}

/** A call that is handed nothing but texts and numbers, by itself or through one name. */
function isOther(facts: SourceFacts, { args: [, value = ''], range }: Call, holder: string): boolean {
  const plain = /^(?:JSON\.stringify|json\.dumps)\((.*)\)$/.exec(value)?.[1] ?? value;
  const from = /^[A-Za-z_]\w*$/.test(plain) ? (boundAbove(facts, plain, range.start.line) ?? '') : plain;
  const bare = from.replace(/'[^']*'|"[^"]*"|\b\d+\b|[ ,]/g, '');
  return /^[\w.]+\(\)$/.test(bare) && !CACHE.test(words(from)) && !says(bare, holder);
}
