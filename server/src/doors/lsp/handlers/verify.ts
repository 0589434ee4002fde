import type { VerifyParams, VerifyReport } from '../../../protocol.ts';
import { type Context, expectFolder } from '../context.ts';

/** Recomputes a range of commits in the worker; nothing of the editor's own state is believed. */
export async function verify({ loop }: Context, { folder: uri, base, head }: VerifyParams): Promise<VerifyReport> {
  const folder = expectFolder(
    loop.folders.find((one) => one.uri === uri),
    uri,
  );
  return folder.question({ kind: 'verify', ...(base === undefined ? {} : { base }), ...(head === undefined ? {} : { head }) });
}
