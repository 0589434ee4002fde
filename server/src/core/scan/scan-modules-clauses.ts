import type { ImportedName } from '../model/file-scan.ts';
import type { Cursor } from './scan-modules-cursor.ts';

/** What stands between `import` and its string, or between the braces of an export. */
export interface Clause {
  readonly typeOnly: boolean;
  readonly names: readonly ImportedName[];
}

/** Reads `a, { b as c }` or `* as d` and the `from` behind it. Undefined where it is none of these. */
export function readClause(cursor: Cursor): (Clause & { readonly equals: string | undefined }) | undefined {
  const names: ImportedName[] = [];
  let typeOnly = false;
  let first = cursor.name();
  if (first === 'type' || first === 'defer' || first === 'source') {
    // `import type x from`, but also `import type from` and `import type, { a } from`.
    const before = cursor.at;
    const unit = cursor.peek();
    if (unit === 0x7b || unit === 0x2a) {
      typeOnly = first === 'type';
      first = undefined;
    } else {
      const second = cursor.name();
      if (second !== undefined && !(second === 'from' && isQuote(cursor.peek()))) {
        typeOnly = first === 'type';
        first = second;
      } else cursor.at = before;
    }
  }
  if (first !== undefined) {
    const unit = cursor.peek();
    if (unit === 0x3d) {
      cursor.at += 1;
      return { typeOnly, names, equals: first };
    }
    names.push({ imported: 'default', local: first });
    if (unit !== 0x2c) return cursor.eatWord('from') ? { typeOnly, names, equals: undefined } : undefined;
    cursor.at += 1;
  }
  if (cursor.eat(0x2a)) {
    const local = cursor.eatWord('as') ? cursor.name() : undefined;
    if (local === undefined) return undefined;
    names.push({ imported: '*', local });
  } else {
    const listed = cursor.eat(0x7b) ? readNames(cursor) : undefined;
    if (listed === undefined) return undefined;
    typeOnly ||= listed.typeOnly && names.length === 0;
    names.push(...listed.names);
  }
  return cursor.eatWord('from') ? { typeOnly, names, equals: undefined } : undefined;
}

/** Reads `a, b as c, type d }` behind its brace; `typeOnly` where each name is one. Undefined where it is no such list. */
export function readNames(cursor: Cursor): Clause | undefined {
  const names: ImportedName[] = [];
  let typeOnly = true;
  for (;;) {
    if (cursor.eat(0x7d)) return { typeOnly: typeOnly && names.length > 0, names };
    let imported = cursor.name() ?? cursor.string();
    if (imported === undefined) return undefined;
    let local: string | undefined;
    let type = false;
    if (imported === 'type' && !endsName(cursor.peek())) {
      const second = cursor.name() ?? cursor.string();
      if (second === 'as') {
        if (endsName(cursor.peek())) {
          // `{ type as }`: a type of the name `as`.
          type = true;
          imported = second;
        } else {
          const third = cursor.name() ?? cursor.string();
          if (third === 'as' && !endsName(cursor.peek())) {
            // `{ type as as b }`
            type = true;
            imported = second;
            local = cursor.name() ?? cursor.string();
          } else local = third;
        }
      } else if (second !== undefined) {
        type = true;
        imported = second;
      }
    }
    if (local === undefined && cursor.eatWord('as')) local = cursor.name() ?? cursor.string();
    names.push({ imported, local: local ?? imported });
    typeOnly &&= type;
    if (!cursor.eat(0x2c) && cursor.peek() !== 0x7d) return undefined;
  }
}

function endsName(unit: number): boolean {
  return unit === 0x2c || unit === 0x7d;
}

export function isQuote(unit: number): boolean {
  return unit === 0x22 || unit === 0x27;
}
