import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { argumentsIn } from '../code/one-line-bodies.ts';
import { changedOptions } from '../code/option-changes.ts';
import { piecesOf } from '../conditions/pieces.ts';

/**
 * A command to many machines whose list of conditions keeps some and lost others: `Targets=[role, wave]` of `send_command` that is
 * `Targets=[role]`. Each condition narrows what the others reach.
 */
export function* fewerTargets(input: RuleInput): Generator<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    if (!/^(?:Targets?|TagFilters|InstanceFilters|ResourceTagFilters|Filters)$/i.test(after.name) || !SENDS.test(words(after.callee)))
      continue;
    const [was, is] = [itemsOf(before.value), itemsOf(after.value)];
    if (is.length === 0 || is.length >= was.length || !is.every((item) => was.includes(item))) continue;
    const lost = was.find((item) => !is.includes(item)) ?? '';
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`\`${shorten(lastName(after.callee), 26)}\` is no longer limited by \`${shorten(lost, 36)}\``),
    };
  }
}

const SENDS =
  /\b(?:send command|start automation(?: execution)?|create association|update association|invoke command|run command|run shell script|create maintenance window)\b/;

/** Items of a list that is written out, white space collapsed; none for anything else. */
function itemsOf(value: string): readonly string[] {
  const inside = /^(?:\[\]?(?:[\w.*]+\s*\{)?|List\.of\(|Arrays\.asList\(|vec!\[)([\s\S]*)[\]})]$/.exec(value.trim())?.[1];
  return inside === undefined ? [] : argumentsIn(piecesOf(inside)).map((pieces) => pieces.join(' '));
}
