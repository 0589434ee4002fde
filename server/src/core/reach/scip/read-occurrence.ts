import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { DamagedIndex } from './damaged-index.ts';

/** What is asked of an occurrence. Its other fields are stepped over: empty ones take two bytes each and much more when decoded. */
export interface Occurrence {
  /** Three or four numbers where it is whole: line, character, (line,) character; 0-based. */
  readonly range: readonly number[];
  readonly symbol: string;
  /** Bits of `SymbolRole` in the schema. */
  readonly symbolRoles: number;
}

/** Numbers of the fields of `Occurrence` in the schema. */
const RANGE = 1;
const SYMBOL = 2;
const SYMBOL_ROLES = 3;
/** One more than a range has. */
const MOST_NUMBERS = 5;

/** Decodes an occurrence, its head taken off. `DamagedIndex` where the bytes are none. */
export function readOccurrence(bytes: Uint8Array): Occurrence {
  const range: number[] = [];
  let symbol = '';
  let symbolRoles = 0;
  const reader = new BinaryReader(bytes);
  try {
    while (reader.pos < reader.len) {
      const [number, type] = reader.tag();
      if (number === RANGE && type === WireType.LengthDelimited) {
        const packed = new BinaryReader(reader.bytes());
        while (packed.pos < packed.len && range.length < MOST_NUMBERS) range.push(packed.int32());
      } else if (number === RANGE && type === WireType.Varint) {
        const value = reader.int32();
        if (range.length < MOST_NUMBERS) range.push(value);
      } else if (number === SYMBOL && type === WireType.LengthDelimited) symbol = reader.string();
      else if (number === SYMBOL_ROLES && type === WireType.Varint) symbolRoles = reader.int32();
      else reader.skip(type, number);
    }
  } catch {
    throw new DamagedIndex('expected an occurrence of a SCIP index, found other bytes');
  }
  return { range, symbol, symbolRoles };
}
