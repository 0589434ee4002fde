import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten } from '../code/call-names.ts';
import { changedCode, codeOfScope, rangeOfLine, scopeAtLine } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { isAskedInPart } from '../guards/extracted-guards.ts';
import { lostGuards } from '../guards/lost-guards.ts';
import { isBoundBySchema } from '../schema/schema-bounds.ts';
import { isAmount } from './amounts.ts';
import { isValidatedBy } from './validated-amounts.ts';

/** A comparison inside an expression, such as `return qty > 0 && qty <= MAX`. */
export function* lostComparisons(input: RuleInput): Iterable<FindingDraft> {
  const old = changedCode(input, 'before');
  for (const match of old.text.matchAll(
    /(?:&& |\|\| |and |or |return )(?:not )?\(? ?((?:[A-Za-z_$]\w* \. )?([A-Za-z_$]\w*) (?:<=?|>=?) (?:-? ?[\d.]+|[A-Z][A-Z0-9_]{2,}|self \. \w+))(?= )/g,
  )) {
    const [, comparison = '', name = ''] = match;
    if (!isAmount(name)) continue;
    const line = old.lineAt(match.index + match[0].length - 1);
    const scope = scopeAtLine(input.before, line);
    const guard = input.removed.guards.find(({ range }) => range.start.line <= line && line <= range.end.line);
    if (
      guard !== undefined &&
      (isBoundBySchema(input, guard) || isAskedInPart(input, guard) || lostGuards(input, (one) => one === guard).length === 0)
    )
      continue;
    const counterpart = counterpartScope(input, scope);
    if (counterpart === undefined || scope === '') continue;
    const { text } = codeOfScope(input.after, counterpart);
    const stillCompared = new RegExp(`\\b${name} (<|>)|(<|>)=? (\\w+ \\. )?${name} `).test(text);
    if (stillCompared || !text.includes(` ${name} `) || isValidatedBy(input, scope)) continue;
    yield {
      side: 'before',
      range: rangeOfLine(input, 'before', line),
      message: fitMessage(`\`${shorten(comparison.replaceAll(' . ', '.'), 40)}\` is asked no more`),
    };
  }
}
