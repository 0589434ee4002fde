import type { Call, Command } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { lastName, receiver, shorten, words } from '../vocabulary/code/call-names.ts';
import { within } from '../vocabulary/code/counterpart.ts';
import { calleesOf } from '../vocabulary/code/facts-by-place.ts';
import { escaped } from '../vocabulary/code/literal-patterns.ts';
import { ownBody } from '../vocabulary/code/own-wrappers.ts';
import { cameAlong } from '../vocabulary/code/scope-changes.ts';
import { changedCommands } from '../vocabulary/shell/command-parts.ts';

/**
 * ## What it sees
 * A command or a call that empties a whole cache that others share: `FLUSHALL` and `FLUSHDB`, `flush_all` of memcached,
 * `cache.clear()` of a framework, a purge of everything at the edge, a loop over every key that deletes each.
 *
 * ## Why it matters
 * Every reader misses at once and asks the database, which was sized for the few that miss. What also lived there, sessions and
 * queues, is gone.
 *
 * ## When it is fine
 * Tests, local tools, and a map inside the process. The last is not flagged.
 *
 * ## What it misses
 * A pattern that happens to match every key.
 */
export default defineRule({
  id: 'destroy/cache-flush-all',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'Empties a whole cache',
  reads: ['calls', 'commands', 'options'],
  evidence: [{ title: 'Slack 2022-02-22: cache nodes emptied', url: 'https://slack.engineering/slacks-incident-on-2-22-22/' }],
  *check(input): Iterable<FindingDraft> {
    for (const command of input.added.commands) {
      if (!flushes(command)) continue;
      const isLocal = /(localhost|127\.0\.0\.1|\btest\b|\bdev\b|docker-compose|compose exec)/.test(command.written);
      yield {
        side: 'after',
        range: command.range,
        message: fitMessage(`${quote(command.written, 44)} empties the cache`),
        ...(isLocal ? { severity: 'low' as const } : {}),
      };
    }
    yield* evictedWhole(input);
    yield* sweptKeys(input);
    for (const { before, after } of changedCommands(input))
      if (isWholeInvalidation(after) && !isWholeInvalidation(before))
        yield {
          side: 'after',
          range: after.range,
          severity: 'medium',
          message: fitMessage(`${quote(after.written, 44)} empties the edge`),
        };
    for (const call of input.added.calls) {
      if (call.kind !== 'call' || cameAlong(input, call) || flushedBefore(input, call)) continue;
      const what = flushed(call, textOf(input, input.path)) ?? flushedWithin(input, call);
      if (what === undefined) continue;
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 36)}\` empties the whole cache`),
        ...(what === 'shared' ? {} : { severity: 'low' as const }),
      };
    }
  },
});

/** Spring's `@CacheEvict` that took one key and takes all entries now. */
function* evictedWhole({ added, removed }: RuleInput): Iterable<FindingDraft> {
  for (const option of added.options) {
    if (option.name !== 'allEntries' || option.value !== 'true' || !/^(CacheEvict|Cacheable|Caching)$/.test(option.callee)) continue;
    if (!removed.options.some(({ name, callee, scope }) => name === 'key' && callee === option.callee && scope === option.scope)) continue;
    yield { side: 'after', range: option.range, message: '`allEntries` empties the whole cache, where one key went' };
  }
}

/** Every key is listed, and each is deleted: `for key in r.scan_iter("*"): r.delete(key)`. */
function* sweptKeys({ added, before, after }: RuleInput): Iterable<FindingDraft> {
  for (const call of added.calls) {
    if (!/^(keys|KEYS|Keys|scan_iter|scanIterator|scanStream)$/.test(lastName(call.callee)) || !isEveryKey(call)) continue;
    if (!/redis|cache|valkey|\br\b|rdb|client|store|kv/i.test(receiver(call.callee))) continue;
    const isDeleted = after?.calls.some(
      (other) => within(other.scope, call.scope) && /^(del|delete|unlink|Del|Unlink|mdel)$/.test(lastName(other.callee)),
    );
    const stood = before?.calls.some((old) => old.callee === call.callee && isEveryKey(old));
    if (isDeleted === true && stood !== true)
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 36)}\` lists every key, and each is deleted`),
      };
  }
}

function isEveryKey({ callee, args }: Call): boolean {
  const [first = '', second = ''] = args;
  if (/^["'`]\*["'`]$/.test(first) || /^match=["']\*["']$/.test(first) || /MATCH: ["']\*["']|match: ["']\*["']/.test(first)) return true;
  return /^["']\*["']$/.test(second) || (args.length === 0 && /^(scan_iter|scanIterator|scanStream)$/.test(lastName(callee)));
}

function isWholeInvalidation({ name, words: given }: Command): boolean {
  return name === 'aws' && given.some(({ text }) => text === 'create-invalidation') && given.some(({ text }) => text === '/*');
}

/** The function emptied the same cache before, in other words: a callback that is awaited now. */
function flushedBefore({ before, after, path, trees }: RuleInput, { callee, scope }: Call): boolean {
  if (before === undefined || after === undefined || scope === '') return false;
  const old = trees.before.read(path);
  const text = old?.kind === 'text' ? old.text : '';
  const own = before.calls.filter((call) => call.callee === callee && within(call.scope, scope) && flushed(call, text) === 'shared');
  return own.length > 0 && own.length >= after.calls.filter((call) => call.callee === callee && within(call.scope, scope)).length;
}

function flushes({ name, written, pipedFrom }: Command): boolean {
  if (/^(redis-cli|valkey-cli|keydb-cli)$/.test(name)) return /\b(flushall|flushdb)\b/i.test(written);
  if (/^(nc|ncat|telnet|memcflush|memctool)$/.test(name)) return name === 'memcflush' || /flush_all/.test(written);
  if (name === 'echo' || name === 'printf')
    return /^\w+ ['"]?(flush_all|FLUSHALL|FLUSHDB)\b/i.test(written) && pipedFrom === undefined && /flush_all|FLUSH(ALL|DB)/.test(written);
  if (name === 'varnishadm') return /\bban\s+(req\.url|obj\.http\S*)\s*~\s*['"]?[./]/.test(written);
  if (name === 'aws') return /elasticache reboot-cache-cluster/.test(written);
  return (
    /\b(cache:clear|cache:flush|rails tmp:cache:clear|cache:reset|clear_cache)\b/.test(written) &&
    /--(env|environment)[= ]prod|production/.test(written)
  );
}

/** What a client of a shared cache is called where it is not called a cache. */
const CLIENT = /\b(mc|memcached?|memjs|redis|valkey|rdb|kv|client)$/;
const SHARED_LIBRARY =
  /redis|memcache|memjs|valkey|keydb|dragonfly|hazelcast|django\.core\.cache|flask_caching|cache-manager|CacheManager|IDistributedCache|org\.springframework\.cache|aiocache|Rails\.cache/i;
const SHARED = /\b(redis|ioredis|valkey|memcache|memcached|memjs|keyv|rdb|dragonfly|hazelcast|varnish|cdn|edge|fastly|cloudflare)\b/;

/** The project's own function empties it: `larder.sweep()`. */
function flushedWithin(input: RuleInput, call: Call): 'shared' | undefined {
  if (input.before !== undefined && calleesOf(input.before.calls).has(call.callee)) return undefined;
  const body = ownBody(input, call);
  return body?.calls.some((inner) => flushed(inner, textOf(input, body.path)) === 'shared') === true ? 'shared' : undefined;
}

function flushed(call: Call, text: string): 'shared' | 'unclear' | undefined {
  const name = lastName(call.callee);
  const from = receiver(call.callee);
  const args = call.args.join(' ');
  if (
    /^(flushall|flushAll|FlushAll|FlushAllAsync|FlushAllDatabases|flush_all|flushdb|flushDb|flushDB|FlushDB|FlushDBAsync|flushAllAsync|FlushDatabase)$/.test(
      name,
    )
  )
    return from === '' ? undefined : 'shared';
  if (/^(call|sendCommand|send_command|execute_command|executeCommand|eval|Do|do|command|cmd|query_async)$/.test(name))
    return /['"](flushall|flushdb|flush_all)['"]/i.test(args) ? 'shared' : undefined;
  if (/^(purgeAll|purge_all|purgeEverything|purge_everything)$/.test(name) || args.includes('purge_everything: true')) return 'shared';
  if (
    !/^(clear|reset|flush|invalidateAll|invalidate_all|clearAll|clear_all|delAll|removeAll|evictAll|delete_pattern|delPattern)$/.test(name)
  )
    return undefined;
  if (/^(delete_pattern|delPattern)$/.test(name)) return /^['"]\*['"]$/.test(call.args[0] ?? '') ? 'shared' : undefined;
  const isClient = /^(flush|reset|clear|clearAll|delAll)$/.test(name) && CLIENT.test(words(from)) && SHARED_LIBRARY.test(text);
  if ((!isClient && !/\b(cache|caches|cached)\b/.test(words(from))) || (call.args.length > 0 && !isClient)) return undefined;
  if (isInProcess(text, from)) return undefined;
  return isClient || (!/(^|\.)[_#]/.test(from) && isShared(text, from)) ? 'shared' : 'unclear';
}

/** A map, a set or a small store of this process; or one that the function itself has made. */
function isInProcess(text: string, from: string): boolean {
  const own = from.split('.').at(-1) ?? from;
  const name = own.replace(/[^\w$#]/g, '');
  return (
    name === '' ||
    new RegExp(
      `\\b${escaped(name)}\\b[^\\n]{0,80}(new (Map|WeakMap|Set|WeakSet|LRU\\w*|QuickLRU|TTLCache|HashMap|LinkedHashMap|ConcurrentHashMap)\\b|= (\\{\\}|dict\\(|\\[\\]|OrderedDict|defaultdict|TTLCache|LRUCache|make\\(map)|(Map|Set|Record|LRUCache|WeakMap)<)`,
    ).test(text) ||
    /\b(lru_cache|functools|lodash|memoize|queryClient|apollo|useQueryClient|sharp|require\.cache)\b/.test(from)
  );
}

function isShared(text: string, from: string): boolean {
  // Django's, by the name that its settings give it.
  return /^caches\[/.test(from) || SHARED.test(words(from)) || SHARED_LIBRARY.test(text);
}

function textOf({ trees }: RuleInput, path: RuleInput['path']): string {
  const content = trees.after.read(path);
  return content?.kind === 'text' ? content.text : '';
}
