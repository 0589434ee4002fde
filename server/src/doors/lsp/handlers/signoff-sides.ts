import type { HunkRef, SignoffSides } from '../../../protocol.ts';
import { type Context, expectFolder } from '../context.ts';

/** The two texts of one hunk of an opened request. Errors: the request is not open. */
export async function signoffSides({ loop, signoffs }: Context, { uri, hunkId }: HunkRef): Promise<SignoffSides> {
  const open = signoffs.get(uri);
  if (open === undefined) throw new Error(`expected an opened sign-off request, found ${uri}`);
  const folder = expectFolder(
    loop.folders.find((one) => one.uri === open.folder),
    open.folder,
  );
  const sides = await folder.question({ kind: 'signoff-sides', view: open.seen.view, hunkId });
  return { ...sides, line: sides.line - 1 };
}
