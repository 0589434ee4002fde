import { tokenBefore } from './lexer-tokens.ts';
import { around, dottedAt, targetBefore, wordAt } from './scan-modules-bindings.ts';
import type { Collected } from './scan-modules-collected.ts';
import type { Cursor } from './scan-modules-cursor.ts';
import { beginsStatement } from './scan-modules-exports.ts';

/** A call of `require` or `import` with a known specifier. */
export interface Call {
  readonly specifier: string;
  /** Last byte of the token before the call, and where the bracket opened that was closed last. */
  readonly last: number;
  readonly closedFrom: number;
  /** Whether it is `import(…)`, which answers a promise. */
  readonly dynamic: boolean;
  /** How many brackets stand around it, counted from inside those of `module.exports = { … }`; below 0 outside of these. */
  readonly inExports: number;
}

/** Reads what is taken of a call's answer, and where it goes; the cursor is behind the specifier. */
export function readCall(cursor: Cursor, from: number, { specifier, last, closedFrom, dynamic, inExports }: Call, to: Collected): void {
  const { before, parentheses, awaited, wrapped } = around(cursor.bytes, from, last);
  const options = cursor.peek() === 0x2c;
  // Of `require('a' + b)` nothing is known.
  if (!options && cursor.peek() !== 0x29) return;
  let whole = cursor.closes(options);
  const reExported = passesOn(cursor.bytes, from, before);
  let named = whole ? takenBehind(cursor) : undefined;
  for (let left = parentheses; left > 0 && whole; left -= 1) whole = cursor.closes(wrapped);
  if (whole) named ??= takenBehind(cursor);
  const taken = dynamic && THEN.has(named ?? '') ? undefined : named;
  const ends = whole && endsCall(cursor);
  const aimed = !dynamic || awaited ? targetBefore(cursor, from, before, closedFrom) : undefined;
  if (aimed?.to === 'import') return;
  const target = ends ? aimed : undefined;
  const offered = ends && inExports === parentheses && (!dynamic || awaited) ? offeredAs(cursor.bytes, from, before) : undefined;
  if (target?.to === 'names' && (taken === undefined || target.names[0]?.imported === '*')) {
    const names = taken === undefined ? target.names : target.names.map(({ local }) => ({ imported: taken, local }));
    to.add(specifier, 'import', false, names);
  } else if (target?.to === 'exports') {
    to.withdraw(target.name ?? '=');
    to.add(specifier, 'reexport', false, [{ imported: taken ?? '*', local: target.name ?? (taken === undefined ? '*' : '=') }]);
  } else if (offered !== undefined && (offered !== '*' || taken === undefined)) {
    to.withdraw(offered);
    to.add(specifier, 'reexport', false, [{ imported: taken ?? '*', local: offered }]);
  } else if (reExported) to.add(specifier, 'reexport', false, [{ imported: '*', local: '*' }]);
  else to.add(specifier, 'dynamic', false, taken === undefined ? [] : [{ imported: taken, local: '' }]);
}

/** The property that a value of `module.exports = { … }` is given to, whose colon ends at `before`; `*` behind three dots. */
function offeredAs(bytes: Buffer, from: number, before: number): string | undefined {
  if (bytes[before] === 0x2e) return bytes[before - 1] === 0x2e && bytes[before - 2] === 0x2e ? '*' : undefined;
  if (bytes[before] !== 0x3a) return undefined;
  const end = tokenBefore(bytes, from, before);
  const key = wordAt(bytes, from, end);
  const front = bytes[tokenBefore(bytes, from, end + 1 - Buffer.byteLength(key))];
  return key !== '' && (front === 0x7b || front === 0x2c) ? key : undefined;
}

/**
 * `__exportStar(require('x'), exports)`, as compilers write `export * from 'x'`, and `Object.assign(exports, require('x'))` as people
 * do.
 */
function passesOn(bytes: Buffer, from: number, before: number): boolean {
  if (before >= from && bytes[before] === 0x2c) {
    const end = tokenBefore(bytes, from, before);
    const object = dottedAt(bytes, from, end);
    if (object !== 'exports' && object !== 'module.exports') return false;
    const open = tokenBefore(bytes, from, end + 1 - object.length);
    return bytes[open] === 0x28 && dottedAt(bytes, from, open - 1) === 'Object.assign';
  }
  if (before < from || bytes[before] !== 0x28) return false;
  return /(?:^|\.)_{1,2}export(?:Star|_star)?$/.test(dottedAt(bytes, from, before - 1));
}

/** Reads `require('x')` and `require.resolve('x')`, the cursor behind the word. */
export function readRequire(
  cursor: Cursor,
  from: number,
  { last, closedFrom, inExports }: Omit<Call, 'specifier' | 'dynamic'>,
  to: Collected,
): void {
  if (cursor.peek() === 0x2e) {
    cursor.at += 1;
    if (!cursor.eatWord('resolve') || !cursor.eat(0x28)) return;
    const resolved = cursor.string();
    if (resolved !== undefined) to.add(resolved, 'dynamic', false, []);
    return;
  }
  const specifier = cursor.eat(0x28) ? cursor.string() : undefined;
  if (specifier !== undefined) readCall(cursor, from, { specifier, last, closedFrom, dynamic: false, inExports }, to);
}

/** `new URL('./worker.ts', import.meta.url)`: how a worker or an asset of the same package is named. */
export function readImportMeta(cursor: Cursor, from: number, last: number, to: Collected): void {
  const { bytes } = cursor;
  if (last < from || bytes[last] !== 0x2c) return;
  const end = tokenBefore(bytes, from, last);
  const quote = bytes[end] as number;
  if (quote !== 0x22 && quote !== 0x27 && quote !== 0x60) return;
  const start = bytes.lastIndexOf(quote, end - 1);
  const opening = tokenBefore(bytes, from, start);
  if (start < from || bytes[start + 1] !== 0x2e || bytes[opening] !== 0x28) return;
  if (!wordAt(bytes, from, tokenBefore(bytes, from, opening)).endsWith('URL')) return;
  cursor.at = start;
  const specifier = cursor.string();
  if (specifier !== undefined && cursor.at === end + 1) to.add(specifier, 'dynamic', false, []);
}

/** `jest.mock('x')` and its like: the test runner loads the module, or its stand-in. */
export function readMock(cursor: Cursor, to: Collected): void {
  if (!cursor.eat(0x2e) || !MOCKS.has(cursor.name() ?? '')) return;
  if (cursor.peek() === 0x3c) cursor.skipAngles();
  const specifier = cursor.eat(0x28) ? cursor.string() : undefined;
  if (specifier !== undefined) to.add(specifier, 'dynamic', false, []);
}

/** `/// <reference path="x" />` at `at`: the names that such a file declares are everybody's. */
export function readReference(bytes: Buffer, at: number, to: Collected): void {
  const end = bytes.indexOf(0x0a, at);
  const line = bytes.toString('utf8', at, Math.min(end < 0 ? at + 500 : end, at + 500));
  const [, kind, path] = /^\/\/\/\s*<reference\s[^>]*?\b(path|types)\s*=\s*["']([^"'\0]+)["']/.exec(line) ?? [];
  if (path === undefined) return;
  to.add(kind === 'types' || /^[./]/.test(path) ? path : `./${path}`, 'import', true, []);
}

const MOCKS = new Set([
  'mock',
  'unmock',
  'doMock',
  'doUnmock',
  'dontMock',
  'setMock',
  'requireActual',
  'requireMock',
  'importActual',
  'importMock',
  'createMockFromModule',
  'unstable_mockModule',
]);
/** What a promise offers, and no module. */
const THEN = new Set(['then', 'catch', 'finally']);

/** The property taken of a call's answer, the cursor behind its parentheses. */
function takenBehind(cursor: Cursor): string | undefined {
  const before = cursor.at;
  if (cursor.eat(0x3f) && cursor.bytes[cursor.at] !== 0x2e) cursor.at = before;
  if (!cursor.eat(0x2e)) {
    cursor.at = before;
    return undefined;
  }
  return cursor.name();
}

/** Whether the value ends here: no call, no property and no operator follows. Moves nothing that matters behind it. */
function endsCall(cursor: Cursor): boolean {
  const unit = cursor.peek();
  if (unit === 0x3b || unit === 0x2c || unit === 0x29 || unit === 0x7d || unit === 0) return true;
  if (cursor.lineEnded && beginsStatement(unit)) return true;
  const name = cursor.name();
  return name === 'as' || name === 'satisfies';
}
