import type { Option, Scope } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten, words } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { changedOptions } from '../code/option-changes.ts';
import { isTestScope } from '../code/test-cases.ts';
import { statementsOf } from '../code/top-statements.ts';

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
  yield* lostAliasCaps(input);
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

/** `Limit = Annotated[int, Query(ge=1, le=500)]` of FastAPI, which all its parameters take, and which says no greatest number any more. */
function* lostAliasCaps({ before, after, removed }: RuleInput): Iterable<FindingDraft> {
  if (before === undefined || after?.language !== 'python') return;
  for (const { name, callee, scope, value, range } of removed.options) {
    if (!/^(?:le|lt)$/.test(name) || scope !== '' || !/^(?:\w+\.)?(?:Query|Path|Field|Body|Param)$/.test(callee)) continue;
    const holds = ({ startLine, endLine }: Scope): boolean => startLine <= range.start.line && range.start.line <= endLine;
    const alias = statementsOf(before).find(holds)?.name;
    const now = alias === undefined || !PAGE.test(words(alias)) ? undefined : statementsOf(after).find((other) => other.name === alias);
    if (alias === undefined || now === undefined) continue;
    const text = tokensOn(after, now.startLine, now.endLine)
      .map((token) => token.text)
      .join(' ');
    if (/\b(?:le|lt) =|\b(?:Le|Lt|Interval|conint|AfterValidator|BeforeValidator)\b/.test(text)) continue;
    yield {
      side: 'before',
      range,
      message: fitMessage(`\`${shorten(alias, 24)}\` may be any number; it was at most ${shorten(value, 12)}`),
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
