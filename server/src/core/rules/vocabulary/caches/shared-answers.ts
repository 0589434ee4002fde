import type { Call, SourceFacts, SymbolFact } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { isHolder } from '../access/holders.ts';
import { SESSION } from '../access/identity-sources.ts';
import { boundAbove } from '../code/bindings.ts';
import { endOfCall } from '../code/call-ends.ts';
import { lastName, receiver, words } from '../code/call-names.ts';
import { lineChanges } from '../code/changed-lines.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';
import { factsWithin } from '../code/facts-by-place.ts';
import { groupBy, keepOf } from '../code/kept.ts';
import { symbolsNamed } from '../code/symbols-by-name.ts';
import { readIn } from '../code/text-holes.ts';
import { isAccessName } from '../guards/guard-kinds.ts';
import { CACHE, keepsOther, says } from './kept-values.ts';

/** An answer for one person or one tenant, kept where the next one finds it. */
export interface SharedAnswer {
  readonly range: Range;
  /** What it is kept under or by: `'orders'`, `@cache_page`. */
  readonly kept: string;
  /** Whom it is for: `tenantId`, `request.user`. */
  readonly holder: string;
}

/**
 * `cache.get('orders')` in front of a query for one tenant, `@cache_page` and `@lru_cache` above a function that reads who is signed in,
 * `@Cacheable(key = "#page")` beside a tenant, `unstable_cache(fn, ['orders'])` around a function that asks the session.
 */
export function* sharedAnswers(input: RuleInput): Generator<SharedAnswer> {
  const { added, after } = input;
  if (after === undefined) return;
  const told = new Set<string>();
  for (const call of added.calls) {
    const found = call.kind === 'decorator' ? decorated(after, call) : (wrapped(after, call) ?? keyed(after, call));
    if (found === undefined || told.has(call.scope)) continue;
    told.add(call.scope);
    yield { range: call.range, ...found };
  }
  yield* lostFromKeys(input);
}

type Kept = Omit<SharedAnswer, 'range'>;

const READS =
  /^(?:get|Get|fetch|wrap|remember|getOrSet|get_or_set|getOrCompute|getOrElse|computeIfAbsent|get_or_insert_with|get_with|GetOrSet)$/;
/** A cache that is made for one person, one request or one page of a browser. */
const OWN = /\b(?:session|request|req|local|local storage|session storage|ctx|context|scoped|for tenant|for user|query client)\b/;

/** `cache.get('orders')`: nothing of the key says for whom, and what is read where it finds nothing does. */
function keyed(facts: SourceFacts, call: Call): Kept | undefined {
  const of = words(receiver(call.callee));
  if (!READS.test(lastName(call.callee)) || !CACHE.test(of) || OWN.test(of)) return undefined;
  const args = call.args.filter((argument) => !/^(?:ctx|c|context|fn)$/.test(argument) && !/^(?:ctx|context)\./.test(argument));
  const written = args[0] ?? '';
  const key = /^[\w$]+$/.test(written) ? (boundAbove(facts, written, call.range.start.line) ?? constantOf(facts, written)) : written;
  const owner = ownerOf(facts, call.scope);
  if (key === undefined || owner === undefined || !isPlainKey(key, owner.parameters)) return undefined;
  const asked = readIn(key);
  const [root = ''] = receiver(call.callee).split(/[.([]/);
  const made = boundAbove(facts, root, call.range.start.line) ?? '';
  const holder = owner.holders.find(
    (name) =>
      !asked.includes(name) &&
      !receiver(call.callee).includes(name) &&
      // The cache itself is made for them.
      !says(made, name) &&
      isAskedFor(facts, owner.scope, call, name) &&
      !keepsOther(facts, owner.scope, written, name),
  );
  return holder === undefined ? undefined : { kept: written, holder };
}

/** A constant of the file: `const KEY = 'orders'`. */
function constantOf({ options }: SourceFacts, name: string): string | undefined {
  return options.find((option) => option.name === name && option.scope === '')?.value;
}

/** Made of texts and of plain parameters alone; what a function or an object makes of it is not known. */
function isPlainKey(key: string, parameters: readonly string[]): boolean {
  const text = key.replaceAll(' ', '');
  if (!/^[a-z]{0,2}['"`]/i.test(text)) return false;
  const holes = [...text.matchAll(/\$?\{([^{}]*)\}/g)].map(([, hole = '']) => hole);
  const rest = text.replace(/[a-z]{0,2}(?:'[^']*'|"[^"]*"|`[^`]*`)/gi, '');
  return [...holes, ...rest.split(/[+,()]/)].every((part) => part === '' || parameters.includes(part));
}

interface Owner {
  readonly scope: string;
  readonly parameters: readonly string[];
  /** Parameters that name whom it is for, and who is signed in. */
  readonly holders: readonly string[];
}

const owners = keepOf((_facts: SourceFacts) => new Map<string, Owner | undefined>());
const placesByName = keepOf(({ scopes }: SourceFacts) => groupBy(scopes, ({ name }) => name));

function ownerOf(facts: SourceFacts, scope: string): Owner | undefined {
  const known = owners(facts);
  if (!known.has(scope)) known.set(scope, findOwner(facts, scope));
  return known.get(scope);
}

/** The innermost function around a scope. */
function findOwner(facts: SourceFacts, scope: string): Owner | undefined {
  const isFunction = ({ kind }: SymbolFact): boolean => kind === 'function' || kind === 'method';
  let symbol: SymbolFact | undefined;
  for (let name = scope; name !== '' && symbol === undefined; name = name.slice(0, Math.max(0, name.lastIndexOf('.'))))
    symbol = symbolsNamed(facts, name).find(isFunction);
  const own = symbol?.name ?? scope;
  const [place] = placesByName(facts).get(own) ?? [];
  if (place === undefined || own === '') return undefined;
  const parameters = symbol?.parameters.map(({ name }) => name) ?? [];
  const signedIn = SESSION.exec(textOn(facts, place.startLine, place.endLine))?.[0];
  return {
    scope: own,
    parameters,
    holders: [
      ...parameters.filter((name) => isHolder(name) && / |^(?:user|tenant|account|owner|customer)$/.test(words(name))),
      ...(signedIn === undefined ? [] : [signedIn]),
    ],
  };
}

/** Something that is no check, no cache and no entry of a log is asked for that holder, where what is kept is made. */
function isAskedFor(facts: SourceFacts, scope: string, cache: Call, holder: string): boolean {
  const inner = `${cache.scope}.${cache.callee}(`;
  const isLoaded = cache.args.includes('fn');
  const first = cache.range.start.line;
  const end = isLoaded ? endOfCall(facts, cache) : first;
  const calls = factsWithin(facts.calls, scope);
  const stored = calls.filter((call) => call !== cache && CACHE.test(words(receiver(call.callee))));
  const last = Math.max(cache.range.end.line, ...stored.map((call) => call.range.start.line));
  return calls.some(
    ({ scope: own, kind, range, callee, args }) =>
      kind !== 'decorator' &&
      range.start.line >= first &&
      (isLoaded ? range.end.line <= end || own.startsWith(inner) : range.start.line <= last) &&
      !CACHE.test(words(receiver(callee))) &&
      !isAccessName(lastName(callee)) &&
      !BESIDE.test(words(callee)) &&
      args.some((argument) => says(argument.replaceAll(' ', ''), holder)),
  );
}

/** What is told or counted, and answers nothing. */
const BESIDE =
  /\b(?:log|logger|slog|console|metrics?|audit|track\w*|emit|publish|counters?|inc|increment|statsd|histogram|gauge|trace|span|analytics|telemetry)\b/i;

/** The body of what is annotated asks something for the holder; one without a call in it is not known. */
function isAskedIn(facts: SourceFacts, scope: string, holder: string, annotation: Call): boolean {
  const inside = factsWithin(facts.calls, scope).filter((call) => call.kind !== 'decorator' && call !== annotation);
  return (
    inside.length === 0 ||
    inside.some(({ callee, args }) => !BESIDE.test(words(callee)) && args.some((argument) => says(argument.replaceAll(' ', ''), holder)))
  );
}

const DECORATORS = /^(?:cache_page|lru_cache|cache|cached|cached_view|memoize|memoise|Cacheable|CacheResult|ttl_cache|Cached|Memoize)$/;

/** `@cache_page(900)` above a function that reads who asks, without a word of it in the key. */
function decorated(facts: SourceFacts, call: Call): Kept | undefined {
  const name = lastName(call.callee);
  const isNest = name === 'UseInterceptors' && call.args.some((argument) => /CacheInterceptor/.test(argument));
  if (!DECORATORS.test(name) && !isNest) return undefined;
  const said = call.args.join(' ');
  const beside = factsWithin(facts.calls, call.scope)
    .filter(({ kind, scope }) => kind === 'decorator' && scope === call.scope)
    .map(({ callee, args }) => `${callee} ${args.join(' ')}`);
  if (
    /key_?(?:func|builder|generator|maker|prefix)|make_cache_key|condition|unless|vary/i.test(said) ||
    beside.some((text) => /vary_on_(?:cookie|headers)|private\s?=\s?True|never_cache/.test(text))
  )
    return undefined;
  const owner = ownerOf(facts, call.scope);
  const holder = owner?.holders.find((one) => !owner.parameters.includes(one));
  const kept = `@${call.callee}`;
  // A whole page, whoever asks for it.
  if (name === 'cache_page' || isNest) return holder === undefined ? undefined : { kept, holder };
  const key = call.args.find((argument) => /^key\s?[=:]/.test(argument));
  if (key !== undefined) {
    // The expression is a text itself, and a text inside it names nobody.
    const asked = key.slice(1 + key.search(/["'`]/)).replace(/'[^']*'/g, '');
    const other = owner?.holders.find(
      (one) => !asked.includes(one) && !/root\.args|p0|a0|#root|target|\(/.test(key) && isAskedIn(facts, owner.scope, one, call),
    );
    return other === undefined ? undefined : { kept: `${kept} ${key}`, holder: other };
  }
  // What is handed over is part of the key; a request that is handed over is another one each time.
  return holder === undefined || owner?.parameters.includes(holder.split(/[.[(]/)[0] ?? '') === true ? undefined : { kept, holder };
}

/** `unstable_cache(async () => … session.user.id …, ['orders'])`: what the function closes over is no part of the key. */
function wrapped(facts: SourceFacts, call: Call): Kept | undefined {
  if (!/^(?:unstable_cache|memoize|memoizee|pMemoize|memoizeOne|moize)$/.test(lastName(call.callee)) || call.args[0] !== 'fn')
    return undefined;
  const { start, end } = call.range;
  const holder = SESSION.exec(textOn(facts, start.line, end.line))?.[0];
  const key = call.args.slice(1).join(' ');
  if (holder === undefined || /[uU]ser|[tT]enant|[oO]rg|[aA]ccount|session/.test(key.replace(/'[^']*'/g, ''))) return undefined;
  return { kept: call.callee, holder };
}

/** `const key = \`orders:${tenantId}:${page}\`` that became `\`orders:${page}\``, where something is still asked for the tenant. */
function* lostFromKeys(input: RuleInput): Generator<SharedAnswer> {
  const { after } = input;
  if (after === undefined) return;
  for (const change of lineChanges(input)) {
    const name = /^(?:[A-Za-z]+ )?(\w*[kK]ey|\w*KEY)(?::?=)/.exec(change.after.text)?.[1];
    const owner = name === undefined ? undefined : ownerOf(after, change.after.scope);
    const holder = owner?.holders.find((one) => says(readIn(change.before.text), one) && !readIn(change.after.text).includes(one));
    if (name === undefined || owner === undefined || holder === undefined) continue;
    const look = factsWithin(after.calls, owner.scope).find((call) => call.args.includes(name) && CACHE.test(words(receiver(call.callee))));
    if (look === undefined || !isAskedFor(after, owner.scope, look, holder)) continue;
    yield { range: rangeOfLine(input, 'after', change.after.line), kept: name, holder };
  }
}

function textOn(facts: SourceFacts, from: number, to: number): string {
  return tokensOn(facts, from, to)
    .map(({ text }) => text)
    .join(' ')
    .replace(/ ?([^\w ]) ?/g, '$1');
}
