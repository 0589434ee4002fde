import type { Cursor } from '../proto/cursor.ts';
import type { Declaration, ProtoFile } from '../proto/declarations.ts';

/** Reads Thrift's interface description (https://thrift.apache.org/docs/idl) into the declarations that protobuf has too. */
export function readThrift(cursor: Cursor): ProtoFile {
  const found: Declaration[] = [];
  while (cursor.peek() !== '') {
    const word = cursor.peek();
    if (/^(include|cpp_include)$/.test(word)) take(cursor, 2);
    else if (word === 'namespace') take(cursor, 3);
    else if (/^(struct|union|exception)$/.test(word) && isName(cursor.peek(1))) readHolder(cursor, found);
    else if (word === 'enum' && isName(cursor.peek(1))) readEnum(cursor, found);
    else if (word === 'service' && isName(cursor.peek(1))) readService(cursor, found);
    else if (word === 'typedef') {
      cursor.next();
      if (readType(cursor) === '') cursor.recover();
      else take(cursor, 1);
    } else if (word === 'const') readConstant(cursor);
    else cursor.recover();
    skipNotes(cursor);
    skipSeparator(cursor);
    // A closing bracket too many ends nothing.
    if (cursor.peek() === '}') {
      cursor.recover();
      cursor.take('}');
    }
  }
  return { package: '', declarations: found };
}

function readHolder(cursor: Cursor, found: Declaration[]): void {
  const start = cursor.start;
  const kind = cursor.next().text;
  const name = cursor.next().text;
  const end = cursor.end;
  cursor.take('xsd_all');
  const at = found.length;
  if (!cursor.take('{')) {
    cursor.recover();
    return;
  }
  readFields(cursor, name, kind === 'union' ? name : '', '}', found);
  cursor.take('}');
  found.splice(at, 0, { kind: 'message', name, owner: '', start, end, blockEnd: cursor.end, says: {} });
}

/** Fields up to the bracket that closes them, each with its type; one without a number has one below zero. */
function readFields(cursor: Cursor, owner: string, oneof: string, close: '}' | ')', found: Declaration[]): void {
  // The end of the block ends parameters that nothing closed.
  for (let implicit = -1; cursor.peek() !== '' && cursor.peek() !== close && cursor.peek() !== '}'; ) {
    const start = cursor.start;
    const isNumbered = /^-?\d+$/.test(cursor.peek()) && cursor.peek(1) === ':';
    const number = isNumbered ? Number(cursor.next().text) : implicit--;
    if (isNumbered) cursor.next();
    const label = /^(required|optional)$/.test(cursor.peek()) ? cursor.next().text : '';
    const type = readType(cursor);
    cursor.take('&');
    const name = cursor.peek();
    if (type === '' || !isName(name)) {
      cursor.recover();
      continue;
    }
    cursor.next();
    if (cursor.take('=')) skipValue(cursor);
    skipNotes(cursor);
    const says = { number, type, label, oneof, deprecated: false, json: '' };
    found.push({ kind: 'field', name: `${owner}.${name}`, owner, start, end: cursor.end, says });
    skipSeparator(cursor);
  }
}

function readEnum(cursor: Cursor, found: Declaration[]): void {
  const start = cursor.start;
  cursor.next();
  const owner = cursor.next().text;
  const end = cursor.end;
  const at = found.length;
  if (!cursor.take('{')) {
    cursor.recover();
    return;
  }
  for (let number = 0; cursor.peek() !== '' && cursor.peek() !== '}'; number += 1) {
    const from = cursor.start;
    const name = cursor.peek();
    if (!isName(name)) {
      cursor.recover();
      continue;
    }
    cursor.next();
    // One without a number has the next one.
    if (cursor.take('=')) number = Number(cursor.next().text);
    skipNotes(cursor);
    found.push({ kind: 'value', name: `${owner}.${name}`, owner, start: from, end: cursor.end, says: { number, deprecated: false } });
    skipSeparator(cursor);
  }
  cursor.take('}');
  found.splice(at, 0, { kind: 'enum', name: owner, owner: '', start, end, blockEnd: cursor.end, says: {} });
}

function readService(cursor: Cursor, found: Declaration[]): void {
  const start = cursor.start;
  cursor.next();
  const name = cursor.next().text;
  const end = cursor.end;
  if (cursor.take('extends')) cursor.next();
  const at = found.length;
  if (!cursor.take('{')) {
    cursor.recover();
    return;
  }
  while (cursor.peek() !== '' && cursor.peek() !== '}') if (!readFunction(cursor, name, found)) cursor.recover();
  cursor.take('}');
  found.splice(at, 0, { kind: 'service', name, owner: '', start, end, blockEnd: cursor.end, says: {} });
}

/** Its parameters are fields of a message that the wire has for it, and are told with the function. */
function readFunction(cursor: Cursor, owner: string, found: Declaration[]): boolean {
  const start = cursor.start;
  cursor.take('oneway');
  const response = readType(cursor);
  const name = cursor.peek();
  if (response === '' || !isName(name) || cursor.peek(1) !== '(') return false;
  take(cursor, 2);
  const parameters: Declaration[] = [];
  readFields(cursor, `${owner}.${name}`, '', ')', parameters);
  if (!cursor.take(')')) return false;
  const end = cursor.end;
  if (cursor.take('throws') && cursor.take('(')) {
    readFields(cursor, name, '', ')', []);
    cursor.take(')');
  }
  skipNotes(cursor);
  skipSeparator(cursor);
  const request = parameters.map(({ says }) => `${says.number}: ${says.type}`).join(', ');
  found.push({ kind: 'rpc', name: `${owner}.${name}`, owner, start, end, says: { request, response, deprecated: false } });
  return true;
}

/** Deeper than any type that a person writes. */
const DEEPEST = 32;

function readType(cursor: Cursor, depth = 0): string {
  const word = cursor.peek();
  if (!isName(word) || depth > DEEPEST) return '';
  cursor.next();
  let text = word === 'byte' ? 'i8' : word;
  if (/^(map|set|list)$/.test(word) && cursor.take('<')) {
    const parts = [readType(cursor, depth + 1)];
    if (cursor.take(',')) parts.push(readType(cursor, depth + 1));
    if (!cursor.take('>') || parts.includes('')) return '';
    text = `${word}<${parts.join(', ')}>`;
  }
  skipNotes(cursor);
  return text;
}

function readConstant(cursor: Cursor): void {
  cursor.next();
  const isNamed = readType(cursor) !== '' && isName(cursor.peek());
  if (isNamed) cursor.next();
  if (isNamed && cursor.take('=')) skipValue(cursor);
  else cursor.recover();
}

/** A word, a number, a text, a list or a table. */
function skipValue(cursor: Cursor): void {
  let depth = 0;
  do {
    const { text } = cursor.next();
    if (text === '') return;
    if (text === '{' || text === '[') depth += 1;
    if (text === '}' || text === ']') depth -= 1;
  } while (depth > 0);
}

/** `(api.body = "x")` behind a type, a field or a declaration. */
function skipNotes(cursor: Cursor): void {
  if (cursor.peek() !== '(') return;
  while (cursor.peek() !== '' && cursor.next().text !== ')');
}

function skipSeparator(cursor: Cursor): void {
  if (!cursor.take(',')) cursor.take(';');
}

function take(cursor: Cursor, count: number): void {
  for (let left = count; left > 0; left -= 1) cursor.next();
}

function isName(word: string): boolean {
  return /^[A-Za-z_][\w.]*$/.test(word);
}
