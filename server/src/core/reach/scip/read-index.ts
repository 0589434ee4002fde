import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { DamagedIndex } from './damaged-index.ts';
import { type Document, DocumentSchema, type Metadata, MetadataSchema, type Occurrence, OccurrenceSchema } from './generated/scip_pb.js';
import { type ByteSource, splitIndex } from './split-index.ts';

/** Numbers of the fields of `Index` in the schema. */
const METADATA = 1;
const DOCUMENT = 2;
const EXTERNAL_SYMBOL = 3;
/** And of `Document`. */
const RELATIVE_PATH = 1;
const OCCURRENCE = 2;

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
    const document = readDocument(field.bytes);
    count.documents += 1;
    count.symbols += document.symbols.length;
    count.occurrences += document.occurrences.length;
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
  /** All of it, decoded now. */
  whole(): Document;
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

/** Goes over a document's fields, which stand one after another as those of the index do, and decodes what holds a place. */
function readUsing(bytes: Uint8Array, places: readonly number[]): UsingDocument | undefined {
  const occurrences: Occurrence[] = [];
  let path = '';
  let next = 0;
  const reader = new BinaryReader(bytes);
  try {
    while (reader.pos < reader.len) {
      const [number, type] = reader.tag();
      const start = reader.pos;
      if (number === RELATIVE_PATH && type === WireType.LengthDelimited) path = reader.string();
      else reader.skip(type, number);
      while (next < places.length && (places[next] ?? 0) < start) next += 1;
      if (number !== OCCURRENCE || type !== WireType.LengthDelimited || (places[next] ?? Number.POSITIVE_INFINITY) >= reader.pos) continue;
      const field = new BinaryReader(bytes.subarray(start, reader.pos));
      occurrences.push(decode(OccurrenceSchema, field.bytes(), 'an occurrence'));
    }
  } catch (error) {
    throw error instanceof DamagedIndex ? error : new DamagedIndex('expected a document of a SCIP index, found other bytes');
  }
  if (occurrences.length === 0) return undefined;
  checkDocument(path, occurrences);
  return { path, occurrences, whole: () => readDocument(bytes) };
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
  const metadata = decode(MetadataSchema, bytes, 'the metadata');
  if ((metadata.toolInfo?.name ?? '') === '')
    throw new DamagedIndex('expected metadata that names the tool which wrote a SCIP index, found none');
  return metadata;
}

function readDocument(bytes: Uint8Array): Document {
  const document = decode(DocumentSchema, bytes, 'a document');
  checkDocument(document.relativePath, document.occurrences);
  return document;
}

function checkDocument(path: string, occurrences: readonly Occurrence[]): void {
  if (path === '') throw new DamagedIndex('expected a document with a path, found one without');
  const odd = occurrences.find(({ range }) => range.length !== 3 && range.length !== 4);
  if (odd !== undefined) throw new DamagedIndex(`expected ranges of 3 or 4 numbers in ${path}, found one of ${odd.range.length}`);
}

function decode<T extends DescMessage>(schema: T, bytes: Uint8Array, what: string): MessageShape<T> {
  try {
    return fromBinary(schema, bytes, { readUnknownFields: false });
  } catch {
    throw new DamagedIndex(`expected ${what} of a SCIP index, found other bytes`);
  }
}
