import type { ExportRecord, ImportedName, ImportRecord, ModuleRecord } from '../model/file-scan.ts';
import { endsExpression, spaceBeyond, tokenBefore } from './lexer-tokens.ts';
import { around, dottedAt, targetBefore, wordAt } from './scan-modules-bindings.ts';
import { isQuote, readClause, readNames } from './scan-modules-clauses.ts';
import { Cursor } from './scan-modules-cursor.ts';
import { beginsStatement, type Offer, readDeclaration, readDeclarator, readProperty, readValue } from './scan-modules-exports.ts';
import * as word from './scan-modules-words.ts';

/** Collects the module record of one file, from the words that the lexer points at. It reads ahead and never moves the lexer. */
export class ModuleReader {
  readonly #bytes: Buffer;
  readonly #from: number;
  readonly #cursor: Cursor;
  readonly #imports: ImportRecord[] = [];
  #exports: Map<string, ExportRecord> | undefined;
  /**
   * How many brackets are open where the next comma may be followed by another exported name: inside `export const a = 1, b = 2`
   * and `module.exports = { a, b }`. -1 where no comma means anything.
   */
  pending = -1;
  #read: 'declarator' | 'property' = 'declarator';
  #angles = 0;
  /** Where the first of those names has been read. */
  #awaitedFrom = 0;
  /** The name offered last, where it was not offered before. */
  #newest: string | undefined;

  constructor(bytes: Buffer, from: number) {
    this.#bytes = bytes;
    this.#from = from;
    this.#cursor = new Cursor(bytes);
  }

  taken(): ModuleRecord {
    return { imports: this.#imports, exports: this.#exports === undefined ? [] : [...this.#exports.values()] };
  }

  /** A word of `scan-modules-words.ts` at `start`; `last` is the end of the token before, and `depth` counts open brackets. */
  word(hash: number, start: number, end: number, last: number, depth: number, closedFrom: number): void {
    const bytes = this.#bytes;
    const cursor = this.#cursor;
    if (isPart(bytes, start - 1) || isPart(bytes, end)) return;
    const dot = last >= this.#from && bytes[last] === 0x2e && bytes[last - 1] !== 0x2e;
    cursor.at = end;
    if (dot && hash !== word.DEFINE_PROPERTY) return;
    switch (hash) {
      case word.IMPORT:
        this.#import(last, depth, closedFrom);
        return;
      case word.REQUIRE:
        this.#require(last, closedFrom);
        return;
      case word.EXPORT:
        if (depth === 0) this.#export();
        return;
      case word.MODULE:
        if (cursor.peek() !== 0x2e) {
          this.#ambient(last);
          return;
        }
        cursor.at += 1;
        if (cursor.eatWord('exports')) this.#assigned(depth, true);
        return;
      case word.EXPORTS:
        this.#assigned(depth, false);
        return;
      case word.DEFINE_PROPERTY:
        this.#defined();
        return;
      default:
        this.#mocked();
    }
  }

  #add(specifier: string, kind: ImportRecord['kind'], typeOnly: boolean, names: readonly ImportedName[]): void {
    this.#imports.push({ specifier, kind, typeOnly, names });
  }

  #offer(exported: string, local: string | undefined): void {
    this.#newest = this.#exports?.has(exported) ? undefined : exported;
    this.#exports ??= new Map();
    if (this.#exports.get(exported)?.local === undefined) this.#exports.set(exported, { exported, local });
  }

  /** Takes back a name that turned out to be another module's. */
  #withdraw(exported: string): void {
    if (this.#newest === exported) this.#exports?.delete(exported);
  }

  #import(last: number, depth: number, closedFrom: number): void {
    const cursor = this.#cursor;
    const unit = cursor.peek();
    if (unit === 0x28) {
      cursor.at += 1;
      const specifier = cursor.string();
      if (specifier !== undefined) this.#called(specifier, last, closedFrom, true);
      return;
    }
    if (unit === 0x2e) {
      this.#meta(last);
      return;
    }
    if (isQuote(unit)) {
      const specifier = cursor.string();
      if (specifier !== undefined) this.#add(specifier, 'import', false, []);
      return;
    }
    const clause = readClause(cursor);
    if (clause === undefined) return;
    if (clause.equals !== undefined) {
      const required = cursor.eatWord('require') && cursor.eat(0x28) ? cursor.string() : undefined;
      if (required !== undefined) this.#add(required, 'import', clause.typeOnly, [{ imported: '*', local: clause.equals }]);
      if (depth === 0 && wordAt(this.#bytes, this.#from, last) === 'export') this.#offer(clause.equals, clause.equals);
      return;
    }
    const specifier = cursor.string();
    if (specifier !== undefined) this.#add(specifier, 'import', clause.typeOnly, clause.names);
  }

  /** `new URL('./worker.ts', import.meta.url)`: how a worker or an asset of the same package is named. */
  #meta(last: number): void {
    const bytes = this.#bytes;
    if (last < this.#from || bytes[last] !== 0x2c) return;
    const end = tokenBefore(bytes, this.#from, last);
    const quote = bytes[end] as number;
    if (quote !== 0x22 && quote !== 0x27 && quote !== 0x60) return;
    const start = bytes.lastIndexOf(quote, end - 1);
    const opening = tokenBefore(bytes, this.#from, start);
    if (start < this.#from || bytes[start + 1] !== 0x2e || bytes[opening] !== 0x28) return;
    if (!wordAt(bytes, this.#from, tokenBefore(bytes, this.#from, opening)).endsWith('URL')) return;
    this.#cursor.at = start;
    const specifier = this.#cursor.string();
    if (specifier !== undefined && this.#cursor.at === end + 1) this.#add(specifier, 'dynamic', false, []);
  }

  #require(last: number, closedFrom: number): void {
    const cursor = this.#cursor;
    if (cursor.peek() === 0x2e) {
      cursor.at += 1;
      if (!cursor.eatWord('resolve') || !cursor.eat(0x28)) return;
      const resolved = cursor.string();
      if (resolved !== undefined) this.#add(resolved, 'dynamic', false, []);
      return;
    }
    const specifier = cursor.eat(0x28) ? cursor.string() : undefined;
    if (specifier !== undefined) this.#called(specifier, last, closedFrom, false);
  }

  /** A call with a known specifier, the cursor behind its string: what is taken of the answer, and where it goes. */
  #called(specifier: string, last: number, closedFrom: number, dynamic: boolean): void {
    const cursor = this.#cursor;
    const { before, parentheses, awaited, wrapped } = around(this.#bytes, this.#from, last);
    const options = cursor.peek() === 0x2c;
    // Of `require('a' + b)` nothing is known.
    if (!options && cursor.peek() !== 0x29) return;
    let whole = cursor.closes(options);
    const reExported = this.#passesOn(before);
    let named = whole ? takenBehind(cursor) : undefined;
    for (let left = parentheses; left > 0 && whole; left -= 1) whole = cursor.closes(wrapped);
    if (whole) named ??= takenBehind(cursor);
    const taken = dynamic && THEN.has(named ?? '') ? undefined : named;
    const ends = whole && endsCall(cursor);
    const aimed = !dynamic || awaited ? targetBefore(cursor, this.#from, before, closedFrom) : undefined;
    if (aimed?.to === 'import') return;
    const target = ends ? aimed : undefined;
    if (target?.to === 'names' && (taken === undefined || target.names[0]?.imported === '*')) {
      const names = taken === undefined ? target.names : target.names.map(({ local }) => ({ imported: taken, local }));
      this.#add(specifier, 'import', false, names);
    } else if (target?.to === 'exports') {
      this.#withdraw(target.name ?? '=');
      this.#add(specifier, 'reexport', false, [{ imported: taken ?? '*', local: target.name ?? (taken === undefined ? '*' : '=') }]);
    } else if (reExported) this.#add(specifier, 'reexport', false, [{ imported: '*', local: '*' }]);
    else this.#add(specifier, 'dynamic', false, taken === undefined ? [] : [{ imported: taken, local: '' }]);
  }

  /** `__exportStar(require('x'), exports)`, as compilers write `export * from 'x'`. */
  #passesOn(before: number): boolean {
    if (before < this.#from || this.#bytes[before] !== 0x28) return false;
    return /(?:^|\.)_{1,2}export(?:Star|_star)?$/.test(dottedAt(this.#bytes, this.#from, before - 1));
  }

  #export(): void {
    const cursor = this.#cursor;
    const offer: Offer = (exported, local) => this.#offer(exported, local);
    while (cursor.eat(0x40)) skipDecorator(cursor);
    let unit = cursor.peek();
    if (unit === 0x3d) {
      cursor.at += 1;
      this.#offer('=', readValue(cursor));
      return;
    }
    const start = cursor.at;
    let typeOnly = false;
    if (unit !== 0x7b && unit !== 0x2a) {
      const first = cursor.name();
      if (first === 'default') {
        while (cursor.eat(0x40)) skipDecorator(cursor);
        this.#offer('default', readValue(cursor));
        return;
      }
      // `export import a = b` is read at its `import`; `export as namespace A` offers nothing to importers.
      if (first === 'import' || first === 'as') return;
      unit = cursor.peek();
      typeOnly = first === 'type' && (unit === 0x7b || unit === 0x2a);
      if (!typeOnly) {
        cursor.at = start;
        if (readDeclaration(cursor, offer)) this.#await('declarator', 0);
        return;
      }
    }
    cursor.at += 1;
    if (unit === 0x2a) {
      const local = cursor.eatWord('as') ? (cursor.name() ?? cursor.string()) : '*';
      const specifier = cursor.eatWord('from') ? cursor.string() : undefined;
      if (specifier !== undefined && local !== undefined) this.#add(specifier, 'reexport', typeOnly, [{ imported: '*', local }]);
      return;
    }
    const listed = readNames(cursor);
    if (listed === undefined) return;
    if (!cursor.eatWord('from')) for (const { imported, local } of listed.names) this.#offer(local, imported);
    else {
      const specifier = cursor.string();
      if (specifier !== undefined) this.#add(specifier, 'reexport', typeOnly || listed.typeOnly, listed.names);
    }
  }

  /** `declare module './x' { … }`: adds to what another module offers, or says what a package would. */
  #ambient(last: number): void {
    if (wordAt(this.#bytes, this.#from, last) !== 'declare') return;
    const specifier = this.#cursor.string();
    if (specifier !== undefined) this.#add(specifier, 'dynamic', true, []);
  }

  /** Behind `exports` or `module.exports`. */
  #assigned(depth: number, whole: boolean): void {
    const cursor = this.#cursor;
    const unit = cursor.peek();
    if (unit === 0x2e || unit === 0x5b) {
      cursor.at += 1;
      const name = unit === 0x2e ? cursor.name() : cursor.string();
      if (name === undefined || (unit === 0x5b && !cursor.eat(0x5d))) return;
      if (cursor.eatAssignment() && name !== '__esModule') this.#offer(name, readValue(cursor));
    } else if (whole && cursor.eatAssignment()) {
      const before = cursor.at;
      if (!cursor.eatWord('exports') || !cursor.eatAssignment()) cursor.at = before;
      if (cursor.peek() === 0x7b) this.#await('property', depth + 1);
      else this.#offer('=', readValue(cursor));
    }
  }

  /** `Object.defineProperty(exports, 'a', …)` */
  #defined(): void {
    const cursor = this.#cursor;
    if (!cursor.eat(0x28)) return;
    const object = cursor.name();
    if (object !== 'exports' && !(object === 'module' && cursor.eat(0x2e) && cursor.eatWord('exports'))) return;
    const name = cursor.eat(0x2c) ? cursor.string() : undefined;
    if (name !== undefined && name !== '__esModule') this.#offer(name, undefined);
  }

  /** `jest.mock('x')` and its like: the test runner loads the module, or its stand-in. */
  #mocked(): void {
    const cursor = this.#cursor;
    if (!cursor.eat(0x2e) || !MOCKS.has(cursor.name() ?? '')) return;
    if (cursor.peek() === 0x3c) cursor.skipAngles();
    const specifier = cursor.eat(0x28) ? cursor.string() : undefined;
    if (specifier !== undefined) this.#add(specifier, 'dynamic', false, []);
  }

  /** `/// <reference path="x" />` at `at`: the names that such a file declares are everybody's. */
  reference(at: number): void {
    const end = this.#bytes.indexOf(0x0a, at);
    const line = this.#bytes.toString('utf8', at, Math.min(end < 0 ? at + 500 : end, at + 500));
    const [, kind, path] = /^\/\/\/\s*<reference\s[^>]*?\b(path|types)\s*=\s*["']([^"'\0]+)["']/.exec(line) ?? [];
    if (path === undefined) return;
    this.#add(kind === 'types' || /^[./]/.test(path) ? path : `./${path}`, 'import', true, []);
  }

  #await(what: 'declarator' | 'property', depth: number): void {
    if (this.pending >= 0) return;
    this.pending = depth;
    this.#read = what;
    this.#angles = 0;
    this.#awaitedFrom = this.#cursor.at;
  }

  end(): void {
    this.pending = -1;
  }

  /** At the comma or brace at which `pending` waited; `at` is behind it. */
  next(at: number): void {
    if (this.#angles > 0) return;
    this.#cursor.at = at;
    const offer: Offer = (exported, local) => this.#offer(exported, local);
    if (this.#read === 'property') readProperty(this.#cursor, offer);
    else readDeclarator(this.#cursor, offer, false);
  }

  /** A word at `start` begins a new statement where a value ended in the line before. */
  maybeEnd(start: number, last: number): void {
    if (this.#read !== 'declarator' || start < this.#awaitedFrom) return;
    const bytes = this.#bytes;
    let at = last + 1;
    while (at < start && bytes[at] !== 0x0a) at += 1;
    if (at === start || !endsExpression(bytes, this.#from, last, start, -1)) return;
    this.#cursor.at = start;
    if (!JOINING.has(this.#cursor.name() ?? '')) this.end();
  }

  /** `<` where variables are declared: of types where it follows an operator, or stands close behind a name. */
  openAngle(at: number, behindValue: boolean): void {
    const next = this.#bytes[at + 1] as number;
    if (next !== 0x3d && (!behindValue || (this.#bytes[at - 1] as number) > 0x20)) this.#angles += 1;
  }

  closeAngle(at: number): void {
    if (this.#angles > 0 && this.#bytes[at - 1] !== 0x3d) this.#angles -= 1;
  }
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
/** Words that go on with the expression of the line before. */
const JOINING = new Set(['in', 'instanceof', 'of', 'as', 'satisfies', 'extends', 'is']);

/** Whether a name goes on at `at`, in a way that is no run of `words.ts`. */
function isPart(bytes: Buffer, at: number): boolean {
  const unit = bytes[at];
  if (unit === 0x5c || unit === 0x23) return true;
  return (
    unit !== undefined &&
    unit >= 0x80 &&
    spaceBeyond(bytes, at) === 0 &&
    spaceBeyond(bytes, at - 1) === 0 &&
    spaceBeyond(bytes, at - 2) === 0
  );
}

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

function skipDecorator(cursor: Cursor): void {
  while (cursor.name() !== undefined && cursor.eat(0x2e));
  if (cursor.eat(0x28)) {
    while (cursor.peek() !== 0 && cursor.peek() !== 0x29) {
      cursor.skipValue();
      cursor.eat(0x2c);
    }
    cursor.eat(0x29);
  }
}
