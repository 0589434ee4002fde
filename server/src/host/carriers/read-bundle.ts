import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { AppError } from '../app-error.ts';
import { type CarrierLines, splitLines } from './carrier-path.ts';

const MOST_BYTES = 67_108_864;

/** A bundle: envelopes, one a line, in a file or on a stream such as standard input. */
export type BundleSource = { readonly kind: 'file'; readonly path: string } | { readonly kind: 'stream'; readonly stream: Readable };

/** Reads a bundle to its end, up to 64 MiB. A bundle that was named and cannot be read is an AppError: the caller meant it to count. */
export async function readBundle(source: BundleSource): Promise<CarrierLines> {
  const name = source.kind === 'file' ? source.path : 'standard input';
  const stream = source.kind === 'file' ? createReadStream(source.path) : source.stream;
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      const part = Buffer.from(chunk);
      bytes += part.length;
      if (bytes > MOST_BYTES) return { lines: [], warnings: [`bundle ${name} not read: expected at most ${MOST_BYTES} bytes, found more`] };
      chunks.push(part);
    }
  } catch (cause) {
    throw new AppError('bad-usage', `expected a bundle in ${name}, found ${failureText(cause)}`, { cause });
  }
  return { lines: splitLines(Buffer.concat(chunks).toString('utf8')), warnings: [] };
}

function failureText(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EISDIR') return 'a folder';
  if (code === 'EACCES') return 'one that may not be read';
  return cause instanceof Error ? cause.message : String(cause);
}
