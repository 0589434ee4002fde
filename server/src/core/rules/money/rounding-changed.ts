import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { callWords, lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { changedCode, codeOfScope, countOf, rangeOfLine, scopeAtLine } from '../vocabulary/code/code-text.ts';
import { counterpartScope, hasScope, within } from '../vocabulary/code/counterpart.ts';
import { heldBy } from '../vocabulary/code/held-values.ts';
import { changedOptions } from '../vocabulary/code/option-changes.ts';
import { isIn, partScopes } from '../vocabulary/code/own-parts.ts';
import { isExtracted, lostCallsIn, newCallsIn } from '../vocabulary/code/scope-changes.ts';
import { tokensOf } from '../vocabulary/code/token-lines.ts';
import { isMoney, isNoMoney, isShown } from '../vocabulary/money/money-names.ts';
import { lostRemainders, roundingsInSql, wholeDivisions } from '../vocabulary/money/whole-divisions.ts';

/**
 * ## What it sees
 * An amount of money that is rounded in another way: up where it was to the nearest, to other digits, in another rounding mode,
 * or not at all any more, in code or in a query; Python's `//` that became `/`; a division of whole cents that no longer adds half
 * of its divisor or that comes before the multiplication; and a split that gives what is left over to nobody.
 *
 * ## Why it matters
 * A cent a line is a wrong invoice total, a tax return that does not add up, and books that no longer balance against the
 * other side's.
 *
 * ## When it is fine
 * Text for a person, charts and pages; the same rounding under another name, such as an extracted function. These are not
 * flagged.
 *
 * ## What it misses
 * The same rounding at another place: the sum rounded once where each line was.
 */
export default defineRule({
  id: 'money/rounding-changed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'An amount is rounded in another way',
  reads: ['calls', 'options', 'statements', 'tokens'],
  evidence: [{ title: 'CWE-682: incorrect calculation', url: 'https://cwe.mitre.org/data/definitions/682.html' }],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<string>();
    for (const call of input.removed.calls) {
      const draft = roundingOf(call) === undefined || flagged.has(call.scope) ? undefined : judge(input, call);
      if (draft === undefined) continue;
      flagged.add(call.scope);
      yield draft;
    }
    yield* roundedInAnotherHunk(input, flagged);
    yield* roundedInNewPart(input, flagged);
    for (const { before, after } of changedOptions(input)) {
      if (flagged.has(after.scope) && after.scope !== '') continue;
      if (!/^(default ?)?round(ing)?([ _]?(mode|strategy))?$/i.test(before.name) || modeIn(before.value) === modeIn(after.value)) continue;
      yield {
        side: 'after',
        range: after.range,
        message: fitMessage(`\`${after.name}\` went from ${shorten(before.value, 24)} to ${shorten(after.value, 24)}`),
      };
    }
    const rest = [...floorDivisions(input), ...wholeDivisions(input), ...lostRemainders(input), ...roundingsInSql(input)];
    // One function is told of once.
    yield* rest.slice(0, 1);
  },
});

/** A function that was rewritten over several hunks is told of where it rounds now. */
function* roundedInAnotherHunk(input: RuleInput, flagged: Set<string>): Generator<FindingDraft> {
  for (const { callee, scope } of input.added.calls) {
    if (scope === '' || flagged.has(scope) || !isRounding(callee)) continue;
    const lost = lostCallsIn(input, scope).filter((call) => isRounding(call.callee) && !input.removed.calls.includes(call));
    const draft = lost.map((call) => judge(input, call)).find((found) => found?.side === 'after');
    if (draft === undefined) continue;
    flagged.add(scope);
    yield draft;
  }
}

/** A function that the change brought in a hunk of its own is told of there, at the line that has the new mode. */
function* roundedInNewPart(input: RuleInput, flagged: Set<string>): Generator<FindingDraft> {
  const { before } = input;
  for (const call of input.added.calls) {
    const { callee, scope } = call;
    if (
      before === undefined ||
      scope === '' ||
      flagged.has(scope) ||
      !isRounding(callee) ||
      hasScope(before, scope) ||
      !isInThisFile(input, call)
    )
      continue;
    const mode = roundingIn(input, 'after', call)?.mode;
    const draft = before.calls
      .filter((old) => isRounding(old.callee) && !input.removed.calls.includes(old) && roundingIn(input, 'before', old)?.mode !== mode)
      .map((old) => judge(input, old))
      .find((found) => found?.side === 'after' && found.range === call.range);
    if (draft === undefined) continue;
    flagged.add(scope);
    yield draft;
  }
}

function isInAnotherHunk(input: RuleInput, call: Call): boolean {
  const { line } = call.range.start;
  const { start, lines } = input.hunk.after;
  return isInThisFile(input, call) && (line < start || line >= start + lines);
}

/** What another file of the change brought stands behind its last line. */
function isInThisFile({ path, trees }: RuleInput, { range }: Call): boolean {
  const content = trees.after.read(path);
  return content?.kind === 'text' && range.start.line <= content.text.split('\n').length;
}

interface Rounding {
  readonly mode: string;
  /** Digits or the unit that is rounded to; empty where it is a whole number. */
  readonly digits: string;
}

const MODES: Readonly<Record<string, string>> = {
  round: 'half',
  rint: 'half even',
  roundtoeven: 'half even',
  roundbank: 'half even',
  round_dp: 'half even',
  floor: 'floor',
  floordiv: 'floor',
  roundfloor: 'floor',
  ceil: 'ceiling',
  ceildiv: 'ceiling',
  roundceil: 'ceiling',
  roundup: 'up',
  trunc: 'down',
  truncate: 'down',
  rounddown: 'down',
};

/** Calls that take the mode among their arguments, with the mode they use where none is given. */
const WITH_MODE: Readonly<Record<string, string>> = {
  quantize: 'half even',
  setscale: 'exact',
  divide: 'exact',
  todecimalplaces: 'half',
  todp: 'half',
  round_dp_with_strategy: 'half even',
  to_integral_value: 'half even',
};

/** Its mode and digits may stand in constants of the file or of one it imports, which are read for what they hold. */
function roundingIn(input: RuleInput, side: 'before' | 'after', call: Call): Rounding | undefined {
  return roundingOf({
    ...call,
    args: call.args.map((argument) => (OWN_MODE.test(argument) ? (onlyModeIn(input[side]) ?? argument) : heldBy(input, side, argument))),
  });
}

/** A field or a parameter that holds the mode: `setScale(2, mode)`. */
const OWN_MODE = /^(?:this\.|self\.)?_?(?:\w*[a-z])?(?:mode|Mode|rounding|Rounding|strategy|Strategy)$/;

/** The one mode that a file speaks of. */
const onlyModeIn = (facts: RuleInput['after']): string | undefined => {
  const modes = new Set(tokensOf(facts, '').match(/\b(?:RoundingMode|RoundingStrategy)(?:\.|::)[A-Za-z_]+|\bROUND_[A-Z_]+\b/g));
  return modes.size === 1 ? [...modes][0] : undefined;
};

function isRounding(callee: string): boolean {
  const name = lastName(callee).toLowerCase();
  return name === 'tofixed' || Object.hasOwn(WITH_MODE, name) || Object.hasOwn(MODES, name);
}

function roundingOf(call: Call): Rounding | undefined {
  const name = lastName(call.callee).toLowerCase();
  if (call.kind !== 'call' || !isRounding(name)) return undefined;
  if (isOther(`${call.callee} ${call.args.join(' ')}`)) return undefined;
  const given = modeIn(call.args.join(' '));
  if (Object.hasOwn(WITH_MODE, name)) {
    if (name === 'divide' && given === undefined) return undefined;
    return { mode: given ?? WITH_MODE[name] ?? '', digits: digitsOf(call, 0) };
  }
  if (name === 'tofixed') return isShown(call.scope) ? undefined : { mode: 'half', digits: digitsOf(call, 0) };
  const at = call.callee === 'round' ? 1 : /^(math|Math|np|numpy)\./.test(call.callee) ? -1 : 0;
  return { mode: given ?? MODES[name] ?? '', digits: digitsOf(call, at) };
}

/** Near money and none. `amount * percent / 100` is an amount. */
function isOther(text: string): boolean {
  return isNoMoney(isMoney(text) ? words(text).replace(/\b(percent\w*|ratio|share)\b/g, '') : text);
}

function digitsOf(call: Call, at: number): string {
  const text = call.args[at]?.replace(/^\w+=/, '') ?? '';
  if (/^-?\d+$/.test(text)) return text === '0' ? '' : text;
  // A unit of `0.01` is two digits.
  const unit = /^(?:\w+\.)?Decimal\(['"](?:0?\.(0*1)|1(?:\.0*)?)['"]\)$/.exec(text);
  if (unit !== null) return unit[1] === undefined ? '' : String(unit[1].length);
  return /^Decimal\(['"]([\d.]+)['"]\)$/.exec(text)?.[1] ?? (/^[A-Z][A-Z_0-9]*$/.test(text) ? text : '');
}

/** `half up` of `RoundingMode.HALF_UP`, `ROUND_HALF_UP` and `RoundHalfUp` alike. */
function modeIn(text: string): string | undefined {
  const match =
    /(HALF_?UP|HALF_?EVEN|HALF_?DOWN|HALF_?CEIL|HALF_?FLOOR|HALF_?EXPAND|CEILING|CEIL|FLOOR|UNNECESSARY|BANKERS?|MidpointAwayFromZero|MidpointNearestEven|MidpointTowardZero|ToZero|AwayFromZero|ToPositiveInfinity|ToNegativeInfinity|\b(?:ROUND_|RoundingMode\.|Decimal\.ROUND_)(?:UP|DOWN)\b|['"](?:up|down)['"])/i.exec(
      text,
    )?.[0];
  if (match === undefined) return undefined;
  const flat = match
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase()
    .replace(/^(round|roundingmode|decimalround)(?=up|down)/, '');
  return SAME[flat] ?? flat.replace(/^half/, 'half ');
}

const SAME: Readonly<Record<string, string>> = {
  halfup: 'half',
  halfexpand: 'half',
  midpointawayfromzero: 'half',
  banker: 'half even',
  bankers: 'half even',
  midpointnearesteven: 'half even',
  midpointtowardzero: 'half down',
  ceil: 'ceiling',
  topositiveinfinity: 'ceiling',
  tonegativeinfinity: 'floor',
  tozero: 'down',
  awayfromzero: 'up',
};

/** What became of the rounding of one function, told once. */
function judge(input: RuleInput, call: Call): FindingDraft | undefined {
  const scope = counterpartScope(input, call.scope);
  if (scope === undefined || !isMoney(`${call.scope} ${call.callee} ${call.args.join(' ')} ${input.path}`) || isShown(call.scope))
    return undefined;
  const line = input.before?.tokens.filter((token) => token.line === call.range.start.line).map((token) => token.text) ?? [];
  if (isOther(line.join(' ')) || isNoMoney(input.path.slice(input.path.lastIndexOf('/') + 1))) return undefined;
  const same = (a: Rounding, b: Rounding): boolean => a.mode === b.mode && a.digits === b.digits;
  const left = [...roundings(input, 'after', scope), ...roundingsOfParts(input, scope)];
  const lost = roundings(input, 'before', call.scope).filter(({ rounding }) => {
    const at = left.findIndex((other) => same(other.rounding, rounding));
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
        other.use !== 'discarded' && SPEAKS_OF_ROUNDING.test(`${callWords(other).replace(/\bminor\b/g, '')} ${words(other.callee)}`),
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

/** An amount in minor units that is handed on says nothing of it; a call that is named so does. */
const SPEAKS_OF_ROUNDING = /\b(round\w*|quantize|cents?|money|precision|exact|half|minor)\b/;

/** Roundings in functions that only the new side has and that this one leads to: it calls them, or hands them on by name. */
function roundingsOfParts(input: RuleInput, scope: string): ReturnType<typeof roundings> {
  const { before, after } = input;
  if (before === undefined || after === undefined || scope === '') return [];
  const parts = partScopes(after, scope).filter((name) => !within(name, scope) && !before.scopes.some((old) => old.name === name));
  // What several of them call rounds for each of them, and for each of those that call these.
  const asked = (name: string, above: readonly string[]): number => {
    const callers = after.calls.filter((call) => lastName(call.callee) === lastName(name) && isIn([scope, ...parts], call.scope));
    const ways = callers.map((call) => {
      const part = parts.find((other) => within(call.scope, other));
      return part === undefined || part === name || above.length > DEEPEST || above.includes(part) ? 1 : asked(part, [...above, part]);
    });
    return Math.max(
      1,
      ways.reduce((sum, number) => sum + number, 0),
    );
  };
  return [...new Set(parts)].flatMap((name) => {
    const own = roundings(input, 'after', name);
    return own.length === 0 ? [] : Array.from({ length: Math.min(MOST_WAYS, asked(name, [name])) }, () => own).flat();
  });
}

/** Parts that call parts are followed so far, and counted so often. */
const DEEPEST = 4;
const MOST_WAYS = 64;

function roundings(input: RuleInput, side: 'before' | 'after', scope: string): { readonly call: Call; readonly rounding: Rounding }[] {
  return (input[side]?.calls ?? []).flatMap((call) => {
    const rounding = (scope === '' ? call.scope === '' : within(call.scope, scope)) ? roundingIn(input, side, call) : undefined;
    return rounding === undefined ? [] : [{ call, rounding }];
  });
}

/** `Math.round(parseFloat(text) * 100)` that takes the digits of the text apart instead: no fraction comes up that could be rounded. */
function isReadByDigits(call: Call, code: string): boolean {
  return (
    /\b(parseFloat|Number|float|ParseFloat|parseDouble)\(/.test(call.args.join(' ')) &&
    /\b(padEnd|padStart|BigInt|ljust|zfill|exec|match|fullmatch|split|partition|Cut|Decimal|BigDecimal) \(/.test(code) &&
    !/\b(parseFloat|ParseFloat|parseDouble|float) \(/.test(code)
  );
}

/** In Python the one slash more decides whether cents stay whole. */
function* floorDivisions(input: RuleInput): Iterable<FindingDraft> {
  if (!input.path.endsWith('.py')) return;
  const old = changedCode(input, 'before');
  const at = old.text.indexOf(' // ');
  if (at < 0) return;
  const line = old.lineAt(at + 1);
  const scope = scopeAtLine(input.before, line);
  const counterpart = counterpartScope(input, scope);
  if (counterpart === undefined) return;
  const was = codeOfScope(input.before, scope).text;
  const is = codeOfScope(input.after, counterpart).text;
  const near = `${scope} ${old.text.slice(Math.max(0, at - 80), at + 80)} ${input.path}`;
  if (!isMoney(near) || isNoMoney(old.text.slice(Math.max(0, at - 60), at + 60))) return;
  if (countOf(is, / \/\/ /g) >= countOf(was, / \/\/ /g) || countOf(is, / \/ /g) <= countOf(was, / \/ /g)) return;
  const isWhole = newCallsIn(input, scope).some((call) => /^(int|floor|divmod|round|quantize|trunc)$/.test(lastName(call.callee)));
  if (isWhole) return;
  yield {
    side: 'before',
    range: rangeOfLine(input, 'before', line),
    message: fitMessage(`\`//\` became \`/\`: the amount is no longer whole`),
  };
}

/** The name of a rounding, and where another one has the same name, what it is told otherwise. */
function shown(call: Call, other?: Call): string {
  const name = call.callee.includes('(') ? lastName(call.callee) : call.callee;
  if (other === undefined) return shorten(`${name}(${call.args.join(', ')})`, 26);
  if (lastName(other.callee) !== lastName(call.callee)) return shorten(name, 26);
  const told = call.args.filter((argument, at) => argument !== other.args[at]);
  return shorten(`${lastName(name)}(${told.join(', ')})`, 30);
}
