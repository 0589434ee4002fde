import { exportAcknowledgements } from '../../../host/sign-session.ts';
import type { FolderParams, Outcome } from '../../../protocol.ts';
import { plural } from '../../reporters/review-report.ts';
import { type Context, expectFolder, refusedBy, signingPlace } from '../context.ts';

/** Writes the carriers for what is staged and stages them with it. */
export async function exportStaged({ loop, env }: Context, { folder: uri }: FolderParams): Promise<Outcome> {
  const folder = expectFolder(
    loop.folders.find((one) => one.uri === uri),
    uri,
  );
  try {
    const answer = await folder.latest();
    const { assessment, coverage } = await folder.question({ kind: 'staged' });
    if (assessment.hunkCount === 0)
      return { kind: 'refused', code: 'not-found', message: 'expected a staged change, found none: stage it, then export' };
    const { paths } = await exportAcknowledgements(signingPlace(answer, env), assessment);
    const open = coverage.findings.filter((finding) => finding.required && !finding.acknowledged).length;
    const left = open === 0 ? 'everything that is asked for is covered' : `${plural(open, 'finding')} still without an acknowledgement`;
    return { kind: 'done', message: `${plural(paths.length, 'acknowledgement file')} staged; ${left}` };
  } catch (error) {
    return refusedBy(error);
  }
}
