import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf';
import { DamagedIndex } from './damaged-index.ts';
import { type Document, DocumentSchema, type Metadata, MetadataSchema } from './generated/scip_pb.js';
import { type ByteSource, splitIndex } from './split-index.ts';

/** Numbers of the fields of `Index` in the schema. */
const METADATA = 1;
const DOCUMENT = 2;
const EXTERNAL_SYMBOL = 3;

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

/** The documents in whose bytes `needle` stands, each decoded. `DamagedIndex` as above. */
export function* documentsWith(source: ByteSource, needle: string): Generator<Document> {
  const bytes = Buffer.from(needle, 'utf8');
  for (const field of documentsAfterMetadata(source, () => {})) {
    if (field.number !== DOCUMENT) continue;
    const view = Buffer.from(field.bytes.buffer, field.bytes.byteOffset, field.bytes.length);
    if (view.includes(bytes)) yield readDocument(field.bytes);
  }
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
  if (document.relativePath === '') throw new DamagedIndex('expected a document with a path, found one without');
  const odd = document.occurrences.find(({ range }) => range.length !== 3 && range.length !== 4);
  if (odd !== undefined)
    throw new DamagedIndex(`expected ranges of 3 or 4 numbers in ${document.relativePath}, found one of ${odd.range.length}`);
  return document;
}

function decode<T extends DescMessage>(schema: T, bytes: Uint8Array, what: string): MessageShape<T> {
  try {
    return fromBinary(schema, bytes, { readUnknownFields: false });
  } catch {
    throw new DamagedIndex(`expected ${what} of a SCIP index, found other bytes`);
  }
}
