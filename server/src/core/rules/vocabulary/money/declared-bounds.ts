import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { FIELD_BOUND, fieldAfter, fieldNear, fieldOnLine } from '../code/field-names.ts';
import { changedOptions } from '../code/option-changes.ts';
import { lostFieldBounds } from '../guards/field-bounds.ts';
import { aliasOfField } from '../validation/declared-fields.ts';
import { isAmount } from './amounts.ts';

/** Schemas in code: zod and its kin by the value of a property, pydantic by keywords, Java by annotations. */
export function* lostSchemaBounds(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    // A router of procedures has no bounds of its own: each of their inputs does.
    if (!isAmount(before.name) || /\.(?:query|mutation|subscription)\(/.test(before.value)) continue;
    const left = after.value.match(SCHEMA_BOUND) ?? [];
    const lost = (before.value.match(SCHEMA_BOUND) ?? []).find((bound) => !left.some((other) => kindOf(other) === kindOf(bound)));
    if (lost === undefined || left.length >= (before.value.match(SCHEMA_BOUND)?.length ?? 0)) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`\`${shorten(before.name, 28)}\` lost \`${shorten(lost, 20)}\` of its schema`),
    };
  }
  for (const option of input.removed.options) {
    if (!FIELD_BOUND.test(option.name) || !/(Field|con\w+|Range|Validator|Query|Body|Param)$/.test(option.callee)) continue;
    const name = fieldOnLine(input, option);
    if (
      !isAmount(name) ||
      input.after?.options.some((other) => other.name === option.name && fieldNear(input, 'after', other) === name) === true
    )
      continue;
    if (!new RegExp(`\\b${name}\\b`).test(codeOfScope(input.after, '').text)) continue;
    const declared = input.before === undefined ? '' : aliasOfField(input, option.range.start.line, name);
    if (new RegExp(`\\b${option.name} = ${option.value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w.])`).test(declared)) continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(`\`${shorten(name, 28)}\` lost \`${shorten(`${option.name}=${option.value}`, 24)}\``),
    };
  }
  for (const call of input.removed.calls) {
    const isAnnotation = call.kind === 'decorator' && BOUND_ANNOTATION.test(lastName(call.callee));
    const isValidator = /^(MinValueValidator|MaxValueValidator)$/.test(lastName(call.callee));
    if (!isAnnotation && !isValidator) continue;
    const name = isAnnotation ? (fieldAfter(input, call) ?? call.scope) : fieldOnLine(input, call);
    const scope = counterpartScope(input, call.scope);
    if (!isAmount(name) || scope === undefined) continue;
    if (input.after?.calls.some((other) => other.callee === call.callee && other.scope === scope && !wasThere(input, other)) === true)
      continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(name, 28)}\` lost \`${shorten(`${call.callee}(${call.args.join(', ')})`, 26)}\``),
    };
  }
}

/** Go and Java: a tag or an annotation of the field says its bounds. */
export function* lostAmountTags(input: RuleInput): Iterable<FindingDraft> {
  for (const { field, bound, range, isSize } of lostFieldBounds(input))
    if (!isSize && isAmount(field))
      yield { side: 'before', range, message: fitMessage(`\`${shorten(field, 28)}\` lost \`${shorten(bound, 26)}\``) };
}

const SCHEMA_BOUND =
  /\.(min|max|positive|nonnegative|gte?|lte?|int|moreThan|lessThan|multipleOf|greater|less|finite|safe|step)\(-?[\w.]*\)/g;

const BOUND_ANNOTATION = /^(Min|Max|DecimalMin|DecimalMax|Positive|PositiveOrZero|NegativeOrZero|Range|IsPositive|Digits|validate)$/;

function kindOf(bound: string): string {
  return (/^\.(\w+)/.exec(bound)?.[1] ?? '')
    .replace(/^(positive|nonnegative|gte?|moreThan|greater)$/, 'min')
    .replace(/^(lte?|lessThan|less)$/, 'max');
}

function wasThere(input: RuleInput, call: Call): boolean {
  return input.before?.calls.some((other) => other.key === call.key) === true;
}
