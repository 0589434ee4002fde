import type { Call } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { isHolder } from '../access/holders.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { changedCode, tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { tokensOf } from '../code/token-lines.ts';
import { isAmount } from './amounts.ts';

/** A sum of a list whose rows were chosen before they were added up, and are not chosen now. */
export interface SummedList {
  readonly range: Range;
  readonly condition: string;
}

/** `payments.filter((p) => p.state === 'settled').reduce(…)`, `sum(p.cents for p in payments if p.settled)`, a query of a sum. */
export function* summedLists(input: RuleInput): Generator<SummedList> {
  const { after } = input;
  if (after === undefined) return;
  const told = new Set<string>();
  for (const old of input.removed.calls) {
    const condition = conditionOf(input, old);
    if (condition === undefined) continue;
    const scope = counterpartScope(input, old.scope);
    if (scope === undefined || told.has(scope) || !isAmount(`${old.callee} ${old.args.join(' ')} ${old.scope}`)) continue;
    const body = tokensOf(after, scope);
    if (!/\+=|\breduce\b|\bsum\b|\bfold\b/i.test(body)) continue;
    const asked = askedOf(condition);
    // Whose rows they are is tenant-filter-removed.
    if (asked.length === 0 || asked.some((name) => isHolder(name))) continue;
    const said = ` ${words(`${body} ${changedCode(input, 'after').text}`)} `;
    if (asked.some((name) => said.includes(` ${words(name)} `)) || isSaidElsewhere(input, asked)) continue;
    const line = after.calls.find((call) => within(call.scope, scope) && input.added.calls.includes(call))?.range;
    told.add(scope);
    yield { range: line ?? old.range, condition: shorten(condition, 30) };
  }
  yield* summedQueries(input);
}

const SUMS = /(?:^|\.)(?:reduce|sum|mapToLong|mapToInt|mapToDouble|fold|sumBy|sumOf|Sum)$/;

/** What a chain keeps before it adds up, or a comprehension behind its `if`. */
function conditionOf({ before }: RuleInput, { callee, args, range }: Call): string | undefined {
  if (callee === 'sum') return /\bfor\b.{1,80}?\bif\b (.{2,120})$/s.exec((args[0] ?? '').replace(/^\((.*)\)$/s, '$1'))?.[1];
  if (before === undefined || !SUMS.test(callee) || !callee.includes('filter(')) return undefined;
  const text = tokensOn(before, range.start.line, range.end.line)
    .map((token) => token.text)
    .join(' ');
  return /\bfilter \( (.{2,120}?) \) \. (?:map|reduce|filter|sum|fold)/
    .exec(text)?.[1]
    ?.replace(/^\(? ?\w+ \)? ?[=-]> /, '')
    .replace(/ ?(\.|::) ?/g, '$1');
}

/** What a condition asks for and of which value: `state` and `settled` of `p.state === 'settled'`, `settled` of `Payment::isSettled`. */
function askedOf(condition: string): readonly string[] {
  const asked = [...condition.matchAll(/(?:\.|::|["'])([A-Za-z_]\w*)/g)].map((match) => match[1] ?? '');
  return asked.map((name) => name.replace(/^(?:is|has)_?(?=[A-Z_])/, ''));
}

function isSaidElsewhere(input: RuleInput, asked: readonly string[]): boolean {
  const { calls, guards } = input.addedElsewhere();
  const said = ` ${words([...calls.map(({ callee, args }) => `${callee} ${args.join(' ')}`), ...guards.map(({ test }) => test)].join(' '))} `;
  return asked.some((name) => said.includes(` ${words(name)} `));
}

const WHERE = /^(?:where|filter|filter_by|andWhere|Where)$/;

/** `select(func.sum(Payment.cents)).where(a, b)` that asks for `a` alone. */
function* summedQueries(input: RuleInput): Generator<SummedList> {
  const isQuery = ({ callee }: Call): boolean => WHERE.test(lastName(callee)) && /\bsum\(/i.test(callee) && isAmount(callee);
  const fresh = input.added.calls.filter(isQuery);
  if (fresh.length === 0) return;
  const byCallee = new Map(input.removed.calls.filter(isQuery).map((old) => [`${counterpartScope(input, old.scope)} ${old.callee}`, old]));
  for (const now of fresh) {
    const old = byCallee.get(`${now.scope} ${now.callee}`);
    const lost = old?.args.filter((argument) => !now.args.includes(argument)) ?? [];
    const [first] = lost;
    if (old === undefined || first === undefined || now.args.some((argument) => !old.args.includes(argument))) continue;
    const said = ` ${words(tokensOf(input.after, now.scope))} `;
    const asked = askedOf(first);
    if (asked.some((name) => isHolder(name) || said.includes(` ${words(name)} `))) continue;
    yield { range: now.range, condition: shorten(first, 30) };
  }
}
