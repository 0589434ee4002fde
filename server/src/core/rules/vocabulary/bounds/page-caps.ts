import type { Option } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten, words } from '../code/call-names.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { changedOptions } from '../code/option-changes.ts';
import { isTestScope } from '../code/test-cases.ts';

const PAGE = /^(?:limit|take|per page|page size|page limit|first|top|max results|batch size|page length|size|count|rows)$/;
/** Ten times as many are no longer the same page. */
const FAR = 10;

/** `limit: z.number().max(100)`, `limit: int = Query(50, le=100)`, and the greatest page of Django's REST framework. */
export function* pageCaps(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    if (!PAGE.test(words(after.name)) || isTestScope(after.scope)) continue;
    const [was, is] = [capIn(before.value), capIn(after.value)];
    const isLost =
      was !== undefined &&
      is === undefined &&
      headOf(before.value) === headOf(after.value) &&
      headOf(after.value) !== '' &&
      !/\b(?:refine|transform|pipe|clamp)\b/.test(after.value);
    if (was === undefined || !(isLost || (is !== undefined && is >= was * FAR))) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`\`${shorten(after.name, 24)}\` may be ${is === undefined ? 'any number' : String(is)}; it was at most ${was}`),
    };
  }
  for (const option of input.removed.options) {
    if (
      !/^max_(?:page_size|limit)$/.test(option.name) ||
      option.callee !== '' ||
      option.scope === '' ||
      numberIn(option.value, input.before) === undefined
    )
      continue;
    const scope = counterpartScope(input, option.scope);
    const own = input.after?.options.filter((other) => other.scope === scope) ?? [];
    const isSet = own.some((other) => other.name === option.name && other.value !== 'None');
    const isAsked = option.name === 'max_limit' || own.some((other) => other.name === 'page_size_query_param' && other.value !== 'None');
    if (scope !== undefined && !isSet && isAsked)
      yield {
        side: 'before',
        range: option.range,
        severity: 'medium',
        message: fitMessage(
          `\`${option.name} = ${shorten(option.value, 18)}\` no longer caps the rows of \`${shorten(option.scope, 24)}\``,
        ),
      };
  }
}

/** The greatest number that a schema lets through. */
function capIn(value: Option['value']): number | undefined {
  const number = /\.(?:max|lte|lt)\(([\d_]+)[,)]|\b(?:le|lt|lte|max_value|maximum)=([\d_]+)\b/.exec(
    value.replace(/(?:(?<!\s)\s+)?=\s*/g, '='),
  );
  const text = number?.[1] ?? number?.[2];
  return text === undefined ? undefined : Number(text.replaceAll('_', ''));
}

/** `z.coerce.number` of a chain, `Query` of a call. */
function headOf(value: string): string {
  return /^(?:[\w$]+\.)*[\w$]+(?=\()/.exec(value)?.[0] ?? '';
}
