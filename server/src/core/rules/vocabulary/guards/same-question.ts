import type { Guard, SourceFacts } from '../../../model/facts.ts';
import { bindingsOnce, boundAbove } from '../code/bindings.ts';
import { keepOf, keepOfBoth } from '../code/kept.ts';
import { escaped } from '../code/literal-patterns.ts';
import { numberOf } from '../code/option-changes.ts';
import { symbolsNamed } from '../code/symbols-by-name.ts';
import { filled, putTogether } from '../code/text-holes.ts';
import { alternatives, anonymous, byParts, mirrored, piecesOf } from '../conditions/pieces.ts';

/**
 * Guards of `fresh` that stop whenever `old` did, whatever their variables are called: each reason of the old one to stop is a
 * reason of the new one. A name stands for what it was last bound to above the condition, a constant for its number, and the
 * rest for its place.
 */
export function askedAnew(before: SourceFacts, old: Guard, after: SourceFacts, fresh: readonly Guard[]): readonly Guard[] {
  const wanted = formsOf(before, old);
  const [first] = wanted;
  if (first === undefined || wanted.includes('')) return [];
  return (byForm(after, fresh).get(first) ?? []).filter((other) => {
    const left = [...formsOf(after, other)];
    return wanted.every((form) => {
      const at = left.indexOf(form);
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    });
  });
}

/**
 * True where each reason of the old guard to stop is a reason of one of `fresh`, each perhaps of another one: a long condition that
 * was cut into several. A reason of several parts is met by one of fewer parts, which stops more often; `around` are the parts
 * that held anyway where the old guard stood.
 */
export function askedInPieces(
  before: SourceFacts,
  old: Guard,
  after: SourceFacts,
  fresh: readonly Guard[],
  around: readonly string[],
): boolean {
  const isTold = (parts: readonly string[]): boolean => parts.some((part) => TELLS.test(part));
  return [reasons, openReasons, writtenReasons, constantReasons].some((reasonsOf) => {
    const wanted = reasonsOf(before, old).flatMap(partsOf);
    if (!wanted.some(isTold)) return false;
    const found = fresh.flatMap((guard) => [...reasonsOf(after, guard).flatMap(partsOf), ...missingOnTheWay(after, guard)]);
    return wanted.every((parts) =>
      found.some(
        (now) =>
          now.every((part) => parts.includes(part) || around.includes(part)) &&
          (isTold(parts) ? now.some((part) => TELLS.test(part) && parts.includes(part)) : now.length === parts.length),
      ),
    );
  });
}

/** `!cart?.items?.length` stops where there is no cart and where it has no items. */
function missingOnTheWay(facts: SourceFacts, { test, range }: Guard): readonly (readonly string[])[] {
  if (!test.includes('?.')) return [];
  return test.split('||').flatMap((part) => {
    const [, chain = '', compared] = /^\s*!?([\w$]+(?:\??\.[\w$]+)+)(?:\([^()]*\))?( !== (?!null|undefined)[\w.'"]+)?\s*$/.exec(part) ?? [];
    if (chain === '' || (compared === undefined && !part.trim().startsWith('!'))) return [];
    return [...chain.matchAll(/\?\./g)].flatMap(({ index }) => {
      const pieces = piecesOf(`!${chain.slice(0, index)}`);
      return [pieces, resolved(facts, pieces, range.start.line, 0)].flatMap((form) => alternatives(form).flatMap(partsOf));
    });
  });
}

/** The parts of a condition that all must hold, each in its form: what a guard may go without where they hold around it. */
export function partsHeld(facts: SourceFacts, test: string, line: number): readonly string[] {
  const [only, ...others] = alternatives(resolved(facts, piecesOf(test), line, 0)).flatMap(partsOf);
  return only === undefined || others.length > 0 ? [] : only;
}

function partsOf(reason: string): readonly (readonly string[])[] {
  return byParts(reason).map((parts) => parts.map((part) => form(part)));
}

/**
 * The same of a guard in a function that is handed what the old one named itself: `given` has the text of each argument by the
 * name of its parameter, with the facts of the caller to read its constants from. A literal that was handed over is no accident.
 */
export function asksSameGiven(
  before: SourceFacts,
  old: Guard,
  after: SourceFacts,
  fresh: Guard,
  given: ReadonlyMap<string, string>,
  caller: SourceFacts,
): boolean {
  const line = fresh.range.start.line;
  // Whether it was handed anything is no question where it was.
  const asked = fresh.test
    .split(/ (?:and|&&) /)
    .filter((part) => !given.has(/^\(?!?!?([\w$]+)(?: (?:is not|!==?) (?:None|null|undefined|nil|""|''))?\)?$/.exec(part)?.[1] ?? ''))
    .join(' && ');
  const pieces = putTogether(
    piecesOf(filled(asked, given)).flatMap((piece, at, all) => {
      const argument = all[at - 1] === '.' ? undefined : given.get(piece);
      return argument === undefined ? [piece] : constants(caller, piecesOf(argument));
    }),
  );
  // `limits.MAX` of the old place is `MAX` where it stands beside its question now.
  const bare = new Set(pieces.filter((piece, at) => /^[A-Z]\w+$/.test(piece) && pieces[at - 1] !== '.'));
  const named = piecesOf(old.test).filter((piece, at, all) => {
    const dot = piece === '.' ? at : at + 1;
    return !(all[dot] === '.' && bare.has(all[dot + 1] ?? '') && /^[A-Za-z_]/.test(all[dot - 1] ?? '') && all[dot - 2] !== '.');
  });
  const [asks, asksNow] = [alternatives(constants(after, constants(before, named))), alternatives(constants(after, pieces))];
  // Of the very thing that was handed over, word for word.
  if (asks.length > 0 && asks.every((text) => text !== '' && asksNow.includes(text)) && given.size > 0) return true;
  const [wanted, left] = [asks.map(anonymous), asksNow.map(anonymous)];
  const deep = alternatives(resolved(after, pieces, line, 0)).map(anonymous);
  const isHandedLiteral = piecesOf(asked).some((piece) =>
    constants(caller, [given.get(piece) ?? '']).some((text) => /^[\d'"`]/.test(text)),
  );
  return (
    wanted.length > 0 &&
    (isHandedLiteral || isTelling(before, old)) &&
    (wanted.every((text) => text !== '' && left.includes(text)) || wanted.every((text) => text !== '' && deep.includes(text)))
  );
}

/** Two guards of one file that stop for the same reasons, whatever their variables are called. */
export function asksAlike(facts: SourceFacts, one: Guard, other: Guard): boolean {
  return [...formsOf(facts, one)].sort().join() === [...formsOf(facts, other)].sort().join();
}

/** True where a condition names a field, a function or a number of its own, so that its form is no accident (`n < 0` has none). */
export function isTelling(facts: SourceFacts, guard: Guard): boolean {
  return formsOf(facts, guard).every((written) => TELLS.test(written));
}

const TELLS = /\.\s?[A-Za-z_]\w{2,}|(?<!\w)\d*[A-Za-z_]\w{3,}\s?\(|\b\d{2,}\b|'[^']{2,}'/;

const formsOf = keepOfBoth((facts: SourceFacts, guard: Guard): readonly string[] => reasons(facts, guard).map(form));

/** The form of one comparison is that of its mirror: `owner != user.id` and `user.id != owner`. */
function form(reason: string): string {
  const mirror = mirrored(reason);
  const [one, other] = [anonymous(reason), mirror === undefined ? undefined : anonymous(mirror)];
  return other === undefined || one < other ? one : other;
}

/** Guards by each of their forms: a rewrite of a long file asks for each of its old conditions among all the new ones. */
const byForm = keepOfBoth((facts: SourceFacts, guards: readonly Guard[]): ReadonlyMap<string, readonly Guard[]> => {
  const found = new Map<string, Guard[]>();
  for (const guard of guards)
    for (const form of new Set(formsOf(facts, guard))) {
      const same = found.get(form);
      if (same === undefined) found.set(form, [guard]);
      else same.push(guard);
    }
  return found;
});

/** Each top-level alternative of a condition to stop, with names resolved, in one spelling for all languages. */
const reasons = keepOfBoth((facts: SourceFacts, guard: Guard): readonly string[] =>
  alternatives(resolved(facts, piecesOf(guard.test), guard.range.start.line, 0)),
);

/** The same with what a call gave left open: a row is a row, whatever its query is written like. */
const openReasons = keepOfBoth((facts: SourceFacts, guard: Guard): readonly string[] =>
  alternatives(resolved(facts, piecesOf(guard.test), guard.range.start.line, 0, true)),
);

/** The same as it is written: a constant that both sides name is the business of whoever looks at constants. */
const writtenReasons = keepOfBoth((_facts: SourceFacts, guard: Guard): readonly string[] => alternatives(piecesOf(guard.test)));

/** The same as it is written, with what its constants stand for: a pattern or a list that has a name now. */
const constantReasons = keepOfBoth((facts: SourceFacts, guard: Guard): readonly string[] =>
  alternatives(constants(facts, piecesOf(guard.test))),
);

const DEEPEST = 3;

/** Constants replaced by what they stand for: a number, or the one expression that the file gives them. */
function constants(facts: SourceFacts, pieces: readonly string[]): readonly string[] {
  return pieces.flatMap((piece, at) => {
    if (!/^[A-Za-z_$]/.test(piece) || pieces[at + 1] === '(') return [piece];
    // `Limits.MAX`: the constant is known by its own name.
    const value = pieces[at - 1] === '.' ? undefined : constantOf(facts, piece);
    return value ?? [piece];
  });
}

function constantOf(facts: SourceFacts, name: string): readonly string[] | undefined {
  const constant = namedOptions(facts).get(name);
  const number = constant === undefined ? undefined : numberOf(constant.value);
  if (number !== undefined) return [String(number)];
  if (!/^[A-Z][A-Z0-9_]+$/.test(name)) return undefined;
  const value = bindingsOnce(facts).get(name);
  return value === undefined || value === '' ? undefined : piecesOf(value.replace(/^new /, '').replace(COLLECTED, '$1'));
}

/** A list is the same list as a set. */
const COLLECTED = /^(?:Set|frozenset|set|HashSet|Set \. of|List \. of|Object \. freeze)(?: < [\w ]+ >)? \( (.*) \)$/;

/** The first constant or assignment of each name. */
const namedOptions = keepOf(
  ({ options }: SourceFacts) =>
    new Map(options.flatMap((option) => (option.callee === '' ? [[option.name, option] as const] : [])).reverse()),
);

/** Names that are bound above the condition replaced by what they are bound to, in brackets where it is more than a path. */
function resolved(facts: SourceFacts, pieces: readonly string[], line: number, depth: number, isOpen = false): readonly string[] {
  return pieces.flatMap((piece, at): readonly string[] => {
    if (!/^[A-Za-z_$]/.test(piece) || pieces[at - 1] === '.' || pieces[at + 1] === '(') return [piece];
    const constant = constantOf(facts, piece);
    if (constant !== undefined) return constant;
    if (depth === DEEPEST || /^(this|self|null|true|false)$/.test(piece)) return [piece];
    const bound = boundAbove(facts, piece, line) ?? fieldOfParameter(facts, piece, line);
    const value = bound === undefined ? undefined : isOpen ? behindCall(piecesOf(bound)) : piecesOf(bound);
    if (value === undefined || value.slice(0, -1).includes(piece)) return [piece];
    const deeper = resolved(facts, value, line, depth + 1, isOpen);
    return deeper.length > 1 && deeper.some((part) => /^(&&|\|\||[=!]=|[<>]=?|[-+*/%?])$/.test(part)) ? ['(', ...deeper, ')'] : deeper;
  });
}

/** `_ . status` of a function that takes its parameter apart: `({ status, until }: Order) => …`. */
function fieldOfParameter(facts: SourceFacts, name: string, line: number): string | undefined {
  if (facts.language !== 'typescript') return undefined;
  const own = facts.scopes.findLast(({ startLine, endLine }) => startLine <= line && line <= endLine)?.name;
  const parameters = own === undefined ? [] : (symbolsNamed(facts, own)[0]?.parameters ?? []);
  for (const [at, { name: pattern }] of parameters.entries()) {
    const [, field] = pattern.startsWith('{')
      ? (new RegExp(`[{,] ?(?:([\\w$]+): )?${escaped(name)} ?(?:[,}]|= )`).exec(pattern) ?? [])
      : [];
    if (field !== undefined || (pattern.startsWith('{') && new RegExp(`[{,] ?${escaped(name)} ?[,}=]`).test(pattern)))
      return `_${at} . ${field ?? name}`;
  }
  return undefined;
}

/** What is taken of a call's answer, and the call left open: `_ . rows [ 0 ]`. */
function behindCall(pieces: readonly string[]): readonly string[] {
  const first = pieces.findIndex((piece, at) => piece === '(' && /^[\w$>\]]+$/.test(pieces[at - 1] ?? ''));
  const joins = /^(&&|\|\||[=!]=|[<>]=?|[-+*/%?!])$/;
  if (first < 0 || pieces.some((piece, at) => joins.test(piece) && isOutside(pieces, at))) return pieces;
  return ['_', ...pieces.slice(pieces.lastIndexOf(')') + 1)];
}

function isOutside(pieces: readonly string[], end: number): boolean {
  return pieces.slice(0, end).filter((piece) => piece === '(').length === pieces.slice(0, end).filter((piece) => piece === ')').length;
}
