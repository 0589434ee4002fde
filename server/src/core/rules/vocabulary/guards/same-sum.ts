import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { keepOf, keepOfBoth } from '../code/kept.ts';
import { newGuardsIn } from '../code/scope-changes.ts';
import { piecesOf } from '../conditions/pieces.ts';

/**
 * True where a new condition of the same function compares the same amounts, one of which changed sides or has a name of its own now:
 * `left < cents` of `left = paid - refunded`, or `paid - refunded - cents < 0`, where `cents > paid - refunded` stood.
 */
export function isComparedAsSum(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  if (!guard.compares || before === undefined || after === undefined) return false;
  const wanted = sumOf(before, guard);
  if (wanted === undefined || wanted.terms.size < 2) return false;
  return newGuardsIn(input, guard.scope).some((fresh) => {
    if (!fresh.compares || (fresh.exit !== guard.exit && fresh.exit !== 'throw')) return false;
    const found = sumOf(after, fresh);
    return (
      found !== undefined &&
      // `>= 0` stops whatever `> 0` did.
      (found.isStrict === wanted.isStrict || wanted.isStrict) &&
      found.terms.size === wanted.terms.size &&
      [...wanted.terms].every(([term, times]) => found.terms.get(term) === times)
    );
  });
}

/** A comparison as how often each term is added in a sum that is above nought, or at it where it is not strict. */
interface Sum {
  readonly terms: ReadonlyMap<string, number>;
  readonly isStrict: boolean;
}

const LONGEST = 40;
const DEEPEST = 2;

/** Undefined where the condition is no single comparison of sums. */
const sumOf = keepOfBoth((facts: SourceFacts, { test, range }: Guard): Sum | undefined => {
  const pieces = piecesOf(test);
  const at = pieces.findIndex((piece) => /^[<>]=?$/.test(piece));
  if (at < 1 || pieces.length > LONGEST || pieces.some((piece, index) => index !== at && OTHER.test(piece))) return undefined;
  const terms = new Map<string, number>();
  const sign = pieces[at]?.startsWith('>') === true ? 1 : -1;
  const add = (side: readonly string[], times: number): void => addTerms(facts, range.start.line, side, times, terms, 0);
  add(pieces.slice(0, at), sign);
  add(pieces.slice(at + 1), -sign);
  for (const [term, times] of terms) if (times === 0 || term === '0') terms.delete(term);
  return { terms, isStrict: pieces[at]?.length === 1 };
});

/** What says more than that one sum is compared with another. */
const OTHER = /^(?:&&|\|\||[<>]=?|[=!]=|[!?:*/%])$/;

/** Adds each term of a sum, a name that is bound above the line by the terms of what it is bound to. */
function addTerms(
  facts: SourceFacts,
  line: number,
  side: readonly string[],
  times: number,
  terms: Map<string, number>,
  depth: number,
): void {
  let sign = times;
  for (const part of summands(side)) {
    if (part[0] === '+' || part[0] === '-') {
      sign = part[0] === '-' ? -times : times;
      continue;
    }
    const inner = part[0] === '(' && part.at(-1) === ')' ? part.slice(1, -1) : undefined;
    const name = part.length === 1 && depth < DEEPEST && !steppedNames(facts).has(part[0] ?? '') ? (part[0] ?? '') : '';
    const bound = name === '' ? undefined : boundAbove(facts, name, line);
    const value = bound === undefined ? [] : piecesOf(bound);
    if (inner !== undefined) addTerms(facts, line, inner, sign, terms, depth + 1);
    else if (value.some((piece) => /^[-+]$/.test(piece)) && !value.some((piece) => OTHER.test(piece)))
      addTerms(facts, line, value, sign, terms, depth + 1);
    else terms.set(part.join(''), (terms.get(part.join('')) ?? 0) + sign);
  }
}

/** The terms of a sum and the signs between them, outside brackets. */
function summands(pieces: readonly string[]): readonly (readonly string[])[] {
  const found: string[][] = [[]];
  let open = 0;
  for (const piece of pieces) {
    if (/^[([{]$/.test(piece)) open += 1;
    if (/^[)\]}]$/.test(piece)) open -= 1;
    if (open === 0 && /^[-+]$/.test(piece)) found.push([piece], []);
    else found.at(-1)?.push(piece);
  }
  return found.filter((part) => part.length > 0);
}

/** Names to which something is added on the way, so that they are more than what they were bound to. */
const steppedNames = keepOf(
  ({ tokens }: SourceFacts): ReadonlySet<string> =>
    new Set(tokens.flatMap(({ text }, at) => (/^[-+*/]=$|^\+\+$|^--$/.test(tokens[at + 1]?.text ?? '') ? [text] : []))),
);
