import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import type { FolderAnswer } from '../../../server/src/doors/lsp/answer.ts';
import type { Context } from '../../../server/src/doors/lsp/context.ts';
import type { Folder } from '../../../server/src/doors/lsp/folder.ts';
import { acknowledge } from '../../../server/src/doors/lsp/handlers/acknowledge.ts';
import { revoke } from '../../../server/src/doors/lsp/handlers/revoke.ts';
import { findPlaces } from '../../../server/src/doors/lsp/places.ts';
import { hunkStates } from '../../../server/src/doors/reporters/hunk-state.ts';
import { readAssetsFrom } from '../../../server/src/host/assets.ts';
import { readLedger } from '../../../server/src/host/ledger/ledger.ts';
import { openSession } from '../../../server/src/host/session.ts';
import { makeRepository } from '../../support/git.ts';
import { CLEAN, later, RISKY, temporaryFolder } from './opened.ts';

it('an analysis that stops after the record was written is no failure to sign', async () => {
  const repository = makeRepository();
  later(() => repository.dispose());
  repository.write('ops/clean.sh', CLEAN);
  repository.commit();
  repository.write('ops/clean.sh', RISKY);
  const env = { ...process.env, BRAKELINE_CONFIG_HOME: temporaryFolder('keys') };
  const session = openSession(repository.dir, { readAsset: readAssetsFrom(path.resolve('dist')), env });
  later(() => session.close());
  const { commonDir } = session.repository;

  const answerNow = async (): Promise<FolderAnswer> => {
    const { assessment, policy, coverage, warnings } = await session.review();
    const places = findPlaces(repository.dir, repository.dir, repository.dir);
    return { revision: 1, places, commonDir, baseline: '', assessment, policy, warnings, states: hunkStates(assessment, coverage) };
  };
  /** A folder whose analysis answers once and then stops. */
  const contextNow = async (): Promise<{ readonly context: Context; readonly answer: FolderAnswer }> => {
    const answer = await answerNow();
    const answers = [answer];
    const latest = (): Promise<FolderAnswer> => {
      const next = answers.shift();
      return next === undefined ? Promise.reject(new Error('the analysis stopped')) : Promise.resolve(next);
    };
    // The handlers use these three of a folder, and of the loop its folders alone.
    const folder = { uri: pathToFileURL(repository.dir).href, path: repository.dir, answer, latest } as unknown as Folder;
    const loop = { folders: [folder] } as unknown as Context['loop'];
    return {
      answer,
      context: { loop, publisher: {} as Context['publisher'], env, reasons: new Map(), signoffs: new Map(), askEditor: async () => null },
    };
  };

  const { context, answer } = await contextNow();
  const [hunk] = answer.assessment.hunks;
  if (hunk === undefined) throw new Error('expected a hunk, found none');
  const uri = pathToFileURL(path.join(repository.dir, 'ops/clean.sh')).href;
  const ref = { uri, hunkId: hunk.id, fingerprints: hunk.findings.map((finding) => finding.fingerprint).sort() };
  expect(await acknowledge(context, { hunk: ref, reason: 'the folder is made by the caller', confirmedDependents: [] })).toMatchObject({
    kind: 'done',
  });
  expect((await readLedger(commonDir)).lines).toHaveLength(1);
  const again = await contextNow();
  expect(again.answer.states[hunk.id]?.kind).toBe('acknowledged');
  expect(await revoke(again.context, { hunk: ref })).toMatchObject({ kind: 'done' });
  expect((await readLedger(commonDir)).lines).toHaveLength(2);
});
