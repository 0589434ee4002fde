import type { ModuleRecord } from '../model/file-scan.ts';
import { endsExpression, spaceBeyond } from './lexer-tokens.ts';
import { wordAt } from './scan-modules-bindings.ts';
import { readCall, readImportMeta, readMock, readReference, readRequire } from './scan-modules-calls.ts';
import { isQuote, readClause, readNames } from './scan-modules-clauses.ts';
import { Collected } from './scan-modules-collected.ts';
import { Cursor } from './scan-modules-cursor.ts';
import { type Offer, readDeclaration, readDeclarator, readProperty, readValue } from './scan-modules-exports.ts';
import * as word from './scan-modules-words.ts';

/** Collects the module record of one file, from the words that the lexer points at. It reads ahead and never moves the lexer. */
export class ModuleReader {
  readonly #bytes: Buffer;
  readonly #from: number;
  readonly #cursor: Cursor;
  readonly #to = new Collected();
  /**
   * How many brackets are open where the next comma may be followed by another exported name: inside `export const a = 1, b = 2`
   * and `module.exports = { a, b }`. -1 where no comma means anything.
   */
  pending = -1;
  #read: 'declarator' | 'property' = 'declarator';
  #angles = 0;
  /** Where the first of those names has been read. */
  #awaitedFrom = 0;

  constructor(bytes: Buffer, from: number) {
    this.#bytes = bytes;
    this.#from = from;
    this.#cursor = new Cursor(bytes);
  }

  /** Whether the text asks for more looking ahead than is worth it, so that imports may be missing. */
  get isExhausted(): boolean {
    return this.#cursor.isExhausted;
  }

  taken(): ModuleRecord {
    return this.#to.taken();
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
        readRequire(cursor, this.#from, { last, closedFrom, inExports: this.#inExports(depth) }, this.#to);
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
        readMock(cursor, this.#to);
    }
  }

  #inExports(depth: number): number {
    return this.pending >= 0 && this.#read === 'property' ? depth - this.pending : -1;
  }

  #import(last: number, depth: number, closedFrom: number): void {
    const cursor = this.#cursor;
    const unit = cursor.peek();
    if (unit === 0x28) {
      cursor.at += 1;
      const specifier = cursor.string();
      const inExports = this.#inExports(depth);
      if (specifier !== undefined) readCall(cursor, this.#from, { specifier, last, closedFrom, dynamic: true, inExports }, this.#to);
      return;
    }
    if (unit === 0x2e) {
      readImportMeta(cursor, this.#from, last, this.#to);
      return;
    }
    if (isQuote(unit)) {
      const specifier = cursor.string();
      if (specifier !== undefined) this.#to.add(specifier, 'import', false, []);
      return;
    }
    const clause = readClause(cursor);
    if (clause === undefined) return;
    if (clause.equals !== undefined) {
      const required = cursor.eatWord('require') && cursor.eat(0x28) ? cursor.string() : undefined;
      if (required !== undefined) this.#to.add(required, 'import', clause.typeOnly, [{ imported: '*', local: clause.equals }]);
      if (depth === 0 && wordAt(this.#bytes, this.#from, last) === 'export') this.#to.offer(clause.equals, clause.equals);
      return;
    }
    const specifier = cursor.string();
    if (specifier !== undefined) this.#to.add(specifier, 'import', clause.typeOnly, clause.names);
  }

  #export(): void {
    const cursor = this.#cursor;
    const offer: Offer = (exported, local) => this.#to.offer(exported, local);
    while (cursor.eat(0x40)) skipDecorator(cursor);
    let unit = cursor.peek();
    if (unit === 0x3d) {
      cursor.at += 1;
      this.#to.offer('=', readValue(cursor));
      return;
    }
    const start = cursor.at;
    let typeOnly = false;
    if (unit !== 0x7b && unit !== 0x2a) {
      const first = cursor.name();
      if (first === 'default') {
        while (cursor.eat(0x40)) skipDecorator(cursor);
        this.#to.offer('default', readValue(cursor));
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
      if (specifier !== undefined && local !== undefined) this.#to.add(specifier, 'reexport', typeOnly, [{ imported: '*', local }]);
      return;
    }
    const listed = readNames(cursor);
    if (listed === undefined) return;
    if (!cursor.eatWord('from')) for (const { imported, local } of listed.names) this.#to.offer(local, imported);
    else {
      const specifier = cursor.string();
      if (specifier !== undefined) this.#to.add(specifier, 'reexport', typeOnly || listed.typeOnly, listed.names);
    }
  }

  /** `declare module './x' { … }`: adds to what another module offers, or says what a package would. */
  #ambient(last: number): void {
    if (wordAt(this.#bytes, this.#from, last) !== 'declare') return;
    const specifier = this.#cursor.string();
    if (specifier !== undefined) this.#to.add(specifier, 'dynamic', true, []);
  }

  /** Behind `exports` or `module.exports`. */
  #assigned(depth: number, whole: boolean): void {
    const cursor = this.#cursor;
    const unit = cursor.peek();
    if (unit === 0x2e || unit === 0x5b) {
      cursor.at += 1;
      const name = unit === 0x2e ? cursor.name() : cursor.string();
      if (name === undefined || (unit === 0x5b && !cursor.eat(0x5d))) return;
      if (cursor.eatAssignment() && name !== '__esModule') this.#to.offer(name, readValue(cursor));
    } else if (whole && cursor.eatAssignment()) {
      const before = cursor.at;
      if (!cursor.eatWord('exports') || !cursor.eatAssignment()) cursor.at = before;
      if (cursor.peek() === 0x7b) this.#await('property', depth + 1);
      else this.#to.offer('=', readValue(cursor));
    }
  }

  /** `Object.defineProperty(exports, 'a', …)` */
  #defined(): void {
    const cursor = this.#cursor;
    if (!cursor.eat(0x28)) return;
    const object = cursor.name();
    if (object !== 'exports' && !(object === 'module' && cursor.eat(0x2e) && cursor.eatWord('exports'))) return;
    const name = cursor.eat(0x2c) ? cursor.string() : undefined;
    if (name !== undefined && name !== '__esModule') this.#to.offer(name, undefined);
  }

  /** `/// …` at `at`, before any code. */
  reference(at: number): void {
    readReference(this.#bytes, at, this.#to);
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
    const offer: Offer = (exported, local) => this.#to.offer(exported, local);
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

function skipDecorator(cursor: Cursor): void {
  while (cursor.name() !== undefined && cursor.eat(0x2e));
  if (cursor.eat(0x28)) {
    while (cursor.peek() !== 0 && cursor.peek() !== 0x29) {
      const before = cursor.at;
      cursor.skipValue();
      // A bracket that nothing opened ends a value, and is none.
      if (!cursor.eat(0x2c) && cursor.at === before) return;
    }
    cursor.eat(0x29);
  }
}
