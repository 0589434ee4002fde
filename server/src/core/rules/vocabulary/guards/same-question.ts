import type { Guard, SourceFacts } from '../../../model/facts.ts';
import { boundAbove } from '../code/bindings.ts';
import { keepOfBoth } from '../code/kept.ts';
import { numberOf } from '../code/option-changes.ts';

/**
 * True where `fresh` stops whenever `old` did, whatever its variables are called: each reason of the old one to stop is a reason
 * of the new one. A name stands for what it was last bound to above the condition, a constant for its number, and the rest for
 * its place. A reason that says nothing of its own (`n < 0`, `x == null`) is the same as any other of its form, so a caller asks
 * for it only where the new guard stands on the way of the old one.
 */
export function asksSame(before: SourceFacts, old: Guard, after: SourceFacts, fresh: Guard): boolean {
  const left = reasons(after, fresh).map((text) => anonymous(text));
  const wanted = reasons(before, old).map((text) => anonymous(text));
  if (wanted.length === 0 || wanted.some((text) => text === '')) return false;
  return wanted.every((text) => {
    const at = left.indexOf(text);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

/** True where a condition names a field, a function or a number of its own, so that its form is no accident. */
export function isTelling(facts: SourceFacts, guard: Guard): boolean {
  return reasons(facts, guard).every((text) => {
    const form = anonymous(text);
    return /\.\s?[A-Za-z_]\w{2,}|[A-Za-z_]\w{3,}\s?\(|\b\d{2,}\b|'[^']{2,}'/.test(form.replace(/\blen\(/g, ''));
  });
}

const PIECE = /[A-Za-z_$][\w$]*|'[^']*'|"[^"]*"|`[^`]*`|\d[\w.]*|&&|\|\||\?\.|::|->|[=!]==?|[<>]=?|\S/g;

/** Each top-level alternative of a condition to stop, with names resolved, in one spelling for all languages. */
const reasons = keepOfBoth((facts: SourceFacts, guard: Guard): readonly string[] => {
  const pieces = resolved(facts, piecesOf(guard.test), guard.range.start.line, 0);
  const found: string[][] = [[]];
  let depth = 0;
  for (const piece of outerless(pieces)) {
    if (/^[([{]$/.test(piece)) depth += 1;
    if (/^[)\]}]$/.test(piece)) depth -= 1;
    if (piece === '||' && depth === 0) found.push([]);
    else found.at(-1)?.push(piece);
  }
  return found.map((parts) => spelled(outerless(parts)));
});

/** `(a || b)` without the brackets around all of it. */
function outerless(pieces: readonly string[]): readonly string[] {
  if (pieces[0] !== '(' || pieces.at(-1) !== ')') return pieces;
  let depth = 0;
  const closes = pieces.findIndex((piece) => {
    if (piece === '(') depth += 1;
    if (piece === ')') depth -= 1;
    return depth === 0;
  });
  return closes === pieces.length - 1 ? outerless(pieces.slice(1, -1)) : pieces;
}

function piecesOf(text: string): readonly string[] {
  return (text.match(PIECE) ?? []).map((piece) => WORDS[piece] ?? piece);
}

const WORDS: Readonly<Record<string, string>> = {
  and: '&&',
  or: '||',
  not: '!',
  '===': '==',
  '!==': '!=',
  '?.': '.',
  '->': '.',
  '::': '.',
  None: 'null',
  nil: 'null',
  undefined: 'null',
};

const DEEPEST = 3;

/** Names that are bound above the condition replaced by what they are bound to, in brackets where it is more than a path. */
function resolved(facts: SourceFacts, pieces: readonly string[], line: number, depth: number): readonly string[] {
  return pieces.flatMap((piece, at): readonly string[] => {
    if (!/^[A-Za-z_$]/.test(piece) || pieces[at - 1] === '.' || pieces[at + 1] === '(') return [piece];
    const constant = facts.options.find(({ name, callee }) => name === piece && callee === '');
    const number = constant === undefined ? undefined : numberOf(constant.value);
    if (number !== undefined) return [String(number)];
    if (depth === DEEPEST || /^(this|self|null|true|false)$/.test(piece)) return [piece];
    const bound = boundAbove(facts, piece, line);
    const value = bound === undefined ? undefined : piecesOf(bound);
    if (value === undefined || value.includes(piece)) return [piece];
    const deeper = resolved(facts, value, line, depth + 1);
    return deeper.length > 1 && deeper.some((part) => /^(&&|\|\||[=!]=|[<>]=?|[-+*/%?])$/.test(part)) ? ['(', ...deeper, ')'] : deeper;
  });
}

/** Lengths, sides and names in one spelling; the holder that a method or a field belongs to is dropped where it is the object itself. */
function spelled(pieces: readonly string[]): string {
  return pieces
    .join(' ')
    .replace(/\b(?:this|self) \. /g, '')
    .replace(/((?:[\w$]+ \. )*[\w$]+) \. (?:length|size|len|Count|count)(?: \( \))?(?![\w ]*\()/g, 'len ( $1 )')
    .replace(/ \. (?:is_empty|isEmpty) \( \)/g, ' . isEmpty')
    .replace(/"/g, "'");
}

/** A condition with each free name replaced by its place: names of fields, functions and constants stay. */
function anonymous(text: string): string {
  const places = new Map<string, string>();
  const pieces = text.match(PIECE) ?? [];
  return pieces
    .map((piece, at) => {
      if (!/^[A-Za-z_$]/.test(piece) || /^(null|true|false|True|False|in|is|instanceof|typeof|len)$/.test(piece)) return piece;
      if (pieces[at - 1] === '.') return piece.replaceAll('_', '').toLowerCase();
      if (pieces[at + 1] === '(' || /^[A-Z][A-Z0-9_]+$/.test(piece)) return piece;
      const place = places.get(piece) ?? `$${places.size + 1}`;
      places.set(piece, place);
      return place;
    })
    .join(' ');
}
