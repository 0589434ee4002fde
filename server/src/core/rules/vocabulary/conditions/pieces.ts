/** A condition as its pieces: names, literals and operators, in one spelling for all languages. */
export function piecesOf(text: string): readonly string[] {
  // A field of a record read from outside: `body['until']` is `body.until` of its class.
  // Where it was put together from tokens, an operator may have come in two.
  const whole = text
    .replace(/([<>]) =(?!=)/g, '$1=')
    // A pattern that is no more than the beginning of a text: `/^https:\/\//.test(url)`.
    .replace(
      /\/\^((?:[\w:@-]|\\[/.:-]){1,40})\/\.test\(([\w$.?]{1,60})\)/g,
      (_all, head: string, of: string) => `${of}.startsWith('${head.replaceAll('\\', '')}')`,
    )
    // A cast of TypeScript is no question.
    .replace(/\( ?([\w$.]{1,80}) as [\w.]{1,60} ?\)/g, '$1')
    // What a call is told of its types: `query<Row>(…)`.
    .replace(/(?<=\w) ?<[\w$ .,[\]|]{1,60}> ?(?=\()/g, '')
    .replace(/(?<=[\w)])\[['"]([A-Za-z_]\w*)['"]\]/g, '.$1');
  return (whole.match(PIECE) ?? []).filter((piece) => piece !== 'new' && piece !== 'await').map((piece) => WORDS[piece] ?? piece);
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
  return parts.flatMap((part) => eachMember(spelled(outerless(part))));
}

/** Whether a list of words has something asks for each of them: `['sent', 'void'].includes(state)` is `state == 'sent'` and `state == 'void'`. */
function eachMember(alternative: string): readonly string[] {
  const [, negation, list = '', thing = ''] =
    /^(! )?\[ ((?:'[^']*'|\d+)(?: , (?:'[^']*'|\d+)){0,12})(?: ,)? \] \. has \( ([\w$. ]{1,80}) \)$/.exec(alternative) ?? [];
  const words = list.match(/'[^']*'|\d+/g) ?? [];
  if (words.length === 0) return [alternative];
  return negation === undefined ? words.map((word) => `${thing} == ${word}`) : [words.map((word) => `${thing} != ${word}`).join(' && ')];
}

/**
 * Each alternative of one alternative that has some itself, as its parts that all must hold, each in one spelling: `!(a && b)` is
 * `!a` and `!b`, `!(a < b)` is `a >= b`, and whether there is a value is asked as `x` or `! x`.
 */
export function byParts(alternative: string): readonly (readonly string[])[] {
  const pieces = alternative.match(PIECE) ?? [];
  const deeper = alternatives(pieces);
  if (deeper.length > 1) return deeper.flatMap(byParts);
  return [allOf(pieces).map((part) => asPresence(spelled(plainly(part))))];
}

/** Cut at each `&&` that stands in no other brackets than those of a whole part. */
function allOf(pieces: readonly string[]): readonly (readonly string[])[] {
  const parts = cutAt('&&', outerless(pieces));
  return parts.length === 1 ? parts : parts.flatMap(allOf);
}

/** `!(a < b)` as `a >= b`. */
function plainly(pieces: readonly string[]): readonly string[] {
  const part = outerless(pieces);
  return part[0] === '!' && part[1] === '(' ? flipped(part.slice(1)) : part;
}

/** A comparison from its other side: `b < a` of `a > b`. Undefined where it is not one comparison. */
export function mirrored(alternative: string): string | undefined {
  const pieces = alternative.match(PIECE) ?? [];
  const at = pieces.findIndex((piece) => MIRRORED[piece] !== undefined);
  const isOne = at > 0 && !pieces.some((piece, other) => (other !== at && MIRRORED[piece] !== undefined) || /^(&&|\|\||!|\?)$/.test(piece));
  const isFlat = isOne && depthAt(pieces, at) === 0;
  return isFlat ? [...pieces.slice(at + 1), MIRRORED[pieces[at] ?? ''] ?? '', ...pieces.slice(0, at)].join(' ') : undefined;
}

const MIRRORED: Readonly<Record<string, string>> = { '==': '==', '!=': '!=', '<': '>', '>': '<', '<=': '>=', '>=': '<=' };

function depthAt(pieces: readonly string[], end: number): number {
  return pieces.slice(0, end).reduce((depth, piece) => depth + (/^[([{]$/.test(piece) ? 1 : /^[)\]}]$/.test(piece) ? -1 : 0), 0);
}

/** `x != null` and `x is not None` are `x`, `x == null` and `x is None` are `! x`; that a list has no first is that it is empty. */
function asPresence(part: string): string {
  const length = /^! (len \( [\w$. ]+ \))$/.exec(part)?.[1];
  if (length !== undefined) return `${length} == 0`;
  const list = /^! ([\w$. ]+) \[ 0 \]$/.exec(part)?.[1] ?? /^([\w$. ]+) \[ 0 \] (?:==|is) null$/.exec(part)?.[1];
  if (list !== undefined) return `len ( ${list} ) == 0`;
  const counted = /^([\w$. ]+ \. )?(?:rowCount|rowcount) (?:(?:==|<=) 0|< 1|!= 1)$/.exec(part);
  if (counted !== null) return `len ( ${counted[1] ?? ''}rows ) == 0`;
  const [, held = '', sign = ''] = /^([\w$. ]+?) (==|!=|is !|is) null$/.exec(part) ?? [];
  if (held === '') return part;
  return /!/.test(sign) ? held : `! ${held}`;
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
  // None of several holds: `!(a || b)` is `!a && !b`.
  const any = cutAt('||', part);
  if (any.length > 1) return any.flatMap((each, at) => [...(at === 0 ? [] : ['&&']), ...grouped(flipped(each))]);
  if (part[0] === '!') return outerless(part.slice(1));
  const compared = part.filter((piece) => OPPOSITE[piece] !== undefined);
  if (compared.length === 1 && !part.some((piece) => /^(&&|\|\|)$/.test(piece))) return part.map((piece) => OPPOSITE[piece] ?? piece);
  return ['!', ...part];
}

/** In brackets where it is a choice that something else is joined to. */
function grouped(pieces: readonly string[]): readonly string[] {
  return cutAt('||', pieces).length > 1 ? ['(', ...pieces, ')'] : pieces;
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
    .replace(/(?<![\w$]|[\w$] \. )((?:[\w$]+ \. )*[\w$]+) \. (?:length|size|len|Count|count)(?: \( \))?(?![\w ]*\()/g, 'len ( $1 )')
    .replace(/\bDate \. now \( \)/g, 'Date ( )')
    .replace(/ \. (?:getTime|valueOf) \( \)/g, '')
    .replace(/ \. (?:is_empty|isEmpty) \( \)/g, ' . isEmpty')
    .replace(/\b(\d[\d_]*)(?:[lL]|[iu](?:8|16|32|64|128|size))?(?![\w.])/g, (_all, digits: string) => digits.replaceAll('_', ''))
    .replace(/\b\d+(?: \* \d+)+\b/g, (product) => String(product.split(' * ').reduce((all, factor) => all * Number(factor), 1)))
    .replace(/ \. (?:includes|contains|containsKey|contains_key|Contains) \(/g, ' . has (')
    .replace(/\b(?:os \. path \. basename|path \. (?:posix \. )?basename|filepath \. Base|path \. Base) \(/g, 'basename (')
    .replace(/\b(?:Pure)?(?:Posix|Windows)?Path \( ([^()]*) \) \. name\b/g, 'basename ( $1 )')
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
