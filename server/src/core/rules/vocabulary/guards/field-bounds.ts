import type { Call, SymbolFact } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';

/** A bound that a field declared beside its type, and no longer declares: `max=100` of a tag, `@Size(max = 100)`. */
export interface LostBound {
  /** The field's own name. */
  readonly field: string;
  /** As written. */
  readonly bound: string;
  readonly range: Range;
  /** It bounds how many or how long, and not how much. */
  readonly isSize: boolean;
}

/** Bounds that fields of this hunk lost while the fields stay: in a tag of Go, in an annotation of Java, in an attribute of Rust. */
export function lostFieldBounds(input: RuleInput): readonly LostBound[] {
  return [...lostTags(input), ...lostMarks(input)];
}

const BOUND = /^(min|max|gt|gte|lt|lte|len)=/;

function lostTags({ removed, after }: RuleInput): readonly LostBound[] {
  return removed.symbols.flatMap((symbol) => {
    if (symbol.kind !== 'property' || tagBounds(symbol).length === 0) return [];
    const now = after?.symbols.find((other) => other.name === symbol.name && other.kind === symbol.kind);
    if (now === undefined) return [];
    const left = new Set(tagBounds(now).map(kindOf));
    const bound = tagBounds(symbol).find((one) => !left.has(kindOf(one)));
    const isSize = /^(\[\]|map\[|\*?string\b)/.test(symbol.type);
    return bound === undefined || tagBounds(now).length >= tagBounds(symbol).length
      ? []
      : [{ field: lastName(symbol.name), bound, range: symbol.range, isSize }];
  });
}

/** `min=1` and `max=100` of `validate:"required,min=1,max=100"`. */
function tagBounds({ type }: SymbolFact): readonly string[] {
  const tag = /\b(?:validate|binding)\s*:\s*"([^"]*)"/.exec(type)?.[1] ?? '';
  return tag.split(',').filter((part) => BOUND.test(part));
}

function kindOf(bound: string): string {
  return (bound.split('=')[0] ?? '').replace(/^gte?$/, 'min').replace(/^lte?$/, 'max');
}

/** `@Size(max = 100)`, `#[validate(length(max = 100))]`: what a list or a text may hold. */
function lostMarks({ removed, after, addedElsewhere }: RuleInput): readonly LostBound[] {
  const isBound = ({ kind, callee, args }: Call): boolean =>
    kind === 'decorator' &&
    (/^(Size|Length|ArrayMaxSize|MaxLength)$/.test(lastName(callee)) || (callee === 'validate' && /\blength\b/.test(args.join(' ')))) &&
    (/\bmax\b/.test(args.join(' ')) || /^(ArrayMaxSize|MaxLength)$/.test(lastName(callee)));
  const isNow = (calls: readonly Call[], old: Call, owner: string): boolean =>
    calls.some((call) => isBound(call) && call.callee === old.callee && (owner === '' || call.scope === owner));
  return removed.calls.flatMap((call) => {
    if (!isBound(call)) return [];
    const stays = after?.symbols.some(({ name }) => name === call.scope || name.startsWith(`${call.scope}.`)) === true;
    const left = after?.calls.filter((other) => isBound(other) && other.scope === call.scope).length ?? 0;
    if (!stays || left > 0 || isNow(addedElsewhere().calls, call, '')) return [];
    return [{ field: lastName(call.scope), bound: `${call.callee}(${call.args.join(', ')})`, range: call.range, isSize: true }];
  });
}
