import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { inlined } from '../code/one-line-bodies.ts';
import { isIn, partScopes } from '../code/own-parts.ts';
import { piecesOf } from '../conditions/pieces.ts';

/**
 * True where a call that cut a value to a bound is made by a part of its function now, written out or by a function of one expression:
 * `voucher: ({ cents }, total) => clamp(cents, 0, total)` of `Math.min(Math.max(discount.cents, 0), total)`. It cuts as often.
 */
export function isClampedInParts({ before, after }: RuleInput, call: Call): boolean {
  const now = counterpartScope({ before, after }, call.scope);
  if (before === undefined || after === undefined || now === undefined || now === '') return false;
  const wanted = writtenOut(before, call);
  const was = before.calls.filter(({ scope }) => within(scope, call.scope)).filter((other) => writtenOut(before, other) === wanted).length;
  const parts = partScopes(after, now);
  const is = after.calls
    .filter(({ kind, scope }) => kind === 'call' && isIn(parts, scope))
    .filter((other) => holdsCall(writtenOut(after, other), wanted)).length;
  return is > 0 && is >= was;
}

/** A part of the function cuts to the same number by a function of the file or of the language: `clamp(numberOf(query.limit), 1, MAX_PAGE)`. */
export function isCutInParts({ before, after }: RuleInput, { scope }: Call, cap: string): boolean {
  const now = counterpartScope({ before, after }, scope);
  const most = before === undefined ? undefined : numberIn(cap, before);
  if (before === undefined || after === undefined || now === undefined || now === '' || most === undefined) return false;
  const parts = partScopes(after, now);
  const old = new Set(before.calls.map(({ key }) => key));
  return after.calls.some(
    (call) =>
      call.kind === 'call' &&
      !old.has(call.key) &&
      /^(?:min|Min|clamp\w*|clip|minOf|coerceAtMost|coerceIn|limitTo|atMost)$/.test(lastName(call.callee)) &&
      isIn(parts, call.scope) &&
      call.args.some((argument) => numberIn(argument, after) === most),
  );
}

/** The whole call, or one among what it is given. */
function holdsCall(text: string, wanted: string): boolean {
  return text === wanted || text.includes(` ${wanted} `);
}

/** A call with its constants as numbers, and fields without what they belong to. */
function writtenOut(facts: SourceFacts, { callee, args }: Call): string {
  const pieces = inlined(facts, piecesOf(`${callee}(${args.join(', ')})`));
  return pieces
    .filter((piece, at) => piece !== '.' && pieces[at + 1] !== '.')
    .map((piece) => (/^[A-Z][A-Z0-9_]+$/.test(piece) ? String(numberIn(piece, facts) ?? piece) : lastName(piece)))
    .join(' ');
}
