import { fromBinary } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { DamagedIndex } from './damaged-index.ts';
import { type Metadata, MetadataSchema } from './generated/scip_pb.js';
import { type Occurrence, readOccurrence } from './read-occurrence.ts';
import { type ByteSource, splitIndex } from './split-index.ts';

/** Numbers of the fields of `Index` in the schema. */
const METADATA = 1;
const DOCUMENT = 2;
const EXTERNAL_SYMBOL = 3;
/** And of `Document`. */
const RELATIVE_PATH = 1;
const OCCURRENCE = 2;
const SYMBOL_INFORMATION = 3;
/** A tool's name and its arguments take no more. */
const LONGEST_METADATA = 1 << 20;
/** Bit of `SymbolRole`. */
const DEFINITION = 1;

/** What an index says of itself, and how much it holds. */
export interface IndexSummary {
  readonly tool: string;
  readonly toolVersion: string;
  /** URI of the folder that was indexed, on the machine that did it. */
  readonly projectRoot: string;
  readonly documents: number;
  readonly symbols: number;
  readonly externalSymbols: number;
  readonly occurrences: number;
}

/** Reads an index from end to end, every document of it. `DamagedIndex` where it is none, or a damaged one. */
export function inspectIndex(source: ByteSource): IndexSummary {
  let metadata: Metadata | undefined;
  const count = { documents: 0, symbols: 0, externalSymbols: 0, occurrences: 0 };
  for (const field of documentsAfterMetadata(source, (found) => (metadata = found))) {
    if (field.number === EXTERNAL_SYMBOL) count.externalSymbols += 1;
    if (field.number !== DOCUMENT) continue;
    let path = '';
    count.documents += 1;
    for (const part of partsOf(field.bytes)) {
      if (part.number === RELATIVE_PATH) path = textOf(part.bytes);
      else if (part.number === SYMBOL_INFORMATION) count.symbols += 1;
      else if (part.number === OCCURRENCE) {
        checkOccurrence(readOccurrence(part.bytes), path);
        count.occurrences += 1;
      }
    }
    checkPath(path);
  }
  return {
    tool: metadata?.toolInfo?.name ?? '',
    toolVersion: metadata?.toolInfo?.version ?? '',
    projectRoot: metadata?.projectRoot ?? '',
    ...count,
  };
}

/** A document in which something is used, as far as it was asked for. */
export interface UsingDocument {
  readonly path: string;
  /** The occurrences in whose bytes the needle stands. */
  readonly occurrences: readonly Occurrence[];
  /** How many symbols it declares that others can name, counted now and one at a time: a document may hold millions. */
  definitions(): number;
}

/**
 * The documents in which an occurrence holds `needle`, with those occurrences. Most of an index is never decoded: that takes
 * many times as long as looking for bytes. `DamagedIndex` as above.
 */
export function* documentsWith(source: ByteSource, needle: string): Generator<UsingDocument> {
  const wanted = Buffer.from(needle, 'utf8');
  for (const field of documentsAfterMetadata(source, () => {})) {
    if (field.number !== DOCUMENT) continue;
    const { bytes } = field;
    const places = placesOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), wanted);
    if (places.length === 0) continue;
    const using = readUsing(bytes, places);
    if (using !== undefined) yield using;
  }
}

function placesOf(bytes: Buffer, wanted: Buffer): readonly number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) places.push(at);
  return places;
}

function readUsing(bytes: Uint8Array, places: readonly number[]): UsingDocument | undefined {
  const occurrences: Occurrence[] = [];
  const names = new Map<string, string>();
  let path = '';
  let next = 0;
  for (const part of partsOf(bytes)) {
    if (part.number === RELATIVE_PATH) path = textOf(part.bytes);
    while (next < places.length && (places[next] ?? 0) < part.start) next += 1;
    if (part.number !== OCCURRENCE || (places[next] ?? Number.POSITIVE_INFINITY) >= part.start + part.bytes.length) continue;
    const { symbol, ...rest } = readOccurrence(part.bytes);
    // A name is held once, however often it is used.
    const name = names.get(symbol) ?? symbol;
    names.set(name, name);
    occurrences.push({ ...rest, symbol: name });
  }
  if (occurrences.length === 0) return undefined;
  checkPath(path);
  for (const occurrence of occurrences) checkOccurrence(occurrence, path);
  return { path, occurrences, definitions: () => definitionsIn(bytes, path) };
}

function definitionsIn(bytes: Uint8Array, path: string): number {
  let count = 0;
  for (const part of partsOf(bytes)) {
    if (part.number !== OCCURRENCE) continue;
    const occurrence = readOccurrence(part.bytes);
    checkOccurrence(occurrence, path);
    if ((occurrence.symbolRoles & DEFINITION) !== 0 && !occurrence.symbol.startsWith('local ')) count += 1;
  }
  return count;
}

/** The strings and messages of a document one after another, as those of the index stand, and where in it each begins. */
function* partsOf(document: Uint8Array): Generator<{ readonly number: number; readonly start: number; readonly bytes: Uint8Array }> {
  const reader = new BinaryReader(document);
  try {
    while (reader.pos < reader.len) {
      const [number, type] = reader.tag();
      if (type !== WireType.LengthDelimited) reader.skip(type, number);
      else {
        const bytes = reader.bytes();
        yield { number, start: reader.pos - bytes.length, bytes };
      }
    }
  } catch (error) {
    throw error instanceof DamagedIndex ? error : new DamagedIndex('expected a document of a SCIP index, found other bytes');
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}

/** The schema demands the metadata at the start, once: this is what tells an index from another message. */
function* documentsAfterMetadata(source: ByteSource, found: (metadata: Metadata) => void): ReturnType<typeof splitIndex> {
  if (source.size === 0) throw new DamagedIndex('expected a SCIP index, found an empty file');
  let isFirst = true;
  for (const field of splitIndex(source)) {
    if (isFirst !== (field.number === METADATA))
      throw new DamagedIndex(
        `expected the metadata of a SCIP index at its start, once, found field ${field.number}${isFirst ? ' there' : ' again'}`,
      );
    if (isFirst) found(readMetadata(field.bytes));
    isFirst = false;
    yield field;
  }
}

function readMetadata(bytes: Uint8Array): Metadata {
  if (bytes.length > LONGEST_METADATA)
    throw new DamagedIndex(`expected at most ${LONGEST_METADATA} bytes of metadata of a SCIP index, found ${bytes.length}`);
  const metadata = decodeMetadata(bytes);
  if ((metadata.toolInfo?.name ?? '') === '')
    throw new DamagedIndex('expected metadata that names the tool which wrote a SCIP index, found none');
  return metadata;
}

function decodeMetadata(bytes: Uint8Array): Metadata {
  try {
    return fromBinary(MetadataSchema, bytes, { readUnknownFields: false });
  } catch {
    throw new DamagedIndex('expected the metadata of a SCIP index, found other bytes');
  }
}

function checkPath(path: string): void {
  if (path === '') throw new DamagedIndex('expected a document with a path, found one without');
}

function checkOccurrence({ range }: Occurrence, path: string): void {
  if (range.length === 3 || range.length === 4) return;
  throw new DamagedIndex(`expected ranges of 3 or 4 numbers in ${path === '' ? 'a document' : path}, found one of ${range.length}`);
}
