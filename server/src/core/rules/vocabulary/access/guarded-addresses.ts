import type { Call, Option, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, receiver, shorten, words } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { keepOf } from '../code/kept.ts';
import { isAccessName } from '../guards/guard-kinds.ts';

/** A list of addresses that a guard stands before, or that it leaves alone. */
interface AddressList {
  /** What makes two lists the same one: a name, or a callee without its arguments. */
  readonly name: string;
  readonly kind: 'guarded' | 'open';
  readonly addresses: readonly string[];
  readonly range: Range;
}

/**
 * A guard that stays and stands before fewer addresses: entries gone from the `matcher` of a Next.js middleware, from
 * `forRoutes` or `addPathPatterns`, from a list that is called protected; and entries that came to a list of public ones.
 */
export function* uncoveredAddresses(input: RuleInput): Iterable<FindingDraft> {
  if (input.before === undefined || input.after === undefined) return;
  const before = listsOf(input.path, input.before, input.removed);
  const after = listsOf(input.path, input.after, input.added);
  for (const now of after) {
    const old = before.find((list) => list.name === now.name && list.kind === now.kind);
    if (old === undefined || old.addresses.length === 0) continue;
    const lost =
      now.kind === 'guarded'
        ? (old.addresses.find((address) => !now.addresses.some((other) => covers(other, address)) && isServed(input, address)) ??
          excludedNow(old.addresses, now.addresses))
        : now.addresses.find((address) => !old.addresses.some((other) => covers(other, address)) && !isMeantForAll(address));
    if (lost === undefined) continue;
    // Another mount of the same guard, which nobody touched, covers it.
    if (now.name.startsWith('use ') && isCoveredElsewhere(input, input.after, now, lost)) continue;
    const what = now.kind === 'guarded' ? 'no longer stands before' : 'lets everybody reach';
    yield {
      side: 'after',
      range: now.range,
      message: fitMessage(`\`${shorten(now.name, 30)}\` ${what} \`${shorten(lost, 34)}\``),
      ...(now.kind === 'open' ? { severity: 'high' as const } : {}),
    };
  }
}

function isCoveredElsewhere({ path }: RuleInput, after: SourceFacts, { name }: AddressList, lost: string): boolean {
  return listsOf(path, after, after).some((list) => list.name === name && list.addresses.some((address) => covers(address, lost)));
}

const GUARDED =
  /\b(protected|secured|private|guarded|auth required|requires auth|authenticated|restricted|admin)\b.*\b(routes?|paths?|urls?|pages|endpoints|prefix(es)?|patterns?)\b/;
const OPEN =
  /\b(public|open|exempt|exempted|anonymous|unauthenticated|unprotected|whitelist(ed)?|allowlist(ed)?|skip auth|no auth|ignored?|excluded?|bypass)\b.*\b(routes?|paths?|urls?|pages|endpoints?|prefix(es)?|patterns?|views?)\b|\b(login exempt|auth whitelist|auth exclude|auth ignore)\b/;

function listsOf(
  path: string,
  side: SourceFacts,
  changed: { readonly options: readonly Option[]; readonly calls: readonly Call[] },
): readonly AddressList[] {
  const isAbout = (): boolean => isAboutAccess(side);
  const options = changed.options.flatMap((option): readonly AddressList[] => {
    const addresses = addressesIn(option.value);
    if (addresses.length === 0) return [];
    const text = words(option.name);
    const list = (kind: AddressList['kind']): readonly AddressList[] => [{ name: option.name, kind, addresses, range: option.range }];
    if (option.name === 'matcher' && /(^|\/)(middleware|proxy)\.[cm]?[jt]s$/.test(path)) return isAbout() ? list('guarded') : [];
    if (option.name === 'path' && /\.unless$/.test(option.callee)) return list('open');
    if (OPEN.test(text) && (isAbout() || isAccessName(option.name))) return list('open');
    return GUARDED.test(text) ? list('guarded') : [];
  });
  const calls = changed.calls.flatMap((call): readonly AddressList[] => {
    const kind = kindOf(call, side);
    const addresses = call.args.flatMap(addressesIn);
    const name = [lastName(call.callee), ...guardsOf(call, side)].join(' ');
    return kind === undefined || addresses.length === 0 ? [] : [{ name, kind, addresses, range: tailOf(call) }];
  });
  return [...options, ...calls];
}

function kindOf(call: Call, side: SourceFacts): AddressList['kind'] | undefined {
  const name = lastName(call.callee);
  const owner = receiver(call.callee);
  if (/^(forRoutes|addPathPatterns)$/.test(name)) return isAccessName(owner) ? 'guarded' : undefined;
  if (/^(addUrlPatterns|setUrlPatterns)$/.test(name))
    return isAccessName(`${owner} ${call.scope}`) || isAboutAccess(side) ? 'guarded' : undefined;
  if (/^(exclude|excludePathPatterns|unless)$/.test(name)) return isAccessName(owner) ? 'open' : undefined;
  if (/^(requestMatchers|antMatchers|mvcMatchers|pathMatchers)$/.test(name)) return /\bignoring\(\)/.test(owner) ? 'open' : undefined;
  if (guardsOf(call, side).length > 0) return 'guarded';
  if (name !== 'createRouteMatcher') return undefined;
  const line = tokensOn(side, call.range.start.line, call.range.start.line).map(({ text }) => text);
  return line.some((text) => /public|open|exempt|ignore/i.test(text)) ? 'open' : 'guarded';
}

/** What `app.use('/admin/*', …)` puts in front of all below an address: named there, or called in the function that is. */
function guardsOf({ callee, args, scope }: Call, side: SourceFacts): readonly string[] {
  const [first = '', ...handed] = args;
  if (lastName(callee) !== 'use' || !/^['"`]\/[^'"`]*\*['"`]$/.test(first)) return [];
  const place = `${scope === '' ? '' : `${scope}.`}${callee}(${first})`;
  const called = handed.includes('fn') ? side.calls.filter((call) => call.scope === place).map((call) => call.callee) : [];
  return [...new Set([...handed, ...called].map((text) => /^[\w$.]+/.exec(text)?.[0] ?? '').filter(isAccessName))];
}

const isAboutAccess = keepOf(
  (side: SourceFacts): boolean =>
    side.calls.some(({ callee }) => isAccessName(callee) || /session|token|login|clerk/i.test(callee)) ||
    side.guards.some(({ test }) => isAccessName(test) || /session|token|login|cookie/i.test(test)),
);

function addressesIn(text: string): readonly string[] {
  return [...text.matchAll(/r?(['"`])(\^?\/[^'"`]{0,200})\1/g)].map((match) => (match[2] ?? '').replace(/^\^/, ''));
}

/** True where whoever matches the one also matches the other: a wildcard of a shorter beginning, or the same address. */
export function covers(pattern: string, address: string): boolean {
  if (pattern === address) return true;
  const [one, other] = [beginning(pattern), beginning(address)];
  // Everything but some: what it leaves out is told by itself.
  if (/^\/\(\(?\?!/.test(pattern)) return !exclusions(pattern).some((left) => other.slice(1).startsWith(left));
  const isOpenEnded = /[*:({[]|\.\+|\/$/.test(pattern.slice(one.length)) || pattern.endsWith('/');
  return one === other ? isOpenEnded || !/[*:({[]/.test(address) : isOpenEnded && `${other}/`.startsWith(`${one}/`);
}

function beginning(address: string): string {
  return address.replace(/[:*({[].*/s, '').replace(/(?:\.|(?<!\/))\/*$/, '');
}

function exclusions(pattern: string): readonly string[] {
  return (/\(\?!([^)]*)\)/.exec(pattern)?.[1] ?? '').split('|').filter((part) => part !== '');
}

/** `/((?!_next).*)` that became `/((?!api|_next).*)`. */
function excludedNow(old: readonly string[], now: readonly string[]): string | undefined {
  const was = old.flatMap(exclusions);
  if (old.every((address) => exclusions(address).length === 0)) return undefined;
  return now.flatMap(exclusions).find((part) => !was.some((other) => part.startsWith(other)) && !isMeantForAll(`/${part}`));
}

/** What every visitor may see by its nature. */
export function isMeantForAll(address: string): boolean {
  return (
    /(^|[/_.-])(log-?in|log-?out|sign-?(in|up|out)|auth|register|registration|forgot|reset|password|health\w*|ready\w*|live\w*|ping|static|assets?|public|favicon\w*|robots\w*|sitemap\w*|web-?hooks?|callback|oauth2?|docs|swagger[\w-]*|openapi\w*|api-docs|terms|privacy|about|pricing|imprint|legal|contact|blog|status|css|js|img|images?|fonts?|media|manifest\w*|verify|well-known|_next|version|error|home|landing|invite|ico|png|svg)([/_.:*({\\-]|$)/i.test(
      address,
    ) || address === '/'
  );
}

/** False where the route's own files went away with the entry. */
function isServed(input: RuleInput, address: string): boolean {
  const folder = beginning(address).slice(1);
  if (folder === '') return true;
  const has = (paths: readonly string[]): boolean => paths.some((path) => path.includes(`${folder}/`) || path.includes(`${folder}.`));
  return has(input.trees.after.paths()) || !has(input.trees.before.paths());
}

/** The last link of a chain, where the chain begins many lines above. */
function tailOf({ range, callee, args }: Call): Range {
  const { start, end } = range;
  if (start.line === end.line) return range;
  return { start: { line: end.line, character: Math.max(0, end.character - lastName(callee).length - args.join(', ').length - 2) }, end };
}
