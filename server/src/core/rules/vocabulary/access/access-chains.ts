import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { splitSource } from '../code/argument-text.ts';
import { lastName, receiver, shorten } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import { keepOf } from '../code/kept.ts';
import { isAccessName } from '../guards/guard-kinds.ts';
import { isIn, tailOf } from './chain-places.ts';
import { isMeantForAll } from './guarded-addresses.ts';
import { lostLayers } from './router-layers.ts';

/**
 * Access rules that are written as one long chain of calls: Spring Security's `requestMatchers(…).hasRole(…)`, the layers of a
 * Rust router, the filters and interceptors of a servlet container.
 */
export function* lostChains(input: RuleInput): Iterable<FindingDraft> {
  yield* openedMatchers(input);
  yield* addedToOpenLines(input);
  yield* forgeryChecksOff(input);
  yield* lostLayers(input);
}

const STRICT =
  /^(authenticated|fullyAuthenticated|hasRole|hasAnyRole|hasAuthority|hasAnyAuthority|hasPermission|access|denyAll|rememberMe)$/;
const OPEN = /^(permitAll|anonymous)$/;
const MATCHER =
  /(?:^|\.)(anyRequest\(\)|anyExchange\(\)|(?:requestMatchers|antMatchers|mvcMatchers|pathMatchers|regexMatchers)\([^()]*(?:\([^()]*\)[^()]*)*\))$/;

/** One line of a chain: who may ask for these addresses. The first that fits an address decides. */
export interface Line {
  readonly call: Call;
  /** `GET /orders/**`, `/orders/**`, or the matcher's own text where it holds no address. */
  readonly addresses: readonly string[];
  /** 0 everybody, 1 whoever is signed in, 2 some of them, 3 nobody. */
  readonly demand: number;
}

/** The lines of all chains of a file, in the order in which they are asked. */
export const linesOf = keepOf((facts: SourceFacts): readonly Line[] =>
  facts.calls
    .flatMap((call): readonly Line[] => {
      const name = lastName(call.callee);
      const matcher = STRICT.test(name) || OPEN.test(name) ? MATCHER.exec(receiver(call.callee))?.[1] : undefined;
      return matcher === undefined ? [] : [{ call, addresses: addressesIn(facts, call, matcher), demand: demandOf(call) }];
    })
    .sort((a, b) => {
      const [one, other] = [a.call.range.start, b.call.range.start];
      return one.line - other.line || one.character - other.character || a.call.callee.length - b.call.callee.length;
    }),
);

function demandOf({ callee, args }: Call): number {
  const name = lastName(callee);
  if (OPEN.test(name) || (name === 'access' && /permitAll/.test(args.join()))) return 0;
  if (/^(authenticated|fullyAuthenticated|rememberMe)$/.test(name)) return 1;
  return name === 'denyAll' ? 3 : 2;
}

/** Any other request of a chain that is asked for some addresses alone, `securityMatcher("/admin/**")`, is one of these. */
function addressesIn(facts: SourceFacts, { scope }: Call, matcher: string): readonly string[] {
  const chain = matcher.startsWith('any')
    ? facts.calls.find(
        (call) =>
          /^securityMatchers?$/.test(lastName(call.callee)) && call.args.length > 0 && within(scope, call.scope) && call.scope !== '',
      )
    : undefined;
  return addressesOf(facts, chain === undefined ? matcher : `securityMatcher(${chain.args.join(', ')})`);
}

/** Addresses that a matcher names, also through a constant of the file; its own text where it names none. */
function addressesOf(facts: SourceFacts, matcher: string): readonly string[] {
  if (matcher.startsWith('any')) return [REST];
  const parts = splitSource(matcher.slice(matcher.indexOf('(') + 1, -1), ',');
  const method = parts.map((part) => /^(?:HttpMethod\.)?(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/.exec(part)?.[1]).find(Boolean);
  const found = parts.flatMap((part) => {
    const text = /^["']/.test(part)
      ? part
      : (facts.options.find(({ name, callee }) => name === lastName(part) && callee === '')?.value ?? '');
    return [...text.matchAll(/["'](\/[^"']*)["']/g)].map((match) => match[1] ?? '');
  });
  return found.length === 0 ? [matcher] : found.map((address) => (method === undefined ? address : `${method} ${address}`));
}

const REST = 'any other request';

/** The line that decides about an address of the other side: one that names it, one of all below it, or the last. */
export function lineFor(lines: readonly Line[], address: string): Line | undefined {
  const [, method = '', path = address] = /^([A-Z]+) (.*)$/.exec(address) ?? [];
  const covers = (other: string): boolean => {
    const [, only = '', pattern = other] = /^([A-Z]+) (.*)$/.exec(other) ?? [];
    if (only !== '' && only !== method) return false;
    return pattern === path || (pattern.endsWith('/**') && `${path}/`.startsWith(pattern.slice(0, -2)));
  };
  return (
    lines.find(({ addresses }) => address !== REST && addresses.some(covers)) ?? lines.findLast(({ addresses }) => addresses.includes(REST))
  );
}

function* openedMatchers(input: RuleInput): Iterable<FindingDraft> {
  const before = input.before === undefined ? [] : linesOf(input.before);
  const after = input.after === undefined || before.length === 0 ? [] : linesOf(input.after);
  if (after.length === 0) return;
  const told = new Set<Call>();
  // What became open by its own line first: that line is the one to read.
  for (const old of before.toSorted((a, b) => Number(b.addresses.includes(REST)) - Number(a.addresses.includes(REST)))) {
    for (const address of old.addresses) {
      const now = lineFor(after, address);
      if (
        now === undefined ||
        told.has(old.call) ||
        (told.has(now.call) && !now.addresses.includes(REST)) ||
        now.demand >= Math.min(2, old.demand)
      )
        continue;
      // An earlier line of the old chain may have said the same.
      if ((lineFor(before, address)?.demand ?? old.demand) <= now.demand) continue;
      const shown = shorten(address, 34);
      const falls = now.addresses.includes(REST) && address !== REST;
      // Annotations of the methods may ask for the role now.
      if (falls && now.demand > 0 && input.addedElsewhere().calls.some((call) => call.kind === 'decorator' && isAccessName(call.callee)))
        continue;
      const fresh = tailOf(now.call);
      const gone = tailOf(old.call);
      const what = now.demand === 0 ? 'open to everybody now' : 'open to whoever is signed in';
      if (!falls && isIn(input.hunk.after, fresh)) yield { side: 'after', range: fresh, message: fitMessage(`\`${shown}\` is ${what}`) };
      else if ((falls || before.some((line) => isSameLine(line, now))) && isIn(input.hunk.before, gone))
        yield { side: 'before', range: gone, message: fitMessage(`\`${shown}\` falls to what is ${what.replace(' now', '')}`) };
      else continue;
      told.add(old.call);
      if (!falls) told.add(now.call);
    }
  }
}

function isSameLine(one: Line, other: Line): boolean {
  return one.demand === other.demand && one.addresses.join() === other.addresses.join();
}

/** An address that came to a line which is open to everybody, and that the program served before. */
function* addedToOpenLines(input: RuleInput): Iterable<FindingDraft> {
  if (input.before === undefined || input.after === undefined) return;
  const before = linesOf(input.before);
  if (before.length === 0) return;
  for (const { call, addresses, demand } of linesOf(input.after)) {
    const address = addresses.find((one) => {
      const old = one === REST || demand > 0 || !one.includes('/') ? undefined : lineFor(before, one);
      return old !== undefined && old.demand > 0 && !old.addresses.includes(one) && !isMeantForAll(one) && isServedBefore(input, one);
    });
    if (address === undefined) continue;
    const path = address.slice(address.indexOf('/'));
    const range = input.added.options.find(({ callee, value }) => callee === '' && value.includes(path))?.range ?? tailOf(call);
    if (isIn(input.hunk.after, range))
      yield { side: 'after', range, message: fitMessage(`\`${shorten(address, 34)}\` is open to everybody now`), severity: 'high' };
  }
}

/** Another file named the address before: it is not the way to something new. */
function isServedBefore({ trees, path }: RuleInput, address: string): boolean {
  const segment = address
    .slice(address.indexOf('/'))
    .split('/')
    .findLast((part) => /^[\w-]{3,}$/.test(part));
  return segment !== undefined && trees.before.mentioning(segment, ['.java', '.kt', '.groovy']).some((other) => other !== path);
}

/** Protection against forged requests, switched off in a chain that had it. */
function* forgeryChecksOff(input: RuleInput): Iterable<FindingDraft> {
  const isOff = (call: Call): boolean =>
    (lastName(call.callee) === 'disable' && /csrf/i.test(receiver(call.callee))) ||
    (lastName(call.callee) === 'csrf' && call.args.some((argument) => /disable/.test(argument)));
  if (input.before === undefined || !input.added.calls.some(isOff) || input.before.calls.some(isOff)) return;
  for (const call of input.added.calls) {
    if (!isOff(call)) continue;
    const range = tailOf(call);
    if (!isIn(input.hunk.after, range)) continue;
    yield {
      side: 'after',
      range,
      message: fitMessage(`\`${shorten(call.callee.slice(-30), 30)}\` lets forged requests in`),
      severity: 'high',
    };
    return;
  }
}
