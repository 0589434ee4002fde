import type { Command } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { LIMIT_FACTOR } from '../../thresholds.ts';
import { changedSettings, placeOf } from '../settings/settings.ts';

/**
 * Limits inside a text: of a connection's address (`?connection_limit=5`), of what a machine is started with (`-Xmx1536m`,
 * `--max-old-space-size=4096`), and of a server's command line (`gunicorn --workers 8`), also as the list of words of an image.
 */
export function* limitsInTexts(input: RuleInput): Generator<FindingDraft> {
  for (const change of changedSettings(input)) {
    const [was, is] = [change.before?.value, change.after?.value];
    if (change.resourceIsGone || typeof was !== 'string' || typeof is !== 'string' || !HOLDS.test(was)) continue;
    for (const limit of changedLimits(was, is)) yield { ...placeOf(change), ...told(limit) };
  }
  const servers = input.removed.commands.filter(isServer);
  for (const command of servers.length === 0 ? [] : input.added.commands.filter(isServer)) {
    const old = servers.filter(({ name, scope }) => name === command.name && scope === command.scope);
    const [own] = old;
    if (own === undefined || old.length > 1) continue;
    for (const limit of changedLimits(own.written, command.written)) yield { side: 'after', range: command.range, ...told(limit) };
  }
}

interface Limit {
  readonly name: string;
  readonly was: string;
  readonly is: string;
  readonly factor: number;
}

function told({ name, was, is, factor }: Limit): Pick<FindingDraft, 'message' | 'severity'> {
  return {
    message: fitMessage(`\`${name}\` went from ${was} to ${is}`),
    ...(factor === LIMIT_FACTOR.notes ? { severity: 'low' as const } : {}),
  };
}

/** Limits that both texts name, once each, and that changed by so much. */
function changedLimits(was: string, is: string): readonly Limit[] {
  const old = limitsOf(was);
  return [...limitsOf(is)].flatMap(([name, now]) => {
    const before = old.get(name);
    const [one, other] = [amountOf(before), amountOf(now)];
    if (before === undefined || one === undefined || other === undefined || one === other || Math.max(one, other) < LEAST) return [];
    const factor = one === 0 || other === 0 ? Number.POSITIVE_INFINITY : Math.max(one / other, other / one);
    return factor < LIMIT_FACTOR.notes ? [] : [{ name, was: before, is: now, factor }];
  });
}

function limitsOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(LIMITS)].map(([, heap, name, value]) => [heap === undefined ? (name ?? '') : '-Xmx', heap ?? value ?? '']),
  );
}

/** A number with the suffix that heaps and sizes have. */
function amountOf(value: string | undefined): number | undefined {
  const [, digits, unit = ''] = /^(\d+)([kmgt]?)/i.exec(value ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits) * 1024 ** ' kmgt'.indexOf(unit.toLowerCase() || ' ');
}

/** Of fewer than this, a factor of two says little. */
const LEAST = 4;
const HOLDS = /-Xmx|[= ,]["']?\d/;
const LIMITS =
  /-Xmx(\d+[kmgt]?)|(?<![\w-])(--max-old-space-size|connection_limit|pool_timeout|pool_size|max_pool_size|maxPoolSize|max_connections|maxIdleTimeMS|statement_timeout|socketTimeoutMS|--workers|--threads|--worker-connections|--concurrency|--prefetch-multiplier|--max-connections|--max-conns|--maxclients|--maxmemory|--limit-concurrency|--backlog|--max-memory-per-child|--query-max-memory|--processes|-XX:MaxRAMPercentage|-XX:MaxMetaspaceSize)(?:=|["']?,? ?["']?)(\d+[kmgt]?)(?![\w.])/gi;

/** Programs that serve or work, and whose options say how much at once. */
function isServer({ name, written }: Command): boolean {
  return (
    /^(gunicorn|uvicorn|hypercorn|granian|daphne|celery|dramatiq|huey|rq|puma|unicorn|sidekiq|node|java|redis-server|postgres|mysqld|mongod|php-fpm|uwsgi|waitress-serve|trino|pgbouncer|haproxy|traefik|nats-server|memcached)$/.test(
      name,
    ) && HOLDS.test(written)
  );
}
