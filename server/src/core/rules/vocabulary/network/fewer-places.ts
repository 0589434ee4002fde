import type { Setting, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { findResource } from '../settings/setting-index.ts';

/**
 * Places that traffic goes to and that are fewer now: a `server` of an nginx upstream, a path or a host of an Ingress or of a route
 * that stays. One that another took the place of is no loss.
 */
export function* fewerPlaces(input: RuleInput): Generator<FindingDraft> {
  const { removed, before, after } = input;
  if (before === undefined || after === undefined) return;
  const asked = new Set<string>();
  for (const { path, resource, value } of removed.settings) {
    const list = listOf({ path, resource, value }, before);
    if (list === undefined || asked.has(list)) continue;
    asked.add(list);
    const [old = [], now = []] = [before, after].map((facts) => facts.settings.filter((other) => listOf(other, facts) === list));
    const [was, left] = [new Set(old.map(addressOf)), new Set(now.map(addressOf))];
    const [lost] = removed.settings.filter((other) => !left.has(addressOf(other)) && listOf(other, before) === list);
    // What went as a whole is told as a thing that was removed, and a name may stand for all that were there.
    if (lost === undefined || now.length === 0 || now.length >= old.length || [...left].some((address) => !was.has(address))) continue;
    yield {
      side: 'before',
      range: lost.range,
      message: fitMessage(`${quote(String(lost.value), 30)} left ${quote(nameOf(lost, before), 30)}`),
    };
  }
}

/** Without what nginx is told of it: `10.0.1.10:8080 max_fails=3`. */
function addressOf({ value }: Pick<Setting, 'value'>): string {
  return String(value).split(' ')[0] ?? '';
}

function listOf({ path, value, resource }: Pick<Setting, 'path' | 'value' | 'resource'>, facts: SourceFacts): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (path.at(-1) === 'server' && /^upstream\b/.test(path.at(-2) ?? '') && !/\bdown$/.test(value)) return path.join('/');
  const isRoute = /^(Ingress|HTTPRoute|GRPCRoute)$/.test(findResource(facts, resource)?.type ?? '');
  return isRoute && path.at(-1) === 'path' && path.includes('rules') ? `${resource} path` : undefined;
}

function nameOf({ path, resource }: Setting, facts: SourceFacts): string {
  return findResource(facts, resource)?.name ?? path.at(-2) ?? '';
}
