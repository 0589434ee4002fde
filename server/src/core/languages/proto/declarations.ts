import type { Cursor } from './cursor.ts';

/** What a file declares. Ranges are offsets: of a header for what holds others, of the whole statement for the rest. */
export interface Declaration {
  readonly kind: 'package' | 'message' | 'enum' | 'service' | 'field' | 'value' | 'reserved' | 'rpc';
  /** Path of names inside the file, without its package: `Payment.amount`. */
  readonly name: string;
  readonly owner: string;
  readonly start: number;
  readonly end: number;
  /** End of the block, for what holds others. */
  readonly blockEnd?: number;
  /** `number`, `type`, `label`, `oneof`, `request`, `response`, `deprecated`, `from`, `to`. */
  readonly says: Readonly<Record<string, string | number | boolean>>;
}

export interface ProtoFile {
  readonly package: string;
  readonly declarations: readonly Declaration[];
}

/** Deeper than any schema that a person writes. */
const DEEPEST = 64;

/** Reads protobuf 2, 3 and editions (protobuf.dev/reference/protobuf/proto3-spec). */
export function readDeclarations(cursor: Cursor): ProtoFile {
  const found: Declaration[] = [];
  let name = '';
  while (cursor.peek() !== '') {
    const word = cursor.peek();
    if (word === 'package') {
      const { start } = cursor;
      cursor.next();
      name = cursor.next().text;
      found.push({ kind: 'package', name, owner: '', start, end: cursor.end, says: {} });
      if (!cursor.take(';')) cursor.recover();
    } else if (word === ';') cursor.next();
    else if (/^(syntax|edition|import|option)$/.test(word)) cursor.skipStatement();
    else if (word === 'service') readService(cursor, found);
    else if (!readHolder(cursor, '', found, 0)) {
      cursor.recover();
      // A closing bracket too many ends nothing.
      cursor.take('}');
    }
  }
  return { package: name, declarations: found };
}

/** A message, an enum or an extension. */
function readHolder(cursor: Cursor, outer: string, found: Declaration[], depth: number): boolean {
  const word = cursor.peek();
  if (word === 'export' || word === 'local') {
    // Visibility of editions.
    if (!/^(message|enum)$/.test(cursor.peek(1))) return false;
    cursor.next();
    return readHolder(cursor, outer, found, depth);
  }
  if (!/^(message|enum|extend)$/.test(word) || !isName(cursor.peek(1)) || cursor.peek(2) !== '{' || depth > DEEPEST) return false;
  const start = cursor.start;
  cursor.next();
  const own = cursor.next().text;
  const name = join(outer, word === 'extend' ? `extend ${own.replace(/^\./, '')}` : own);
  const end = cursor.end;
  const at = found.length;
  cursor.next();
  if (word === 'enum') readEnumBody(cursor, name, found);
  else readMessageBody(cursor, name, '', found, depth + 1);
  found.splice(at, 0, { kind: word === 'enum' ? 'enum' : 'message', name, owner: outer, start, end, blockEnd: cursor.end, says: {} });
  return true;
}

function readMessageBody(cursor: Cursor, name: string, oneof: string, found: Declaration[], depth: number): void {
  for (;;) {
    const word = cursor.peek();
    if (word === '' || word === '}') break;
    if (word === ';') cursor.next();
    else if (word === 'oneof' && isName(cursor.peek(1)) && cursor.peek(2) === '{' && oneof === '') {
      cursor.next();
      const group = cursor.next().text;
      cursor.next();
      readMessageBody(cursor, name, group, found, depth);
    } else if (word === 'option' && (cursor.peek(1) === '(' || cursor.peek(2) === '=' || cursor.peek(2) === '.')) cursor.skipStatement();
    else if (word === 'extensions' && /^\d/.test(cursor.peek(1))) cursor.skipStatement();
    else if (word === 'reserved' && cursor.peek(2) !== '=') readReserved(cursor, name, found);
    else if (!readHolder(cursor, name, found, depth) && !readField(cursor, name, oneof, found, depth)) cursor.recover();
  }
  cursor.take('}');
}

function readField(cursor: Cursor, owner: string, oneof: string, found: Declaration[], depth: number): boolean {
  const start = cursor.start;
  const label = /^(optional|required|repeated)$/.test(cursor.peek()) && cursor.peek(1) !== '=' ? cursor.next().text : '';
  const type = readType(cursor);
  const name = cursor.peek();
  if (type === '' || !isName(name)) return false;
  cursor.next();
  if (!cursor.take('=')) return false;
  const number = Number(cursor.peek());
  if (!Number.isInteger(number)) return false;
  cursor.next();
  const options = readOptions(cursor);
  const says = {
    number,
    type,
    label,
    oneof,
    deprecated: /\bdeprecated = true\b/.test(options),
    json: /\bjson_name = (["'])(.*?)\1/.exec(options)?.[2] ?? '',
  };
  found.push({ kind: 'field', name: join(owner, name), owner, start, end: cursor.end, says });
  if (type === 'group' && cursor.take('{')) {
    const inner = join(owner, name);
    readMessageBody(cursor, inner, '', found, depth + 1);
    found.push({ kind: 'message', name: inner, owner, start, end: cursor.end, blockEnd: cursor.end, says: {} });
    return true;
  }
  return cursor.take(';');
}

function readType(cursor: Cursor): string {
  const word = cursor.peek();
  if (word === 'map' && cursor.peek(1) === '<') {
    cursor.next();
    cursor.next();
    const key = cursor.next().text;
    cursor.take(',');
    const value = cursor.next().text;
    return cursor.take('>') ? `map<${key}, ${value}>` : '';
  }
  return isName(word) ? cursor.next().text : '';
}

/** `[deprecated = true, json_name = "x"]`, white space collapsed; empty where there are none. */
function readOptions(cursor: Cursor): string {
  if (cursor.peek() !== '[') return '';
  const words: string[] = [];
  let depth = 0;
  do {
    const { text } = cursor.next();
    if (text === '') break;
    if (text === '[') depth++;
    if (text === ']') depth--;
    words.push(text);
  } while (depth > 0);
  return words.join(' ');
}

function readEnumBody(cursor: Cursor, owner: string, found: Declaration[]): void {
  for (;;) {
    const word = cursor.peek();
    if (word === '' || word === '}') break;
    if (word === ';') cursor.next();
    else if (word === 'option' && cursor.peek(1) !== '=') cursor.skipStatement();
    else if (word === 'reserved' && cursor.peek(1) !== '=') readReserved(cursor, owner, found);
    else if (isName(word) && cursor.peek(1) === '=') {
      const start = cursor.start;
      cursor.next();
      cursor.next();
      const sign = cursor.take('-') ? '-' : '';
      const number = Number(`${sign}${cursor.next().text}`);
      const options = readOptions(cursor);
      const says = { number, deprecated: /\bdeprecated = true\b/.test(options) };
      found.push({ kind: 'value', name: join(owner, word), owner, start, end: cursor.end, says });
      if (!Number.isInteger(number) || !cursor.take(';')) cursor.recover();
    } else cursor.recover();
  }
  cursor.take('}');
}

/** `reserved 2, 9 to 11, "name";`: each part stands for itself. */
function readReserved(cursor: Cursor, owner: string, found: Declaration[]): void {
  cursor.next();
  for (;;) {
    const start = cursor.start;
    const first = cursor.next().text;
    const numeric = first === '-' ? `-${cursor.next().text}` : first;
    if (first === '' || first === '}' || first === ';') return;
    if (/^-?(\d|0x)/i.test(numeric)) {
      const to = cursor.take('to') ? cursor.next().text : numeric;
      const says = { from: Number(numeric), to: to === 'max' ? Number.MAX_SAFE_INTEGER : Number(to) };
      found.push({ kind: 'reserved', name: join(owner, `${numeric} to ${to}`), owner, start, end: cursor.end, says });
    } else {
      const name = first.replace(/^["']|["']$/g, '');
      found.push({ kind: 'reserved', name: join(owner, name), owner, start, end: cursor.end, says: { name } });
    }
    if (!cursor.take(',')) break;
  }
  if (!cursor.take(';')) cursor.recover();
}

function readService(cursor: Cursor, found: Declaration[]): void {
  const start = cursor.start;
  cursor.next();
  const name = cursor.next().text;
  const end = cursor.end;
  const at = found.length;
  if (!isName(name) || !cursor.take('{')) {
    cursor.recover();
    return;
  }
  for (;;) {
    const word = cursor.peek();
    if (word === '' || word === '}') break;
    if (word === ';') cursor.next();
    else if (word === 'option') cursor.skipStatement();
    else if (word !== 'rpc' || !readRpc(cursor, name, found)) cursor.recover();
  }
  cursor.take('}');
  found.splice(at, 0, { kind: 'service', name, owner: '', start, end, blockEnd: cursor.end, says: {} });
}

function readRpc(cursor: Cursor, owner: string, found: Declaration[]): boolean {
  const start = cursor.start;
  cursor.next();
  const name = cursor.next().text;
  const request = readMessageType(cursor);
  if (request === undefined || !cursor.take('returns')) return false;
  const response = readMessageType(cursor);
  if (response === undefined) return false;
  const end = cursor.end;
  let deprecated = false;
  if (cursor.peek() === '{') {
    const words: string[] = [];
    let depth = 0;
    do {
      const { text } = cursor.next();
      if (text === '') break;
      if (text === '{') depth++;
      if (text === '}') depth--;
      words.push(text);
    } while (depth > 0);
    deprecated = /\bdeprecated = true\b/.test(words.join(' '));
  } else if (!cursor.take(';')) return false;
  found.push({ kind: 'rpc', name: join(owner, name), owner, start, end, says: { request, response, deprecated } });
  return true;
}

/** `stream Order` of `(stream shop.v1.Order)`. */
function readMessageType(cursor: Cursor): string | undefined {
  if (!cursor.take('(')) return undefined;
  const stream = cursor.peek() === 'stream' && cursor.peek(1) !== ')' ? `${cursor.next().text} ` : '';
  const type = cursor.next().text;
  return cursor.take(')') && isName(type) ? stream + type : undefined;
}

function isName(word: string): boolean {
  return /^\.?[A-Za-z_][\w.]*$/.test(word);
}

function join(outer: string, name: string): string {
  return outer === '' ? name : `${outer}.${name}`;
}
