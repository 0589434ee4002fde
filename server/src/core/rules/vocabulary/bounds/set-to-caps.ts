import type { CodeToken } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten, words } from '../code/call-names.ts';
import { rangeOfLine, scopeAtLine, tokensOn } from '../code/code-text.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { isIn, partScopes } from '../code/own-parts.ts';

/** A value that is set to a cap where it is above it: `if (limit > 100) limit = 100`, `if n > max { n = max }`. */
interface SetCap {
  readonly name: string;
  readonly cap: string;
  readonly line: number;
}

/** Such a value whose function stays, in which nothing speaks of the cap any more, nor in what it calls or in another file of the change. */
export function* lostSetCaps(input: RuleInput): Iterable<FindingDraft> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined || hunk.before.lines === 0) return;
  for (const { name, cap, line } of setCaps(tokensOn(before, hunk.before.start, hunk.before.start + hunk.before.lines - 1))) {
    const own = scopeAtLine(before, line);
    const scope = own === '' ? undefined : counterpartScope(input, own);
    if (scope === undefined) continue;
    const number = numberIn(cap, before);
    const speaks = (text: string, facts: typeof after | undefined): boolean =>
      text === cap || (number !== undefined && /^[\w.]+$/.test(text) && numberIn(text, facts) === number);
    const parts = partScopes(after, scope);
    const places = after.scopes.filter((place) => isIn(parts, place.name));
    if (places.some(({ startLine, endLine }) => tokensOn(after, startLine, endLine).some(({ text }) => speaks(text, after)))) continue;
    const { guards, conditions, calls, options } = input.addedElsewhere();
    const elsewhere = [
      ...[...guards, ...conditions].map(({ test }) => test),
      ...calls.flatMap(({ args }) => args),
      ...options.map(({ value }) => value),
    ];
    if (elsewhere.some((text) => (text.match(/[\w.]+/g) ?? []).some((word) => speaks(word, undefined)))) continue;
    yield {
      side: 'before',
      range: rangeOfLine(input, 'before', line),
      message: fitMessage(`\`${shorten(name, 20)}\` of \`${shorten(own, 24)}\` is no longer cut to \`${shorten(cap, 20)}\``),
      ...(OF_SIZE.test(words(name)) ? {} : { severity: 'medium' as const }),
    };
  }
}

/** What a caller may ask for too much of. */
const OF_SIZE =
  /\b(limit|size|count|amount|take|page|per page|rows|batch|length|len|depth|quantity|qty|total|max|ttl|timeout|retries|attempts|days|hours|minutes|bytes|n|num)\b/;

function* setCaps(tokens: readonly CodeToken[]): Iterable<SetCap> {
  const text = (at: number): string => tokens[at]?.text ?? '';
  for (const [at, { text: word, line }] of tokens.entries()) {
    if (word !== 'if') continue;
    const open = text(at + 1) === '(' ? 1 : 0;
    const name = text(at + 1 + open);
    const cap = text(at + 3 + open);
    if (!/^[A-Za-z_]\w*$/.test(name) || !/^>=?$/.test(text(at + 2 + open)) || !/^\w+$/.test(cap)) continue;
    // To the end of the condition, over the mark of a block or of a line's end.
    let next = at + 4 + open;
    while (/^[){:;]$/.test(text(next)) && next < at + 10) next += 1;
    if (text(next) === name && text(next + 1) === '=' && text(next + 2) === cap) yield { name, cap, line };
  }
}
