import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gitText } from '../../host/git/git.ts';
import type { CommandContext, ExitStatus } from './command.ts';
import { trailersOf } from './export-notes.ts';
import { openHere } from './open-here.ts';

/**
 * Adds a pointer for each acknowledgement to the draft of a message. Only where an editor opens and shows it: a message of `-m`
 * or of a merge is left as it is.
 */
export async function runPrepareMessage(file: string, source: string | undefined, context: CommandContext): Promise<ExitStatus> {
  if (source !== undefined && source !== 'template') return 0;
  const session = openHere(context);
  try {
    const trailers = await trailersOf(session, await session.review({ staged: true }));
    if (trailers.length === 0) return 0;
    const place = path.resolve(context.cwd, file);
    const options = trailers.flatMap((trailer) => ['--trailer', trailer]);
    const text = gitText(
      { cwd: session.repository.root ?? session.repository.gitDir },
      ['interpret-trailers', '--if-exists=addIfDifferent', ...options],
      { input: readFileSync(place) },
    );
    writeFileSync(place, `${text}\n`);
    return 0;
  } finally {
    session.close();
  }
}
