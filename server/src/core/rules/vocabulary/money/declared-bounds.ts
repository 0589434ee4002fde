import type { Call, Option, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { bindingsOnce } from '../code/bindings.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { codeOfScope, rangeOfLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { FIELD_BOUND, fieldAfter, fieldNear, fieldOnLine } from '../code/field-names.ts';
import { holdsLine } from '../code/hunk-lines.ts';
import { escaped } from '../code/literal-patterns.ts';
import { changedOptions } from '../code/option-changes.ts';
import { lostFieldBounds } from '../guards/field-bounds.ts';
import { aliasOfField } from '../validation/declared-fields.ts';
import { isAmount } from './amounts.ts';

/** Schemas in code: zod and its kin by the value of a property, pydantic by keywords, Java by annotations. */
export function* lostSchemaBounds(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    // A router of procedures has no bounds of its own: each of their inputs does.
    if (!isAmount(before.name) || /\.(?:query|mutation|subscription)\(/.test(before.value)) continue;
    const left = namedSchema(input, after.value).match(SCHEMA_BOUND) ?? [];
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
    if (!new RegExp(`\\b${escaped(name)}\\b`).test(codeOfScope(input.after, '').text)) continue;
    if (isOfOwnField(input, option)) continue;
    const declared = input.before === undefined ? '' : aliasOfField(input, option.range.start.line, name);
    if (new RegExp(`\\b${escaped(option.name)} = ${escaped(option.value)}(?![\\w.])`).test(declared)) continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(`\`${shorten(name, 28)}\` lost \`${shorten(`${option.name}=${option.value}`, 24)}\``),
    };
  }
  for (const call of input.removed.calls) {
    const isAnnotation = call.kind === 'decorator' && BOUND_ANNOTATION.test(lastName(call.callee));
    const isValidator =
      /^(?:MinValueValidator|MaxValueValidator)$|(?:^|\.)(?:validators?|validate|annotated_types|msgspec)\.(?:[gl][te]|[GL][te]|Interval|Range|Meta|in_)$/.test(
        call.callee,
      ) || /^(?:MinValueValidator|MaxValueValidator)$/.test(lastName(call.callee));
    if (!isAnnotation && !isValidator) continue;
    const name = isAnnotation ? (fieldAfter(input, call) ?? call.scope) : fieldOnLine(input, call);
    const scope = counterpartScope(input, call.scope);
    if (!isAmount(isValidator ? `${lastName(call.scope)} ${name}` : name) || scope === undefined) continue;
    if (input.after?.calls.some((other) => other.callee === call.callee && other.scope === scope && !wasThere(input, other)) === true)
      continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(name, 28)}\` lost \`${shorten(`${call.callee}(${call.args.join(', ')})`, 26)}\``),
    };
  }
}

/** A schema together with the one that it is made of by name, in this file or another one: `cents.optional()` of `cents = z.number().int()`. */
function namedSchema(input: RuleInput, value: string): string {
  const name = /^[A-Za-z_$][\w$]*(?=$|\.)/.exec(value)?.[0] ?? '';
  if (name === '' || LIBRARY.test(name)) return value;
  const boundTo = (facts: SourceFacts | undefined): string | undefined =>
    facts === undefined ? undefined : bindingsOnce(facts).get(name)?.replaceAll(' ', '');
  const own = boundTo(input.after);
  if (own !== undefined) return `${value} ${own}`;
  const paths = input.trees.after.mentioning(name, SOURCES).filter((path) => path !== input.path);
  const found = paths.length > MOST_FILES ? undefined : paths.map((path) => boundTo(input.factsAt('after', path))).find(Boolean);
  return `${value} ${found ?? ''}`;
}

const LIBRARY = /^(?:z|zod|yup|Yup|Joi|joi|v|t|s|superstruct)$/;
const SOURCES = ['.ts', '.tsx', '.js', '.mjs', '.cjs'];
/** More files than this that speak of a schema say that its name is a common one. */
const MOST_FILES = 12;

/** The schema that a field is given by name stands in this hunk, and has fewer bounds than the field had: `const cents = z.number().int()`. */
export function* lostNamedBounds(input: RuleInput): Iterable<FindingDraft> {
  const { before, after, hunk } = input;
  // A new file is told where its schema came into the place of another.
  const isNew = input.trees.before.read(hunk.previousPath ?? input.path) === undefined;
  const tokens = before === undefined || isNew ? [] : tokensOn(after, hunk.after.start, hunk.after.start + hunk.after.lines - 1);
  for (const [at, { text, line }] of tokens.entries()) {
    const name = tokens[at - 1]?.text ?? '';
    if (text !== '=' || !LIBRARY.test(tokens[at + 1]?.text ?? '') || !isAmount(name)) continue;
    const now = namedSchema(input, name).match(SCHEMA_BOUND) ?? [];
    const isHere = ({ range }: Option): boolean => holdsLine(hunk.after, range.start.line);
    const fields =
      after?.options.filter((field) => !isHere(field)).filter(({ value }) => value === name || value.startsWith(`${name}.`)) ?? [];
    for (const field of fields) {
      const old = before?.options.find(
        (other) => other.name === field.name && other.scope === field.scope && other.callee === field.callee,
      );
      const was = old?.value.match(SCHEMA_BOUND) ?? [];
      const left = [...now, ...(field.value.match(SCHEMA_BOUND) ?? [])];
      const lost = was.find((bound) => !left.some((other) => kindOf(other) === kindOf(bound)));
      if (lost === undefined || left.length >= was.length) continue;
      const message = `\`${shorten(name, 28)}\` lost \`${shorten(lost, 20)}\` of its schema`;
      yield { side: 'after', range: rangeOfLine(input, 'after', line), message: fitMessage(message) };
      break;
    }
  }
}

/** A class of the file that is a field by itself says it for all of its users: `MoneyField()`. */
function isOfOwnField({ after }: RuleInput, { name, value, scope }: Option): boolean {
  const owners = new Set(
    after?.options.flatMap((other) =>
      other.name === name && other.value === value && other.scope !== scope ? [other.scope.split('.')[0]] : [],
    ),
  );
  return after?.calls.some((call) => call.scope === scope && owners.has(lastName(call.callee))) === true;
}

/** Rails: `validates :quantity, numericality: { greater_than: 0 }`. */
export function* lostNumericality(input: RuleInput): Iterable<FindingDraft> {
  const bounds = ({ callee, args }: Call): boolean =>
    /^validates(?:_numericality_of)?$/.test(callee) && args.some((argument) => /\b(?:greater|less)_than|\bin: /.test(argument));
  for (const call of input.removed.calls) {
    const names = bounds(call) ? call.args.filter((argument) => /^:\w+$/.test(argument) && isAmount(argument.slice(1))) : [];
    const lost = names.find((name) => input.after?.calls.some((other) => bounds(other) && other.args.includes(name)) === false);
    if (lost === undefined || counterpartScope(input, call.scope) === undefined) continue;
    if (input.after?.calls.some(({ callee }) => /^(?:validate|validates_with|validates_comparison_of)$/.test(callee)) === true) continue;
    yield { side: 'before', range: call.range, message: fitMessage(`\`${shorten(lost, 28)}\` lost the bounds of its model`) };
  }
}

/** Go and Java: a tag or an annotation of the field says its bounds. */
export function* lostAmountTags(input: RuleInput): Iterable<FindingDraft> {
  for (const { field, bound, range, isSize } of lostFieldBounds(input))
    if (!isSize && isAmount(field))
      yield { side: 'before', range, message: fitMessage(`\`${shorten(field, 28)}\` lost \`${shorten(bound, 26)}\``) };
}

const SCHEMA_BOUND =
  /\.(min|max|positive|nonnegative|gte?|lte?|int|moreThan|lessThan|multipleOf|greater|less|finite|safe|step|minValue|maxValue|gtValue|ltValue|integer)\(-?[\w.]*(?:, ?(?:'[^']*'|"[^"]*"|\{[^{}]*\}))?\)/g;

const BOUND_ANNOTATION = /^(Min|Max|DecimalMin|DecimalMax|Positive|PositiveOrZero|NegativeOrZero|Range|IsPositive|Digits|validate)$/;

function kindOf(bound: string): string {
  return (/^\.(\w+)/.exec(bound)?.[1] ?? '')
    .replace(/^(positive|nonnegative|gte?|moreThan|greater|minValue|gtValue)$/, 'min')
    .replace(/^(lte?|lessThan|less|maxValue|ltValue)$/, 'max')
    .replace(/^integer$/, 'int');
}

function wasThere(input: RuleInput, call: Call): boolean {
  return input.before?.calls.some((other) => other.key === call.key) === true;
}
