import type { CodeToken, SourceFacts, SymbolFact } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { symbolsNamed } from '../code/symbols-by-name.ts';

/** A function whose `return` gives something else, though no declared type says so. */
export interface ChangedReturn {
  /** Of the before side. */
  readonly symbol: SymbolFact;
  /** Of the after side. */
  readonly range: Range;
  /** What became of it, in words. */
  readonly text: string;
  /** True where it comes one by one now, which whoever only goes over it does not notice. */
  readonly isOneByOne?: true;
}

/** Returns of this hunk that give another shape, or the same number in another unit. */
export function changedReturns(input: RuleInput): readonly ChangedReturn[] {
  const { before, after } = input;
  if (before === undefined || after === undefined) return [];
  const { start, lines } = input.hunk.after;
  if (!tokensOn(after, start, start + lines - 1).some(({ text }) => text === 'return' || text === 'yield')) return [];
  const touched = new Set(after.scopes.flatMap((scope) => (scope.startLine < start + lines && scope.endLine >= start ? [scope.name] : [])));
  return [...touched]
    .flatMap((name) => symbolsNamed(before, name))
    .flatMap((symbol) => {
      if (!symbol.exported || !/^(function|method)$/.test(symbol.kind)) return [];
      const scope = counterpartScope(input, symbol.name);
      if (scope === undefined || scope !== symbol.name) return [];
      const isTyped = symbol.type !== '' && before.language !== 'python';
      const [old, now] = [returnsOf(before, symbol.name), returnsOf(after, scope)];
      const fresh = now.filter((one) => one.line >= start && one.line < start + lines && !old.some((other) => other.code === one.code));
      const yielded = before.language === 'python' ? yieldedLine(input, symbol.name) : undefined;
      const given = yielded === undefined ? undefined : shapeOf(old, before);
      if (yielded !== undefined && given !== undefined) {
        const range = rangeOfLine(input, 'after', yielded);
        return [{ symbol, range, text: `gives one by one and gave ${given}`, isOneByOne: true as const }];
      }
      const [first] = fresh;
      if (first === undefined) return [];
      const range = rangeOfLine(input, 'after', first.line);
      const [was, is] = [shapeOf(old, before), shapeOf(now, after)];
      if (!isTyped && was !== undefined && is !== undefined && was !== is) return [{ symbol, range, text: `gives ${is} and gave ${was}` }];
      const wrapped = !isTyped && was === undefined && old.length === 1 ? wrappedIn(old, fresh, before.language) : undefined;
      if (wrapped !== undefined) return [{ symbol, range, text: `gives ${wrapped} and gave the value alone` }];
      for (const one of fresh) {
        const scaled = old.length === now.length ? scaledFrom(old, one, now) : undefined;
        if (scaled !== undefined) return [{ symbol, range: rangeOfLine(input, 'after', one.line), text: `gives its number ${scaled} now` }];
      }
      return [];
    });
}

/** The line of this hunk on which a function of Python hands out the first of several, where it handed out none before. */
function yieldedLine({ before, after, hunk }: RuleInput, name: string): number | undefined {
  const own = (facts: SourceFacts | undefined): readonly CodeToken[] => {
    const place = facts?.scopes.find((scope) => scope.name === name);
    return place === undefined ? [] : tokensOn(facts, place.startLine, place.endLine).filter(({ text }) => text === 'yield');
  };
  const { start, lines } = hunk.after;
  const line = own(after)[0]?.line;
  return own(before).length > 0 || line === undefined || line < start || line >= start + lines ? undefined : line;
}

interface Returned {
  readonly line: number;
  /** Its tokens, one space between. */
  readonly code: string;
}

function returnsOf(facts: SourceFacts, name: string): readonly Returned[] {
  const place = facts.scopes.find((scope) => scope.name === name);
  if (place === undefined) return [];
  const inner = facts.scopes.filter((scope) => scope.name.startsWith(`${name}.`));
  const tokens = tokensOn(facts, place.startLine, place.endLine);
  return tokens.flatMap((token, at) => {
    // A return of a function inside is that one's.
    const isInner = inner.some(({ startLine, endLine }) => startLine <= token.line && token.line <= endLine);
    return token.text === 'return' && !isInner ? [{ line: token.line, code: expressionFrom(tokens, at + 1) }] : [];
  });
}

function expressionFrom(tokens: readonly CodeToken[], from: number): string {
  const parts: string[] = [];
  let depth = 0;
  for (let at = from; at < tokens.length && parts.length < 200; at += 1) {
    const { text, line } = tokens[at] ?? { text: '', line: 0 };
    if (depth === 0 && (/^[;})]/.test(text) || (line > (tokens[at - 1]?.line ?? line) && at > from && /^[A-Za-z}]/.test(text)))) break;
    if (/^[([{]$/.test(text)) depth += 1;
    if (/^[)\]}]$/.test(text)) depth -= 1;
    parts.push(text);
  }
  return parts.join(' ');
}

/** The one shape that all returns with a value have; undefined where one of them does not show it. */
function shapeOf(returns: readonly Returned[], facts: SourceFacts): string | undefined {
  const shapes = new Set(
    returns
      .filter(({ code }) => code !== '' && !/^(None|null|undefined)$/.test(code))
      .map(({ code, line }) => shapeIn(code, facts.language) ?? listIn(code, line, facts) ?? objectIn(code, facts)),
  );
  const [only] = shapes;
  return shapes.size === 1 ? only : undefined;
}

function shapeIn(code: string, language: string): string | undefined {
  if (!/^(python|typescript)$/.test(language)) return undefined;
  if (/^\{ (\} |\.\.\. |\*\* |\w+ [:,}]|["'`][^"'`]*["'`] :)/.test(`${code} `) && closesAtEnd(code))
    return language === 'python' && !code.includes(':') ? 'a set' : 'a table';
  if (code.startsWith('[') && closesAtEnd(code)) return 'a list';
  if (/^dict \(/.test(code) && language === 'python') return 'a table';
  if (language !== 'python') return undefined;
  if (/^(list|sorted) \(/.test(code) && closesAtEnd(code.replace(/^\w+ /, ''))) return 'a list';
  if (commasAtTop(code) > 0 || /^tuple \(/.test(code)) return 'a tuple';
  return code.startsWith('(') && closesAtEnd(code) && commasAtTop(code.slice(1, -1)) > 0 && !/ for /.test(code) ? 'a tuple' : undefined;
}

/** TypeScript and JavaScript: rows of a query, what a method of a list gives, and a name that is bound to one of these above. */
function listIn(code: string, line: number, facts: SourceFacts): 'a list' | undefined {
  if (facts.language !== 'typescript') return undefined;
  const whole = /^[A-Za-z_$][\w$]*$/.test(code) ? boundAbove(facts, code, line) : code.replace(/^await /, '');
  if (whole === undefined || joinsAtTop(whole)) return undefined;
  if (/ \. rows$/.test(whole) || (whole.startsWith('[') && closesAtEnd(whole))) return 'a list';
  const last = lastCallOf(whole);
  return last !== undefined && LISTS.test(last) ? 'a list' : undefined;
}

/** Python: a new object of a class, which nobody reads by its keys; not where the class is a table or a tuple itself, or is not known. */
function objectIn(code: string, facts: SourceFacts): 'an object' | undefined {
  const [, name, rest = ''] = /^(?:[a-z_]\w{0,40} \. )?([A-Z]\w{1,60}) (\(.*)$/.exec(code) ?? [];
  if (facts.language !== 'python' || name === undefined || !/[a-z]/.test(name) || !closesAtEnd(rest)) return undefined;
  const own = symbolsNamed(facts, name).find(({ kind }) => kind === 'class');
  return /(?:[dD]ict|[tT]uple|Mapping)\b|(?:^|[^a-zA-Z_])(?:list|str)\b/.test(own?.type ?? '') ||
    /(?:Dict|Row|Response|Tuple|Table|Frame|Series|Counter|Error|Exception)$/.test(name)
    ? undefined
    : 'an object';
}

const LISTS = /^(?:map|filter|flatMap|toSorted|toReversed|sort|reverse|findMany|toArray|split)$/;

/** The name of the call whose answer an expression is: `filter` of `all . filter ( … )`. */
function lastCallOf(code: string): string | undefined {
  if (!code.endsWith(')')) return undefined;
  const parts = code.split(' ');
  let depth = 0;
  for (let at = parts.length - 1; at >= 0; at -= 1) {
    if (parts[at] === ')') depth += 1;
    if (parts[at] === '(') depth -= 1;
    if (depth === 0) return parts[at - 2] === '.' ? parts[at - 1] : undefined;
  }
  return undefined;
}

/** One of several: `rows ?? [ ]`, `a ? b : c`. */
function joinsAtTop(code: string): boolean {
  let depth = 0;
  return code.split(' ').some((part) => {
    if (/^[([{]$/.test(part)) depth += 1;
    if (/^[)\]}]$/.test(part)) depth -= 1;
    return depth === 0 && /^(?:\?\??|\|\||&&|[=!]==?|[<>]=?|=>|[-+*/%])$/.test(part);
  });
}

/** The bracket that opens it is the one that ends it. */
function closesAtEnd(code: string): boolean {
  const parts = code.split(' ');
  let depth = 0;
  for (const [at, part] of parts.entries()) {
    if (/^[([{]$/.test(part)) depth += 1;
    if (/^[)\]}]$/.test(part)) depth -= 1;
    if (depth === 0) return at === parts.length - 1;
  }
  return false;
}

function commasAtTop(code: string): number {
  let depth = 0;
  let commas = 0;
  for (const part of code.split(' ')) {
    if (/^[([{]$/.test(part)) depth += 1;
    if (/^[)\]}]$/.test(part)) depth -= 1;
    if (part === ',' && depth === 0) commas += 1;
    if (part === 'lambda' && depth === 0) return 0;
  }
  return commas;
}

/** `return total` that became `return total, shipping` or `return { total, shipping }`. */
function wrappedIn(old: readonly Returned[], fresh: readonly Returned[], language: string): string | undefined {
  const code = old[0]?.code ?? '';
  if (!/^(python|typescript)$/.test(language) || !/^[A-Za-z_$][\w$]*$/.test(code) || /^(None|null|undefined|self|this)$/.test(code))
    return undefined;
  const [one] = fresh;
  const parts = one?.code.split(' ') ?? [];
  if (fresh.length !== 1 || parts.length < 3) return undefined;
  if (language === 'python' && parts[0] === code && parts[1] === ',') return 'a tuple';
  if (!/^[([{]$/.test(parts[0] ?? '') || !closesAtEnd(one?.code ?? '')) return undefined;
  if (parts[0] === '{') return [1, 3].some((at) => parts[at] === code && /^[,}]$/.test(parts[at + 1] ?? '')) ? 'a table' : undefined;
  return parts[1] === code && parts[2] === ',' ? (parts[0] === '[' ? 'a list' : 'a tuple') : undefined;
}

/** Factors between units of money, time, size and share. */
const FACTOR =
  /^(10|60|100|1000|1024|3600|24|7|10000|86400|1000000|1e3|1e6|100\.0|1000\.0|0\.01|0\.001|60\.0|1_000|10_000|1_000_000|1e-3)$/;

/** `return p` that became `return p / 100`, alone or as the first of several values. */
function scaledFrom(old: readonly Returned[], one: Returned, now: readonly Returned[]): string | undefined {
  const [head = '', ...tail] = one.code.split(' , ');
  const match =
    /^\(? ?(.+?) ([*/]|\/\/) ([\w.]+) ?\)?$/.exec(head) ??
    /^(?:\w+ \. )?(?:round|floor|ceil|int|float|Math \. \w+) \( (.+?) ([*/]|\/\/) ([\w.]+) \)$/.exec(head);
  const [, value = '', sign = '', factor = ''] = match ?? [];
  if (!FACTOR.test(factor)) return undefined;
  const rest = tail.length === 0 ? '' : ` , ${tail.join(' , ')}`;
  const was = old.find(({ code }) => code === `${value}${rest}`);
  return was !== undefined && !now.some(({ code }) => code === was.code) ? `${sign === '*' ? 'times' : 'divided by'} ${factor}` : undefined;
}
