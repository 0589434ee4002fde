import { writeFile } from 'node:fs/promises';
import type { Outcome, RequestSignoffParams } from '../../../protocol.ts';
import { plural } from '../../reporters/review-report.ts';
import { printable } from '../../reporters/terminal.ts';
import { type Context, expectFile, expectFolder, refusedBy } from '../context.ts';

/** Writes what a verification would still ask about into a file for another person. It reaches no key. */
export async function requestSignoff({ loop }: Context, { folder: uri, range, file }: RequestSignoffParams): Promise<Outcome> {
  const folder = expectFolder(
    loop.folders.find((one) => one.uri === uri),
    uri,
  );
  try {
    const name = expectFile(file);
    const composed = await folder.question({ kind: 'signoff-request', range });
    if (composed.kind === 'nothing')
      return {
        kind: 'refused',
        code: 'not-found',
        message: 'expected a hunk that waits for a person, found none: there is nothing to ask',
      };
    const [left] = composed.leftOut;
    const leftOut =
      left === undefined
        ? ''
        : `; ${plural(composed.leftOut.length, 'hunk')} left out, such as ${printable(left.hunk.path)}: ${printable(left.reason)}`;
    if (composed.kind === 'unsendable')
      return { kind: 'refused', code: 'failed', message: `expected a hunk that a request can hold, found none${leftOut}` };
    // The person was asked by the editor's own dialog where the name was taken.
    await writeFile(name, composed.text);
    return { kind: 'done', message: `asked about ${plural(composed.request.hunks.length, 'hunk')}${leftOut}` };
  } catch (error) {
    return refusedBy(error);
  }
}
