import { parentPort, workerData } from 'node:worker_threads';
import { answerTypesBy } from '../../core/languages/typescript/references/member-questions.ts';
import { AppError } from '../../host/app-error.ts';
import { readAssetsFrom } from '../../host/assets.ts';
import { type Analysis, openAnalysis } from './analysis.ts';
import { answerQuestion } from './questions.ts';
import { rehearse } from './rehearsal.ts';
import { createTypesLink } from './types-link.ts';
import { answerTypes } from './types-worker.ts';
import { type RepositoryWatch, watchRepository } from './watch-repository.ts';
import { type Failure, type FromWorker, mergeWork, type ToWorker, type Work } from './worker-messages.ts';

/** Failures that no keystroke mends: git is asked again only when something happened to the repository. */
const LASTING: readonly Failure['code'][] = ['not-a-repository', 'no-commits', 'no-working-tree', 'git-missing', 'git-failed', 'shallow'];

/**
 * The analysis thread of one workspace folder. It owns the repository, the trees, what was read and the languages, and it
 * reaches no signer (law 6). Messages are handled one after another, in the order in which they came.
 */
function main(folder: string, port: NonNullable<typeof parentPort>): void {
  let analysis: Analysis | undefined;
  let watching: RepositoryWatch | undefined;
  let endRehearsal: (() => void) | undefined;
  let strangersTimer: NodeJS.Timeout | undefined;
  /** What was told while there was nothing to compare with. */
  let held: { readonly work: Work; readonly failure: Failure } | undefined;
  const send = (message: FromWorker): void => port.postMessage(message);
  const log = (line: string): void => send({ kind: 'log', line });

  const types = createTypesLink(() => {
    analysis?.learnTypes();
    send({ kind: 'moved', what: 'types' });
  });
  answerTypesBy(types.ask);

  const open = (): Analysis => {
    analysis ??= openAnalysis(folder, { readAsset: readAssetsFrom(import.meta.dirname), env: process.env, log });
    watching ??= watchRepository(analysis.session.repository, (what) => send({ kind: 'moved', what }), log);
    return analysis;
  };

  const analyse = async (revision: number, newest: Work): Promise<void> => {
    const work = held === undefined ? newest : mergeWork(held.work, newest);
    if (held !== undefined && !mayMend(newest)) {
      held = { work, failure: held.failure };
      send({ kind: 'failed', revision, failure: held.failure });
      return;
    }
    held = undefined;
    try {
      const current = open();
      send({ kind: 'answer', answer: { revision, ...(await current.analyse(work)) } });
      askAboutStrangers(current.strangersDue);
    } catch (error) {
      const failure = toFailure(error);
      if (LASTING.includes(failure.code)) held = { work, failure };
      send({ kind: 'failed', revision, failure });
      return;
    }
    // After the answer, because nobody waits for it; what fails here fails again where it is needed.
    const failed = (error: unknown): void => log(toFailure(error).message);
    await analysis?.warm().then(() => {
      // In the one language that the sample is written in: nobody who types another one needs its compiler.
      if (analysis?.hasOpen('typescript') === true) endRehearsal ??= rehearse(failed);
    }, failed);
  };

  const askAboutStrangers = (due: number | undefined): void => {
    if (due === undefined) return;
    clearTimeout(strangersTimer);
    strangersTimer = setTimeout(() => send({ kind: 'moved', what: 'head' }), due);
  };

  const handle = async (message: ToWorker): Promise<void> => {
    switch (message.kind) {
      case 'analyse':
        return analyse(message.revision, message.work);
      case 'question': {
        const { id, question } = message;
        const answer = (async () => answerQuestion(open(), question, types))();
        return answer.then(
          (value) => send({ kind: 'reply', id, value }),
          (error: unknown) => send({ kind: 'refused', id, failure: toFailure(error) }),
        );
      }
      case 'close':
        clearTimeout(strangersTimer);
        endRehearsal?.();
        watching?.close();
        types.close();
        analysis?.close();
        // Ends this thread alone, and the one that reads objects with it.
        process.exit(0);
    }
  };

  let queue = Promise.resolve();
  port.on('message', (message: ToWorker) => {
    queue = queue.then(() => handle(message));
  });
}

/** A listing was asked for, or something was written below a `.git`: `git init` and the first commit are among it. */
function mayMend({ relist, files }: Work): boolean {
  return relist || files.some((file) => /[\\/]\.git([\\/]|$)/.test(file));
}

function toFailure(error: unknown): Failure {
  if (error instanceof AppError) return { code: error.code, message: error.message };
  const found = error instanceof Error ? error.message : String(error);
  return { code: 'crashed', message: `expected an analysis, found: ${found.split('\n', 1)[0] ?? ''}` };
}

if (parentPort !== null) {
  // What openWorkerLink and createTypesLink hand over.
  const started = workerData as { readonly folder: string } | { readonly answers: 'types' };
  if ('answers' in started) answerTypes(parentPort);
  else main(started.folder, parentPort);
}
