import type { SourceFacts } from '../../../model/facts.ts';
import { piecesOf } from '../conditions/pieces.ts';
import { lastName } from './call-names.ts';
import { tokensOn } from './code-text.ts';
import { keepOf } from './kept.ts';

/**
 * An expression, as pieces, with what the file's functions and properties of one expression stand for: `clamp ( n , 0 , MAX )` of
 * `const clamp = (v, low, high) => Math.min(Math.max(v, low), high)`, `self . open` of a property that returns `self.paid - self.spent`.
 */
export function inlined(facts: SourceFacts, pieces: readonly string[], depth = 0): readonly string[] {
  const bodies = oneLineBodies(facts);
  if (depth === DEEPEST || pieces.length > LONGEST || !pieces.some((piece) => bodies.has(piece))) return pieces;
  const found: string[] = [];
  for (let at = 0; at < pieces.length; at += 1) {
    const body = bodies.get(pieces[at] ?? '');
    const end = pieces[at + 1] === '(' ? closing(pieces, at + 1) : at;
    const isCall = end > at;
    const start = ownStart(found);
    if (body === undefined || end < 0 || start === undefined || isCall === body.isProperty || (!isCall && start === found.length)) {
      found.push(pieces[at] ?? '');
      continue;
    }
    const given = isCall ? argumentsIn(pieces.slice(at + 2, end)) : [];
    const text = body.pieces.flatMap((piece, index) => {
      const place = body.pieces[index - 1] === '.' ? -1 : body.parameters.indexOf(piece);
      return place < 0 ? [piece] : grouped(given[place] ?? [piece], body.pieces[index - 1], body.pieces[index + 1]);
    });
    found.length = start;
    found.push(...grouped(inlined(facts, text, depth + 1), found.at(-1), pieces[end + 1]));
    at = end;
  }
  return found;
}

const DEEPEST = 4;
const LONGEST = 160;

/** Where a name begins that stands at the end of the pieces before it: by itself, or asked of the object itself; undefined where asked of another. */
function ownStart(before: readonly string[]): number | undefined {
  if (before.at(-1) !== '.') return before.length;
  const isOwn = /^(?:this|self|cls|[a-z])$/.test(before.at(-2) ?? '') && before.at(-3) !== '.';
  return isOwn ? before.length - 2 : undefined;
}

function closing(pieces: readonly string[], open: number): number {
  let depth = 0;
  for (let at = open; at < pieces.length; at += 1) {
    if (/^[([{]$/.test(pieces[at] ?? '')) depth += 1;
    if (/^[)\]}]$/.test(pieces[at] ?? '')) depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

/** Cut at the commas that stand in no brackets. */
export function argumentsIn(pieces: readonly string[]): readonly (readonly string[])[] {
  const found: string[][] = [[]];
  let depth = 0;
  for (const piece of pieces) {
    if (/^[([{]$/.test(piece)) depth += 1;
    if (/^[)\]}]$/.test(piece)) depth -= 1;
    if (piece === ',' && depth === 0) found.push([]);
    else found.at(-1)?.push(piece);
  }
  return found.filter((argument) => argument.length > 0);
}

/** In brackets where something beside it would take a part of it away. */
function grouped(pieces: readonly string[], before = '', after = ''): readonly string[] {
  let depth = 0;
  const joins = pieces.some((piece) => {
    if (/^[([{]$/.test(piece)) depth += 1;
    if (/^[)\]}]$/.test(piece)) depth -= 1;
    return depth === 0 && /^(?:[-+*/%?!]|&&|\|\||[=!]=|[<>]=?)$/.test(piece);
  });
  return joins && (/^[-*/%!]$/.test(before) || /^(?:[*/%.]|\[)$/.test(after)) ? ['(', ...pieces, ')'] : pieces;
}

/** A function that does no more than give one expression back. */
export interface OneLineBody {
  readonly parameters: readonly string[];
  readonly pieces: readonly string[];
  /** Read without a call: Python's `@property`, a getter. */
  readonly isProperty: boolean;
}

/** Functions of a file that hold no more than one expression, by their last name where the file declares it once. */
export const oneLineBodies = keepOf((facts: SourceFacts): ReadonlyMap<string, OneLineBody> => {
  const found = new Map<string, OneLineBody | undefined>();
  const places = new Map(facts.scopes.map((scope) => [scope.name, scope]));
  for (const { name, kind, parameters } of facts.symbols) {
    if (kind !== 'function' && kind !== 'method' && kind !== 'property') continue;
    const own = lastName(name);
    const place = places.get(name) ?? places.get(own);
    const texts = place === undefined ? [] : tokensOn(facts, place.startLine, place.endLine).map(({ text }) => text);
    const text = texts.length > LONGEST ? undefined : expressionIn(texts, own, facts.language);
    const names = parameters.map((parameter) => parameter.name).filter((parameter) => !/^(?:self|cls|this)$/.test(parameter));
    const at = texts.indexOf(own);
    const isProperty =
      /^(?:get|property|cached_property)$/.test(texts[at - 1] ?? '') ||
      /(?:^| )@ (?:\w+ \. )?(?:cached_)?property /.test(texts.slice(0, at).join(' '));
    found.set(own, found.has(own) || text === undefined ? undefined : { parameters: names, pieces: piecesOf(text), isProperty });
  }
  return new Map([...found].flatMap(([name, body]) => (body === undefined || body.pieces.includes(name) ? [] : [[name, body] as const])));
});

/** The one expression that a function gives back, of all its tokens; undefined where it does anything else. */
function expressionIn(texts: readonly string[], own: string, language: string): string | undefined {
  const open = texts.indexOf('(', texts.indexOf(own));
  const head = open < 0 ? -1 : closing(texts, open);
  if (head < 0) return undefined;
  const rest = texts.slice(head + 1);
  const returns = rest.flatMap((text, at) => (text === 'return' ? [at] : []));
  const arrow = rest.indexOf('=>');
  const brace = rest.indexOf('{');
  const isArrow = arrow >= 0 && (brace < 0 || arrow < brace) && rest[arrow + 1] !== '{';
  const from = isArrow ? arrow : language === 'rust' && returns.length === 0 ? brace : returns.length === 1 ? (returns[0] ?? -1) : -1;
  if (from < 0 || rest.slice(0, from).some((text) => WORKS.test(text))) return undefined;
  const value: string[] = [];
  let depth = 0;
  for (const [at, text] of rest.slice(from + 1).entries()) {
    if (/^[([{]$/.test(text)) depth += 1;
    if (/^[)\]}]$/.test(text)) depth -= 1;
    const isEnd = depth < 0 || (depth === 0 && (text === ';' || (isArrow && text === ',')));
    if (isEnd) return rest.slice(from + 2 + at).every((other) => /^[;})\],]$/.test(other) || isArrow) ? joined(value) : undefined;
    value.push(text);
  }
  return joined(value);
}

/** More than an expression is worked out in front of what is given back. */
const WORKS = /^(?:=|:=|if|for|while|match|switch|try|with|let|const|var|await|yield|throw|raise|defer|;)$/;

function joined(value: readonly string[]): string | undefined {
  return value.length === 0 || value.some((text) => /^(?:await|yield|;)$/.test(text)) ? undefined : value.join(' ');
}
