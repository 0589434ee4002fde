import type { Call } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { splitSource } from '../code/argument-text.ts';

/** A test that runs over a table of cases, of which some are gone and none came. */
export interface FewerCases {
  readonly range: Range;
  readonly gone: readonly string[];
}

const TABLE = /(?:^|\.)(?:each|parametrize|ValueSource|CsvSource|EnumSource|cases|case_list|test_cases)$/;

/** `it.each([[-1], [0], [10_001]])` that became `it.each([[10_001]])`: the cases that are gone are said nowhere in the file. */
export function* fewerCases({ removed, added, after }: RuleInput): Generator<FewerCases> {
  if (after === undefined || !removed.calls.some(({ callee }) => TABLE.test(callee))) return;
  const fresh = added.calls.filter(({ callee }) => TABLE.test(callee));
  const left = new Set(after.calls.filter(({ callee }) => TABLE.test(callee)).flatMap(casesOf));
  for (const old of removed.calls) {
    const cases = TABLE.test(old.callee) ? casesOf(old) : [];
    if (cases.length < 2) continue;
    const now = fresh.find((call) => call.callee === old.callee && casesOf(call).some((one) => cases.includes(one)));
    const kept = now === undefined ? [] : casesOf(now);
    const gone = cases.filter((one) => !left.has(one));
    if (now !== undefined && gone.length > 0 && kept.every((one) => cases.includes(one))) yield { range: now.range, gone };
  }
}

/** The items of the first list among the arguments. */
function casesOf({ args }: Call): readonly string[] {
  const list = args.map((argument) => argument.replace(/^\w+ ?= ?/, '')).find((argument) => /^[[{(]/.test(argument));
  return list === undefined ? [] : splitSource(list.replace(/^[[{(]([\s\S]*)[\])}]$/, '$1'), ',');
}
