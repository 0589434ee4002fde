import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { changedCode, codeOfScope, countOf, rangeOfLine, scopeAtLine } from '../code/code-text.ts';
import { counterpartScope, hasScope } from '../code/counterpart.ts';
import { holdsLine } from '../code/hunk-lines.ts';
import { partScopes } from '../code/own-parts.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { isMoney, isNoMoney, isShown } from './money-names.ts';

/** Half of the divisor added before a division of whole numbers: `(p * n + 500) / 1000`, `(a + b / 2) / b`, `(a + b - 1) / b`. */
const HALF_ADDED = /\+ (\d[\d_]*n?|[A-Z][A-Z0-9_]+|half\w*|\w+ \/\/? 2n?|\( \w+ \/\/? 2n? \)|\w+ - 1) \)+ \/\/? (\d[\d_]*n?|\w+)/g;

/** Divided first and multiplied then: what the division cut off is multiplied too. */
const DIVIDED_FIRST = / \/\/? (?:\d[\d_]*|[A-Z][A-Z0-9_]+|\w+) \)? ?\* /g;

/** Divisions of whole amounts that round in another way: to the nearest before and down now, or cut off before they multiply. */
export function* wholeDivisions(input: RuleInput): Iterable<FindingDraft> {
  for (const { scope, counterpart, line } of [...divisions(input), ...ofOwners(input)]) {
    const was = codeOfScope(input.before, scope).text;
    const own = codeOfScope(input.after, counterpart).text;
    const parts = freshParts(input, counterpart);
    const is = [own, ...parts.map((name) => codeOfScope(input.after, name).text)].join(' ');
    const about = words(`${scope} ${was.slice(0, 600)}`).replace(/\bshares?\b/g, '');
    if (!isMoney(`${scope} ${input.path} ${was.slice(0, 2000)}`) || isNoMoney(about)) continue;
    if (countOf(is, DIVIDES) === 0 || newCallsIn(input, scope).some(({ callee }) => ROUNDS.test(words(callee)))) continue;
    const lostHalf = [...was.matchAll(HALF_ADDED)].filter(isHalf).length > [...is.matchAll(HALF_ADDED)].filter(isHalf).length;
    const isWhole = /\.(go|rs|java|kt|scala|cs|c|cc|cpp)$/.test(input.path) || / \/\/ /.test(is);
    const isCut = isWhole && countOf(is, DIVIDED_FIRST) > countOf(was, DIVIDED_FIRST) && / \* /.test(was);
    if (!lostHalf && !isCut) continue;
    // Where another function divides now, the place is there.
    const moved = countOf(own, DIVIDES) > 0 ? undefined : parts.flatMap((name) => divisionIn(input, name) ?? [])[0];
    const isHere = moved === undefined ? line !== undefined : isOnHunk(input, moved);
    if (!isHere) continue;
    const message = lostHalf
      ? 'the division no longer rounds to the nearest: half of the divisor was added'
      : 'divides before it multiplies: what is cut off is multiplied too';
    yield {
      ...(moved === undefined
        ? { side: 'before' as const, range: rangeOfLine(input, 'before', line ?? 1) }
        : { side: 'after' as const, range: rangeOfLine(input, 'after', moved) }),
      message: fitMessage(message),
    };
    return;
  }
}

const DIVIDES = / \/\/? /g;

function divisionIn({ after }: RuleInput, scope: string): number | undefined {
  const code = codeOfScope(after, scope);
  const at = code.text.search(/ \/\/? /);
  return at < 0 ? undefined : code.lineAt(at + 1);
}

function isOnHunk({ hunk }: RuleInput, line: number): boolean {
  return holdsLine(hunk.after, line);
}

/** Functions of the file that this change brought and that the function divides in now. */
function freshParts({ before, after }: RuleInput, scope: string): readonly string[] {
  const parts = before === undefined || after === undefined ? [] : partScopes(after, scope);
  return parts.filter((name) => name !== scope && before !== undefined && !hasScope(before, name));
}

const ROUNDS = /\b(round\w*|ceil|half|quantize|div ceil|div round|floor mod)\b/;

/** A plain number must be half of the divisor; the other shapes say it themselves. */
function isHalf(match: RegExpMatchArray): boolean {
  const [, added = '', divisor = ''] = match;
  const [half, whole] = [added, divisor].map((text) => Number(text.replaceAll('_', '').replace(/(?<=\d)n$/, ''))) as [number, number];
  if (/^([A-Z][A-Z0-9_]*|half\w*)$/.test(added)) return true;
  if (!Number.isNaN(half)) return half > 1 && (Number.isNaN(whole) || half * 2 === whole || half === whole - 1);
  return added.replace(/^\( /, '').startsWith(`${divisor} `);
}

interface Divided {
  readonly scope: string;
  readonly counterpart: string;
  /** Of the hunk, on the before side; undefined where the hunk takes nothing out of the function. */
  readonly line?: number;
}

/** Functions that stood before and call one which this hunk brings and which divides. */
function ofOwners(input: RuleInput): readonly Divided[] {
  const { before, after } = input;
  const code = changedCode(input, 'after');
  const at = code.text.search(/ \/\/? /);
  const part = at < 0 || before === undefined ? '' : scopeAtLine(after, code.lineAt(at + 1));
  if (before === undefined || part === '' || hasScope(before, part)) return [];
  const callers = new Set(after?.calls.filter((call) => lastName(call.callee) === lastName(part)).map((call) => call.scope));
  return before.scopes.flatMap(({ name: scope }) => {
    const counterpart = / \/\/? /.test(codeOfScope(before, scope).text) ? counterpartScope(input, scope) : undefined;
    return counterpart !== undefined && callers.has(counterpart) ? [{ scope, counterpart }] : [];
  });
}

/** Functions that this hunk takes a division out of, each with a line of the hunk. */
function* divisions(input: RuleInput): Iterable<Divided> {
  const old = changedCode(input, 'before');
  const seen = new Set<string>();
  for (const match of old.text.matchAll(/ \/\/? /g)) {
    const line = old.lineAt(match.index + 1);
    const scope = scopeAtLine(input.before, line);
    if (scope === '' || seen.has(scope)) continue;
    seen.add(scope);
    const counterpart = counterpartScope(input, scope);
    if (counterpart !== undefined) yield { scope, counterpart, line };
  }
}

const SHARES = /\b(split\w*|allocat\w+|distribut\w+|apportion\w*|prorat\w+|instal+ments?|shares?|portions?|divide|per guest|each)\b/;
const REMAINDER =
  / % |\b(subtract|minus|remainder|divmod|divideAndRemainder|divide_and_remainder|mod|rem|leftover|checked_rem|rem_euclid|Mod|QuoRem|Sub|DivMod|difference)\b/;

/** An amount was split and what was left over went to somebody; now it goes to nobody. */
export function* lostRemainders(input: RuleInput): Iterable<FindingDraft> {
  const old = changedCode(input, 'before');
  for (const match of old.text.matchAll(
    /(?: % | - |\b(?:subtract|minus|remainder|divmod|divideAndRemainder|leftover|Sub|Mod|QuoRem)\b)/g,
  )) {
    const line = old.lineAt(match.index + 1);
    const scope = scopeAtLine(input.before, line);
    const counterpart = scope === '' ? undefined : counterpartScope(input, scope);
    if (
      counterpart === undefined ||
      !SHARES.test(words(`${scope} ${input.path}`)) ||
      !isOfMoney(`${scope} ${input.path}`, codeOfScope(input.before, scope).text)
    )
      continue;
    const was = codeOfScope(input.before, scope).text;
    if (isShown(scope) || /\b(slice|substring|text|len)\b|\. length\b/.test(was)) continue;
    const isSplit = (text: string): boolean =>
      /\b(divide|div|divmod|divideAndRemainder|DivMod|QuoRem|Div|quo|Quo|floor|FLOOR|trunc|DOWN)\b| \/\/? /.test(text);
    if (!isSplit(was)) continue;
    const after = codeOfScope(input.after, '').text;
    if (!isSplit(after) || REMAINDER.test(after) || / - /.test(codeOfScope(input.after, counterpart).text)) continue;
    yield {
      side: 'before',
      range: rangeOfLine(input, 'before', line),
      message: fitMessage(`what \`${shorten(scope, 30)}\` leaves over goes to nobody now`),
    };
    return;
  }
}

/** By its names, or by the decimals that it reckons in. */
function isOfMoney(names: string, code: string): boolean {
  return (
    isMoney(`${names} ${code.slice(0, 3000)}`) || /\b(BigDecimal|Decimal|decimal|BigNumber|bills?|cents)\b/.test(`${words(names)} ${code}`)
  );
}

const SQL_ROUNDING = /^(round|trunc|truncate|floor|ceil|ceiling|rounddown|roundup|banker_round)$/;

/** `round(…)` that became `trunc(…)`, or is gone, in a statement or a function of the database about money. */
export function* roundingsInSql(input: RuleInput): Iterable<FindingDraft> {
  if (input.after === undefined || input.removed.statements.length === 0) return;
  const [old, now] = [changedCode(input, 'before'), changedCode(input, 'after')];
  const wordsOf = (text: string): readonly string[] => text.split(/[^A-Za-z_0-9]+/).map((word) => word.toLowerCase());
  const count = (text: string): string =>
    wordsOf(text)
      .filter((word) => SQL_ROUNDING.test(word))
      .sort()
      .join();
  const read = (side: 'removed' | 'added'): string => input[side].statements.flatMap(({ names }) => names).join(' ');
  const isText = old.text !== '' && now.text !== '';
  const [was, is] = isText ? [count(old.text), count(now.text)] : [count(read('removed')), count(read('added'))];
  if (was === '' || was === is || (is !== '' && was.split(',').every((name) => is.split(',').includes(name)))) return;
  const all = `${read('removed')} ${input.path}`;
  const line = isText ? now.text : read('added');
  if (!isMoney(all) || /\b(percent|pct|ratio|score|latitude|longitude|avg|progress)\b/.test(words(line))) return;
  const names = (text: string): string => words(text);
  // What is rounded stays.
  if (
    is === '' &&
    !wordsOf(isText ? old.text : read('removed')).some(
      (word) => word.length > 3 && !SQL_ROUNDING.test(word) && names(line).includes(names(word)),
    )
  )
    return;
  const at =
    input.hunk.after.lines > 0
      ? rangeOfLine(input, 'after', input.hunk.after.start)
      : rangeOfLine(input, 'before', input.hunk.before.start);
  yield {
    side: input.hunk.after.lines > 0 ? 'after' : 'before',
    range: at,
    severity: 'high',
    message: fitMessage(
      is === ''
        ? `\`${was.split(',')[0] ?? ''}\` is gone: the amount is not rounded`
        : `an amount is rounded by \`${is}\`; it was \`${was}\``,
    ),
  };
}
