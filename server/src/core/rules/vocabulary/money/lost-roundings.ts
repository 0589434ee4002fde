import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { callWords, lastName, shorten, words } from '../code/call-names.ts';
import { codeOfScope, tokensOn } from '../code/code-text.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { newBodiesOf } from '../code/new-bodies.ts';
import { isExtracted, newCallsIn } from '../code/scope-changes.ts';
import { isMoney, isNoMoney, isShown } from './money-names.ts';
import { isOther } from './rounding-modes.ts';
import { type Rounded, roundings, roundingsOfParts } from './roundings.ts';

/** What became of the rounding that a call was, told once for its function; undefined where the amount is rounded as before. */
export function lostRounding(input: RuleInput, call: Call): FindingDraft | undefined {
  const scope = counterpartScope(input, call.scope);
  if (scope === undefined || !isMoney(`${call.scope} ${call.callee} ${call.args.join(' ')} ${input.path}`) || isShown(call.scope))
    return undefined;
  const { line } = call.range.start;
  const texts = tokensOn(input.before, line, line).map(({ text }) => text);
  if (isOther(texts.join(' ')) || isNoMoney(input.path.slice(input.path.lastIndexOf('/') + 1))) return undefined;
  // Python's own `round` goes to the even neighbour.
  const isEven = ({ call: { callee }, rounding }: Rounded): boolean =>
    rounding.mode === 'half even' || (callee === 'round' && input.before?.language === 'python');
  const same = (a: Rounded, b: Rounded): boolean =>
    a.rounding.digits === b.rounding.digits && (a.rounding.mode === b.rounding.mode || (isEven(a) && isEven(b)));
  const left = [...roundings(input, 'after', scope), ...roundingsOfParts(input, scope)];
  const lost = roundings(input, 'before', call.scope).filter((old) => {
    const at = left.findIndex((other) => same(other, old));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  const own = lost.find((other) => other.call === call);
  if (own === undefined) return undefined;
  const fresh = left.find((other) => input.added.calls.includes(other.call));
  if (fresh !== undefined) {
    return {
      side: 'after',
      range: fresh.call.range,
      message: fitMessage(`an amount is rounded by \`${shown(fresh.call, call)}\`; it was \`${shown(call, fresh.call)}\``),
    };
  }
  // A function that the change brought rounds in its place, and in another way.
  const part = left.find((other) => other.call.scope !== scope && input.before !== undefined && !hasScope(input.before, other.call.scope));
  if (part !== undefined && part.rounding.mode !== own.rounding.mode) {
    if (isInAnotherHunk(input, part.call)) return undefined;
    return {
      side: 'before',
      range: call.range,
      message: fitMessage(`an amount is rounded by \`${shown(part.call, call)}\` now; it was \`${shown(call, part.call)}\``),
    };
  }
  // A name that speaks of rounding took its place; what it does is told where it stands.
  if (
    isExtracted(input, call) ||
    newCallsIn(input, call.scope).some(
      (other) =>
        other.use !== 'discarded' &&
        SPEAKS_OF_ROUNDING.test(`${callWords(other).replace(/\bminor\b/g, '')} ${words(other.callee)}`) &&
        !roundsNothing(input, other),
    )
  )
    return undefined;
  const code = codeOfScope(input.after, scope).text;
  if (isReadByDigits(call, code)) return undefined;
  const stays = (`${call.callee} ${call.args.join(' ')}`.match(/[A-Za-z_]\w{2,}/g) ?? []).some(
    (name) =>
      !/^(Math|math|round|floor|ceil|trunc|quantize|Decimal|toFixed|setScale|RoundingMode|rounding)$/i.test(name) &&
      code.includes(` ${name} `),
  );
  return stays ? { side: 'before', range: call.range, message: fitMessage(`\`${shown(call)}\` no longer rounds the amount`) } : undefined;
}

/** True for a call of this very file: what another file of the change brought stands behind its last line. */
export function isInThisFile({ path, trees }: RuleInput, { range }: Call): boolean {
  const content = trees.after.read(path);
  return content?.kind === 'text' && range.start.line <= content.text.split('\n').length;
}

function isInAnotherHunk(input: RuleInput, call: Call): boolean {
  const { line } = call.range.start;
  const { start, lines } = input.hunk.after;
  return isInThisFile(input, call) && (line < start || line >= start + lines);
}

/** A function that came with the change and only reckons, whatever its name speaks of: `netCents = (line) => line.unitCents * line.quantity`. */
function roundsNothing(input: RuleInput, { callee }: Call): boolean {
  const bodies = newBodiesOf(input, callee);
  return (
    bodies.length > 0 &&
    bodies.every(({ facts, place }) => {
      const { text } = codeOfScope(facts, place.name);
      return /[*/+]/.test(text) && !ROUNDS.test(text) && !facts.calls.some((call) => within(call.scope, place.name));
    })
  );
}

/** Ways to a whole number that are no call: `x | 0`, `~~x`, `//` of Python, a suffix of Rust. */
const ROUNDS = /\| 0\b|~ ?~|\/ ?\/|>> ?>? ?0\b|\bas (?:i|u)\d+|\b(?:int|long|BigInt)\b/;

/** An amount in minor units that is handed on says nothing of it; a call that is named so does. */
const SPEAKS_OF_ROUNDING = /\b(round\w*|quantize|cents?|money|precision|exact|half|minor)\b/;

/** `Math.round(parseFloat(text) * 100)` that takes the digits of the text apart instead: no fraction comes up that could be rounded. */
function isReadByDigits(call: Call, code: string): boolean {
  return (
    /\b(parseFloat|Number|float|ParseFloat|parseDouble)\(/.test(call.args.join(' ')) &&
    /\b(padEnd|padStart|BigInt|ljust|zfill|exec|match|fullmatch|split|partition|Cut|Decimal|BigDecimal) \(/.test(code) &&
    !/\b(parseFloat|ParseFloat|parseDouble|float) \(/.test(code)
  );
}

/** The name of a rounding, and where another one has the same name, what it is told otherwise. */
function shown(call: Call, other?: Call): string {
  const name = call.callee.includes('(') ? lastName(call.callee) : call.callee;
  if (other === undefined) return shorten(`${name}(${call.args.join(', ')})`, 26);
  if (lastName(other.callee) !== lastName(call.callee)) return shorten(name, 26);
  const told = call.args.filter((argument, at) => argument !== other.args[at]);
  return shorten(`${lastName(name)}(${told.join(', ')})`, 30);
}
