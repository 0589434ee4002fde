/** A condition as its pieces: names, literals and operators, in one spelling for all languages. */
export function piecesOf(text: string): readonly string[] {
  // A field of a record read from outside: `body['until']` is `body.until` of its class.
  return (text.replace(/(?<=[\w)])\[['"]([A-Za-z_]\w*)['"]\]/g, '.$1').match(PIECE) ?? [])
    .filter((piece) => piece !== 'new' && piece !== 'await')
    .map((piece) => WORDS[piece] ?? piece);
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

const PIECE = /[A-Za-z_$][\w$]*|'[^']*'|"[^"]*"|`[^`]*`|\d[\w.]*|&&|\|\||\?\.|::|->|[=!]==?|[<>]=?|\S/g;

/** Each top-level alternative of pieces, in one spelling: `!(a && b)` has two. */
export function alternatives(pieces: readonly string[]): readonly string[] {
  const whole = outerless(pieces);
  // `!(a && b)` stops on `!a` and on `!b`.
  const inner = whole[0] === '!' ? outerless(whole.slice(1)) : whole;
  const isNegated = whole[0] === '!' && inner.length < whole.length - 1;
  const parts = isNegated ? cutAt('&&', inner).map(flipped) : cutAt('||', whole);
  return parts.map((part) => spelled(outerless(part)));
}

/** Pieces between an operator that stands in no brackets. */
function cutAt(operator: string, pieces: readonly string[]): readonly (readonly string[])[] {
  const found: string[][] = [[]];
  let depth = 0;
  for (const piece of pieces) {
    if (/^[([{]$/.test(piece)) depth += 1;
    if (/^[)\]}]$/.test(piece)) depth -= 1;
    if (piece === operator && depth === 0) found.push([]);
    else found.at(-1)?.push(piece);
  }
  return found;
}

const OPPOSITE: Readonly<Record<string, string>> = { '==': '!=', '!=': '==', '<': '>=', '>': '<=', '<=': '>', '>=': '<' };

/** A condition that holds where this one does not. */
function flipped(pieces: readonly string[]): readonly string[] {
  const part = outerless(pieces);
  if (part[0] === '!') return outerless(part.slice(1));
  const compared = part.filter((piece) => OPPOSITE[piece] !== undefined);
  if (compared.length === 1 && !part.some((piece) => /^(&&|\|\|)$/.test(piece))) return part.map((piece) => OPPOSITE[piece] ?? piece);
  return ['!', ...part];
}

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

/** Lengths, sides and names in one spelling; the holder that a method or a field belongs to is dropped where it is the object itself. */
function spelled(pieces: readonly string[]): string {
  return pieces
    .join(' ')
    .replace(/\b(?:this|self) \. /g, '')
    .replace(/ \. compareTo \( BigDecimal \. ZERO \)/g, ' . signum ( )')
    .replace(/((?:[\w$]+ \. )*[\w$]+) \. (?:length|size|len|Count|count)(?: \( \))?(?![\w ]*\()/g, 'len ( $1 )')
    .replace(/ \. (?:is_empty|isEmpty) \( \)/g, ' . isEmpty')
    .replace(/"/g, "'");
}

/** A condition with each free name replaced by its place: names of fields, functions and constants stay. */
export function anonymous(text: string): string {
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
