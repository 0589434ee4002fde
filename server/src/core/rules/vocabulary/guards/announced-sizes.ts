import type { CodeToken, Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { textsByLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';

/** A comparison of an announced size with a length that is gone, and the slice that still believes it. */
export interface BelievedSize {
  readonly guard: Guard;
  /** As written on the after side, without white space: `buf[header:end]`. */
  readonly slice: string;
}

/**
 * What a message says of its own size was compared with what is there, and no condition asks for that size any more, while something is
 * still cut out by it: `end := 4 + int(binary.BigEndian.Uint16(buf[2:]))`, `buf[4:end]`. Another comparison of the same length, with the
 * size of the header, says nothing of it. Each guard once; a clamp, a check of another function and a list made for that size excuse it.
 */
export function* believedSizes(input: RuleInput): Iterable<BelievedSize> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  for (const guard of input.removed.guards) {
    const scope = comparesLength(guard) ? counterpartScope(input, guard.scope) : undefined;
    if (scope === undefined || scope === '' || !isAnnounced(guard.test, announcedIn(before, guard.scope))) continue;
    const announced = announcedIn(after, scope);
    const slices = slicesOf(tokensOfScope(after, scope));
    const slice = slices.find((text) => isAnnounced(text, announced) && !isAsked(after, scope, related(text, announced)));
    if (slice !== undefined) yield { guard, slice };
  }
}

function comparesLength({ test, exit, compares }: Guard): boolean {
  return (
    compares &&
    exit !== 'break' &&
    /[<>]/.test(test) &&
    /\blen\(|\.len\(\)|\.(?:length|byteLength|Length|size\(\)|remaining\(\))/.test(test)
  );
}

/** Reads a number out of bytes: `binary.BigEndian.Uint16(`, `u16::from_be_bytes(`, `readUInt32BE(`, `struct.unpack_from(`, `getInt(`. */
const READS =
  /(?<!\w)(?:Uint(?:16|32|64)|from_[bln]e_bytes|from_bytes|unpack(?:_from)?|read_?[uU]?[iI](?:nt)?\d{1,2}\w{0,2}|get_?[uU]?[iI](?:nt)?\d{1,2}\w{0,3}|(?:read|get)(?:Unsigned)?(?:Int|Short|Byte)|(?:Read|To)U?Int\d{2}\w{0,12}) ?\(/;

/** Names of a function that a number of the message went into, each with what it was set to. */
type Announced = ReadonlyMap<string, string>;

function announcedIn(facts: SourceFacts, scope: string): Announced {
  const found = new Map<string, string>();
  for (const texts of textsByLine(tokensOfScope(facts, scope)).values()) {
    const at = texts.findIndex((text) => text === '=' || text === ':=');
    const value = written(texts.slice(at + 1));
    // What is cut out by a size is no size.
    const isMade = READS.test(value) || (!value.includes('[') && namesIn(value).some((name) => found.has(name)));
    for (const name of texts.slice(0, Math.max(0, at))) {
      if (CLAMPS.test(value)) found.delete(name);
      else if (isMade && NAME.test(name)) found.set(name, value);
    }
  }
  return found;
}

const CLAMPS = /(?<!\w)(?:min|Min|clamp|coerceAtMost) ?\(/;
const NAME = /^(?!(?:let|const|var|mut|int|long|short|uint|ushort|val|final)$)[A-Za-z_]\w*$/;

function isAnnounced(text: string, announced: Announced): boolean {
  return READS.test(text) || namesIn(text).some((name) => announced.has(name));
}

/** The announced names of a text, and those that they are made of. */
function related(text: string, announced: Announced): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [text];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const name of namesIn(next)) {
      const value = announced.get(name);
      if (value === undefined || found.has(name)) continue;
      found.add(name);
      open.push(value);
    }
  }
  return found;
}

/** A condition orders the size, a clamp or another function is given it, or the list is made as long as it says. */
function isAsked(after: SourceFacts, scope: string, names: ReadonlySet<string>): boolean {
  const isOf = (text: string): boolean => (names.size === 0 ? READS.test(text) : namesIn(text).some((name) => names.has(name)));
  const isHere = (fact: { readonly scope: string }): boolean => within(fact.scope, scope);
  const tests = [...after.guards, ...after.conditions].filter(isHere).map(({ test }) => test);
  const heads = after.loops.filter(isHere).map(({ head }) => head);
  if ([...tests, ...heads].some((test) => isOf(test) && /[<>]|\w\(|\b(?:len|length|Length|size)\b/.test(test))) return true;
  const lines = [...textsByLine(tokensOfScope(after, scope)).values()];
  const orders = (texts: readonly string[]): boolean =>
    texts.some((text) => /^[<>]=?$/.test(text)) && texts.some((text) => LENGTH.test(text));
  if (lines.some((texts) => orders(texts) && isOf(written(texts)))) return true;
  return after.calls.some(
    ({ callee, args, use, ...call }) =>
      isHere(call) &&
      !TURNS.test(lastName(callee)) &&
      (use !== 'discarded' || CHECKS.test(lastName(callee))) &&
      args.some((argument) => !/[[{]/.test(argument) && isOf(argument)),
  );
}

const LENGTH = /^(?:len|length|byteLength|Length|Count|size|remaining)$/;

/** Make a number of a number, or take the slice itself. */
const TURNS =
  /^(?:u?int\d*|usize|[ui]\d+|Number|slice|subarray|copyOfRange|Slice|from|toInt|intValue|append|push|Uint\d+|from_[bln]e_bytes|Ok|Some)$/;
const CHECKS = /check|need|ensure|require|bound|assert|valid|must|fit|limit/i;

/** What a function cuts out of lists, each without white space: `buf[4:end]`, `frame.subarray(4,end)`. */
function slicesOf(tokens: readonly CodeToken[]): readonly string[] {
  return tokens.flatMap(({ text }, at) => {
    const owner = tokens[at - 1]?.text ?? '';
    const isBracket = text === '[' && /^(?:\w+|[)\]])$/.test(owner);
    const isMethod = text === '(' && /^(?:slice|subarray|copyOfRange|Slice)$/.test(owner);
    if (!isBracket && !isMethod) return [];
    const inside = insideOf(tokens, at);
    if (isBracket && !inside.some((word) => /^(?::|\.\.=?)$/.test(word))) return [];
    const list = isMethod ? `${tokens[at - 3]?.text ?? ''}.${owner}` : owner;
    return [`${list}${text}${inside.join('')}${isBracket ? ']' : ')'}`];
  });
}

/** Up to the bracket that closes; a slice is short. */
function insideOf(tokens: readonly CodeToken[], open: number): readonly string[] {
  const found: string[] = [];
  let depth = 1;
  for (let at = open + 1; at < Math.min(tokens.length, open + LONGEST); at += 1) {
    const text = tokens[at]?.text ?? '';
    if (/^[([{]$/.test(text)) depth += 1;
    if (/^[)\]}]$/.test(text)) depth -= 1;
    if (depth === 0) return found;
    found.push(text);
  }
  return [];
}

const LONGEST = 40;

function tokensOfScope(facts: SourceFacts, scope: string): readonly CodeToken[] {
  const place = facts.scopes.find(({ name }) => name === scope);
  return place === undefined ? [] : tokensOn(facts, place.startLine, place.endLine);
}

/** With one space between any two words, and none about a dot. */
function written(texts: readonly string[]): string {
  return texts.join(' ').replaceAll(' . ', '.');
}

function namesIn(text: string): readonly string[] {
  // Two dots are a range.
  return text.match(/(?<!\w)(?<!(?<!\.)\.)[A-Za-z_]\w*(?!\w|\s?\()/g) ?? [];
}
