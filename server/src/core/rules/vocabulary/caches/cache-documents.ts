import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { CACHE_LIFETIME_FACTOR } from '../../thresholds.ts';
import { shorten } from '../code/call-names.ts';
import { nameOf } from '../settings/setting-index.ts';
import { changedSettings } from '../settings/settings.ts';
import { seconds } from './cache-lifetimes.ts';

/** Directives and keys of a proxy or a cache that let one request fill it, or give the old answer meanwhile. */
const DOCUMENT_PROTECTS =
  /^(proxy|fastcgi|uwsgi|scgi)_cache_(lock|use_stale|background_update|revalidate)$|^(stale_?while_?revalidate|stale_?if_?error|serve_?stale|request_?(collapsing|coalescing)|collapse(d_?forwarding)?|cache_?lock|use_?stale|grace|early_?expiration|ttl_?jitter|origin_?shield\w*|coalesce\w*|cacheLock\w*)$/i;
const DOCUMENT_LIFETIME =
  /^(proxy|fastcgi|uwsgi|scgi)_cache_valid$|^(default|max|min|cache|edge|browser)_?ttl$|^ttl$|cache.?(ttl|max.?age|lifetime)/i;
const OFF = /^(off|false|0|no|none|disabled|null)?$/i;

/** Protection that the configuration of a proxy or a cache loses, and lifetimes there that shrink many times over. */
export function* cacheDocuments(input: RuleInput): Iterable<FindingDraft> {
  for (const change of changedSettings(input)) {
    const name = nameOf(change);
    const [was, is] = [String(change.before?.value ?? ''), String(change.after?.value ?? '')];
    if (change.before === undefined || change.resourceIsGone) continue;
    const home = change.path.slice(0, -1).join('/');
    if (DOCUMENT_PROTECTS.test(name)) {
      const stays = input.after?.settings.some(
        (other) => other.path.slice(0, -1).join('/') === home && /cache|ttl|stale/i.test(other.path.join(' ')),
      );
      if (OFF.test(was) || !(change.after === undefined ? stays === true : OFF.test(is))) continue;
      const place = change.after ?? change.before;
      const side = change.after === undefined ? ('before' as const) : ('after' as const);
      yield { side, range: place.range, message: fitMessage(`\`${shorten(name, 34)}\` no longer keeps the misses from the source`) };
    } else if (
      change.after !== undefined &&
      DOCUMENT_LIFETIME.test(name) &&
      /cache|cdn|edge|proxy|redis|varnish|fastly|cloudfront|behavio/i.test(`${name} ${home} ${input.path}`) &&
      !/dns|record|zone|session|token|lease|lock|backup|retention/i.test(`${home} ${input.path}`)
    ) {
      const [old, now] = [seconds(was.split(' ').at(-1) ?? ''), seconds(is.split(' ').at(-1) ?? '')];
      if (old === undefined || now === undefined || now < 0 || old === now || old < now * CACHE_LIFETIME_FACTOR) continue;
      yield {
        side: 'after',
        range: change.after.range,
        message: fitMessage(`\`${shorten(name, 26)}\` sank from ${shorten(was, 14)} to ${shorten(is, 14)}`),
      };
    }
  }
}
