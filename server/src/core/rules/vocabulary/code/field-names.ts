import type { Call, Option } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';

/** Keywords that bound the field they are given for. */
export const FIELD_BOUND = /^(gt|ge|lt|le|multiple_of|min_value|max_value|minimum|maximum|min|max)$/;

/** The name that a line of a class gives a value to: `price` of `price: Decimal = Field(gt=0)`. */
export function fieldOnLine(input: RuleInput, fact: Option | Call): string {
  return fieldNear(input, 'before', fact);
}

/** The field that an annotation stands before: `quantity` of `@Min(1) private int quantity;`. */
export function fieldAfter(input: RuleInput, { range }: Call): string | undefined {
  const tokens = input.before?.tokens.filter((token) => token.line >= range.start.line && token.line <= range.start.line + 3) ?? [];
  const at = tokens.findIndex(
    (token, index) =>
      /^[A-Za-z_]\w*$/.test(token.text) &&
      /^[;=,)?!:]$/.test(tokens[index + 1]?.text ?? '') &&
      /^[\w>\]]+$/.test(tokens[index - 1]?.text ?? ''),
  );
  return tokens[at]?.text;
}

export function fieldNear(input: RuleInput, side: 'before' | 'after', { range }: Option | Call): string {
  for (let line = range.start.line; line >= range.start.line - 3; line -= 1) {
    const tokens = input[side]?.tokens.filter((token) => token.line === line).map((token) => token.text) ?? [];
    const at = tokens.findIndex((token, index) => (token === ':' || token === '=') && /^[A-Za-z_]\w*$/.test(tokens[index - 1] ?? ''));
    const name = tokens[at - 1];
    if (name !== undefined && (at === 1 || line === range.start.line) && !FIELD_BOUND.test(name)) return name;
  }
  return '';
}
