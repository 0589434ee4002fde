import type { FolderAnswer } from './answer.ts';
import { createSchedule } from './schedule.ts';
import { toPath } from './uris.ts';
import { type LinkEvent, openWorkerLink, toError, type WorkerLink } from './worker-link.ts';
import { type Failure, mergeWork, NO_WORK, type Work } from './worker-messages.ts';

/** One workspace folder: its worker, the newest answer, and which document versions that answer has seen. */
export interface Folder {
  readonly uri: string;
  readonly path: string;
  ask(work: Work): void;
  /** The worker's news: called by the loop alone, which then publishes. */
  receive(event: LinkEvent): void;
  readonly answer: FolderAnswer | undefined;
  readonly failure: Failure | undefined;
  readonly isAnalysing: boolean;
  /** Version of a document that the newest answer was made of; undefined where it has seen none. */
  versionSeen(uri: string): number | undefined;
  /** The answer to everything asked so far, this moment's buffers included. Rejects with what went wrong. */
  latest(): Promise<FolderAnswer>;
  readonly question: WorkerLink['ask'];
  close(): Promise<void>;
}

export interface FolderOptions {
  readonly uri: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onEvent: (event: LinkEvent) => void;
  /** Versions of the open documents, by URI. */
  readonly versions: () => ReadonlyMap<string, number>;
  readonly workerFile?: string;
}

export function openFolder(options: FolderOptions): Folder | undefined {
  const path = toPath(options.uri);
  if (path === undefined) return undefined;
  const { uri, env, onEvent, workerFile } = options;
  const link = openWorkerLink({ folder: path, env, onEvent, ...(workerFile === undefined ? {} : { file: workerFile }) });
  let asked = 0;
  let running: ReadonlyMap<string, number> = new Map();
  let seen: ReadonlyMap<string, number> = new Map();
  let answer: FolderAnswer | undefined;
  let failure: Failure | undefined;
  let isGivenUp = false;
  const waiters: { readonly revision: number; resolve(answer: FolderAnswer): void; reject(error: Error): void }[] = [];
  const schedule = createSchedule<Work>((work) => {
    asked += 1;
    running = options.versions();
    link.analyse(asked, work);
  }, mergeWork);

  const settle = (revision: number, outcome: { readonly answer: FolderAnswer } | { readonly failure: Failure }): void => {
    for (const waiter of waiters.splice(0)) {
      if (waiter.revision > revision) waiters.push(waiter);
      else if ('answer' in outcome) waiter.resolve(outcome.answer);
      else waiter.reject(toError(outcome.failure));
    }
  };

  return {
    uri,
    path,
    ask: (work) => {
      if (!isGivenUp) schedule.ask(work);
    },
    receive(event) {
      if (event.kind === 'answer') {
        answer = event.answer;
        failure = undefined;
        seen = running;
        settle(event.answer.revision, { answer });
        schedule.finished();
      } else if (event.kind === 'failed') {
        answer = undefined;
        failure = event.failure;
        settle(event.revision, { failure });
        schedule.finished();
      } else if (event.kind === 'stopped') {
        failure = event.failure;
        isGivenUp = !event.willRestart;
        settle(isGivenUp ? Number.POSITIVE_INFINITY : asked, { failure });
        schedule.finished();
      } else if (event.kind === 'restarted') {
        // What was sent to the dead worker is answered by nobody.
        if (!schedule.isIdle) schedule.finished();
      }
    },
    get answer() {
      return answer;
    },
    get failure() {
      return failure;
    },
    get isAnalysing() {
      return !schedule.isIdle;
    },
    versionSeen: (document) => seen.get(document),
    latest: () =>
      new Promise((resolve, reject) => {
        if (isGivenUp && failure !== undefined) {
          reject(toError(failure));
          return;
        }
        // Where one runs, what it saw may be older than now: the one after it is the answer.
        waiters.push({ revision: asked + 1, resolve, reject });
        schedule.ask(NO_WORK);
      }),
    question: link.ask,
    close: () => link.close(),
  };
}
