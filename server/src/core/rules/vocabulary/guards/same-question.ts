import type { Guard, SourceFacts } from '../../../model/facts.ts';
import { bindingsOnce, boundAbove } from '../code/bindings.ts';
import { keepOf, keepOfBoth } from '../code/kept.ts';
import { numberOf } from '../code/option-changes.ts';
import { alternatives, anonymous, piecesOf } from '../conditions/pieces.ts';

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
  const pieces = piecesOf(asked).flatMap((piece, at, all) => {
    const argument = all[at - 1] === '.' ? undefined : given.get(piece);
    return argument === undefined ? [piece] : constants(caller, piecesOf(argument));
  });
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

/** True where a condition names a field, a function or a number of its own, so that its form is no accident (`n < 0` has none). */
export function isTelling(facts: SourceFacts, guard: Guard): boolean {
  return formsOf(facts, guard).every((form) => /\.\s?[A-Za-z_]\w{2,}|[A-Za-z_]\w{3,}\s?\(|\b\d{2,}\b|'[^']{2,}'/.test(form));
}

const formsOf = keepOfBoth((facts: SourceFacts, guard: Guard): readonly string[] => reasons(facts, guard).map(anonymous));

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
  return value === undefined || value === '' ? undefined : piecesOf(value.replace(/^new /, ''));
}

/** The first constant or assignment of each name. */
const namedOptions = keepOf(
  ({ options }: SourceFacts) =>
    new Map(options.flatMap((option) => (option.callee === '' ? [[option.name, option] as const] : [])).reverse()),
);

/** Names that are bound above the condition replaced by what they are bound to, in brackets where it is more than a path. */
function resolved(facts: SourceFacts, pieces: readonly string[], line: number, depth: number): readonly string[] {
  return pieces.flatMap((piece, at): readonly string[] => {
    if (!/^[A-Za-z_$]/.test(piece) || pieces[at - 1] === '.' || pieces[at + 1] === '(') return [piece];
    const constant = constantOf(facts, piece);
    if (constant !== undefined) return constant;
    if (depth === DEEPEST || /^(this|self|null|true|false)$/.test(piece)) return [piece];
    const bound = boundAbove(facts, piece, line);
    const value = bound === undefined ? undefined : piecesOf(bound);
    if (value === undefined || value.includes(piece)) return [piece];
    const deeper = resolved(facts, value, line, depth + 1);
    return deeper.length > 1 && deeper.some((part) => /^(&&|\|\||[=!]=|[<>]=?|[-+*/%?])$/.test(part)) ? ['(', ...deeper, ')'] : deeper;
  });
}
