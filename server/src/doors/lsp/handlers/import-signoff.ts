import type { ImportSignoffParams, SignoffReport } from '../../../protocol.ts';
import { type Context, expectFile, expectFolder, shownAnswer } from '../context.ts';

/** Takes in what another person answered, each record judged by itself. It reaches no key. */
export async function importSignoff({ loop }: Context, { folder: uri, range, file }: ImportSignoffParams): Promise<SignoffReport> {
  const folder = expectFolder(
    loop.folders.find((one) => one.uri === uri),
    uri,
  );
  const report = await folder.question({ kind: 'signoff-import', range, file: expectFile(file) });
  await shownAnswer(folder);
  return report;
}
