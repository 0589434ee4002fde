import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { DamagedIndex } from './damaged-index.ts';

/** Bytes by position; the host's file. `read` gives fewer bytes than asked for at the end alone. */
export interface ByteSource {
  readonly size: number;
  read(at: number, length: number): Uint8Array;
}

/** One field of the outermost message: a document, the metadata, or whatever a later schema adds. */
export interface IndexField {
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** Bytes that are held at once; a longer field is held by itself. */
const WINDOW = 1 << 20;
/** No source file is described in more. */
const LONGEST_FIELD = 256 << 20;
/** A tag and a length take no more. */
const HEAD = 15;

/**
 * The fields of an index one after another, as the schema recommends to read it: an index may have hundreds of megabytes, and
 * one field of it is held at a time. `DamagedIndex` where the bytes are no fields.
 */
export function* splitIndex(source: ByteSource): Generator<IndexField> {
  refusePointer(source);
  let window: { readonly at: number; readonly bytes: Uint8Array } = { at: 0, bytes: new Uint8Array() };
  const bytesAt = (at: number, length: number): Uint8Array => {
    if (at < window.at || at + length > window.at + window.bytes.length) window = { at, bytes: source.read(at, Math.max(WINDOW, length)) };
    return window.bytes.subarray(at - window.at, at - window.at + length);
  };
  for (let at = 0; at < source.size; ) {
    const { number, length, headLength } = readHead(bytesAt(at, Math.min(HEAD, source.size - at)), at);
    const start = at + headLength;
    if (length > source.size - start)
      throw new DamagedIndex(`expected ${length} bytes from byte ${start} on, found ${source.size - start} (is the file cut off?)`);
    if (length > LONGEST_FIELD)
      throw new DamagedIndex(`expected at most ${LONGEST_FIELD} bytes a document, found ${length} at byte ${start}`);
    const bytes = bytesAt(start, length);
    if (bytes.length < length) throw new DamagedIndex(`expected ${length} bytes from byte ${start} on, found ${bytes.length}`);
    yield { number, bytes };
    at = start + length;
  }
}

/** How a file of Git LFS begins where only its pointer was fetched (git-lfs, docs/spec.md). */
const POINTER = 'version https://git-lfs.github.com/spec/';

/** `DamagedIndex` where the file is a pointer of Git LFS: its bytes are no index, and the reason is another than damage. */
export function refusePointer(source: ByteSource, remedy = '`git lfs pull` fetches what it stands for'): void {
  if (new TextDecoder().decode(source.read(0, POINTER.length)) === POINTER)
    throw new DamagedIndex(`expected a SCIP index, found a pointer of Git LFS: ${remedy}`);
}

function readHead(head: Uint8Array, at: number): { readonly number: number; readonly length: number; readonly headLength: number } {
  const reader = new BinaryReader(head);
  try {
    const [number, type] = reader.tag();
    // Every field of the outermost message is a message, and a later schema's will be.
    if (type === WireType.LengthDelimited) return { number, length: reader.uint32(), headLength: reader.pos };
  } catch {
    // What the reader says of bytes that are none of its own is of no use to a person.
  }
  throw new DamagedIndex(`expected a field of a SCIP index at byte ${at}, found other bytes`);
}
