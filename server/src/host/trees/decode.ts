import { isAscii, isUtf8 } from 'node:buffer';
import type { FileContent } from '../../core/model/tree.ts';

/** A NUL among the first bytes makes a file binary: git's own rule and its own number (`buffer_is_binary`). */
const BINARY_PROBE = 8_000;

/** `ignoreBOM` is the standard's name for keeping the mark. */
const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of a blob, or why it is not read. Strict UTF-8, a byte-order mark kept: what does not survive the way back to
 * the same bytes is no text.
 */
export function decodeBlob(bytes: Uint8Array, maxFileBytes: number): FileContent {
  if (maxFileBytes < bytes.length) return tooLarge(bytes.length, maxFileBytes);
  if (bytes.subarray(0, BINARY_PROBE).includes(0)) return { kind: 'unread', reason: 'binary' };
  // Most code is: then every byte is a letter as it stands, which is told and taken in a tenth of the time.
  if (isAscii(bytes)) return { kind: 'text', text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1') };
  try {
    return { kind: 'text', text: STRICT.decode(bytes) };
  } catch {
    // The decoder's only failure is malformed input, which is what the reason says.
    return { kind: 'unread', reason: 'not-utf8' };
  }
}

/** Whether `decodeBlob` would give a text, for whoever needs the bytes alone. */
export function isText(bytes: Uint8Array, maxFileBytes: number): boolean {
  return bytes.length <= maxFileBytes && !bytes.subarray(0, BINARY_PROBE).includes(0) && isUtf8(bytes);
}

/** `2.1 MB, limit 1 MB`; exact bytes where the rounded numbers would look equal. */
export function tooLarge(bytes: number, maxFileBytes: number): FileContent {
  const rounded = [megabytes(bytes), megabytes(maxFileBytes)] as const;
  const [found, limit] = rounded[0] === rounded[1] ? [`${bytes} bytes`, `${maxFileBytes} bytes`] : rounded;
  return { kind: 'unread', reason: 'too-large', detail: `${found}, limit ${limit}` };
}

function megabytes(bytes: number): string {
  return `${Math.round((bytes / 1_048_576) * 10) / 10} MB`;
}
