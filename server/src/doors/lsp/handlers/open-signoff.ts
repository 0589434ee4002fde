import { answerRefusal } from '../../../core/signoff/second-person.ts';
import { AppError } from '../../../host/app-error.ts';
import { signingPerson } from '../../../host/sign-session.ts';
import { readSignoffFile } from '../../../host/signoff/signoff-file.ts';
import type { OpenSignoffParams, SignoffView } from '../../../protocol.ts';
import { type Context, expectFile, expectFolder, signingPlace } from '../context.ts';
import { type OpenSignoff, viewOf } from '../signoff-view.ts';

/** Shows a request to whoever may answer it, and remembers what was shown. */
export async function openSignoff(
  { loop, env, signoffs }: Context,
  { folder: uri, file: fileUri }: OpenSignoffParams,
): Promise<SignoffView> {
  const folder = expectFolder(
    loop.folders.find((one) => one.uri === uri),
    uri,
  );
  const file = expectFile(fileUri);
  const text = await readSignoffFile(file);
  const answer = folder.answer ?? (await folder.latest());
  const seen = await folder.question({ kind: 'signoff-view', text });
  const place = signingPlace(answer, env);
  const own = await signingPerson(place, seen.view.policy);
  const refusal = answerRefusal(own, seen.view.authors, seen.view.policy, seen.view.trust, new Date().toISOString());
  if (refusal !== undefined) throw new AppError('bad-usage', refusal);
  const open: OpenSignoff = { file, text, seen, place, own, folder: uri };
  const view = await viewOf(open);
  signoffs.set(view.file, open);
  return view;
}
