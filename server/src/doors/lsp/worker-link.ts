import { existsSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError } from '../../host/app-error.ts';
import type { Answers } from './questions.ts';
import type { Failure, FromWorker, Question, ToWorker, Work } from './worker-messages.ts';

/** What comes out of a link, beside the replies to questions. After `restarted` the worker knows nothing: everything is sent anew. */
export type LinkEvent =
  | Exclude<FromWorker, { readonly kind: 'reply' | 'refused' }>
  | { readonly kind: 'stopped'; readonly failure: Failure; readonly willRestart: boolean }
  | { readonly kind: 'restarted' };

/** The main thread's end of one analysis worker: starts it, starts it again when it dies, and matches replies with questions. */
export interface WorkerLink {
  analyse(revision: number, work: Work): void;
  ask<Kind extends Question['kind']>(question: Extract<Question, { readonly kind: Kind }>): Promise<Answers[Kind]>;
  /** Settles when the worker has cleaned up, or was given long enough to. */
  close(): Promise<void>;
}

export interface LinkOptions {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onEvent: (event: LinkEvent) => void;
  /** Another program for the thread, for tests. */
  readonly file?: string;
}

/** At most this many deaths within the window; then a person is told once. */
const MOST_RESTARTS = 5;
const WINDOW_MS = 180_000;
const FIRST_BACKOFF_MS = 250;
const CLOSE_PATIENCE_MS = 1_000;
/** Twice the default: the facts of a file that is typed in die young, and each collection in between copies those of the last keystroke. */
const YOUNG_MB = 96;

export function openWorkerLink(options: LinkOptions): WorkerLink {
  const questions = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const deaths: number[] = [];
  let nextId = 1;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let isDead = false;
  let deadFailure: Failure = { code: 'crashed', message: 'expected the analysis to run, found that it stopped' };
  let worker = start();

  function start(): Worker {
    const started = new Worker(options.file ?? workerFile(), {
      workerData: { folder: options.folder },
      env: options.env,
      execArgv: [],
      stdout: true,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    // Nothing but protocol may reach the server's own standard output.
    started.stdout.resume();
    started.on('message', (message: FromWorker) => receive(message));
    started.on('error', (error) => stopped(started, error instanceof Error ? error.message : String(error)));
    started.on('exit', (code) => stopped(started, `exit ${code}`));
    return started;
  }

  function receive(message: FromWorker): void {
    if (message.kind !== 'reply' && message.kind !== 'refused') {
      options.onEvent(message);
      return;
    }
    const question = questions.get(message.id);
    questions.delete(message.id);
    if (message.kind === 'reply') question?.resolve(message.value);
    else question?.reject(toError(message.failure));
  }

  /** Called by `error` and again by the `exit` that follows it; the first counts. */
  function stopped(dead: Worker, found: string): void {
    if (isClosed || dead !== worker || isDead) return;
    isDead = true;
    const failure: Failure = { code: 'crashed', message: `expected the analysis to run, found that it stopped: ${found}` };
    deadFailure = failure;
    for (const question of questions.values()) question.reject(toError(failure));
    questions.clear();
    const now = Date.now();
    deaths.push(now);
    const recent = deaths.filter((at) => now - at < WINDOW_MS);
    const willRestart = recent.length <= MOST_RESTARTS;
    if (willRestart) {
      timer = setTimeout(
        () => {
          isDead = false;
          worker = start();
          options.onEvent({ kind: 'restarted' });
        },
        FIRST_BACKOFF_MS * 2 ** (recent.length - 1),
      );
    }
    options.onEvent({ kind: 'stopped', failure, willRestart });
  }

  return {
    analyse: (revision, work) => post({ kind: 'analyse', revision, work }),
    ask: (question) =>
      new Promise((resolve, reject) => {
        if (isDead) {
          reject(toError(deadFailure));
          return;
        }
        const id = nextId++;
        // The worker answers a question with what Answers says of its kind.
        questions.set(id, { resolve: resolve as (value: unknown) => void, reject });
        post({ kind: 'question', id, question });
      }),
    close() {
      isClosed = true;
      clearTimeout(timer);
      if (isDead) return Promise.resolve();
      post({ kind: 'close' });
      return new Promise((resolve) => {
        const end = (): void => resolve(worker.terminate().then(() => undefined));
        const patience = setTimeout(end, CLOSE_PATIENCE_MS);
        worker.once('exit', () => {
          clearTimeout(patience);
          resolve();
        });
      });
    },
  };

  function post(message: ToWorker): void {
    worker.postMessage(message);
  }
}

export function toError(failure: Failure): Error {
  return failure.code === 'crashed' ? new Error(failure.message) : new AppError(failure.code, failure.message);
}

/** `analysis-worker.js`, beside the running bundle. */
function workerFile(): string {
  const file = path.join(import.meta.dirname, 'analysis-worker.js');
  if (!existsSync(file)) throw new AppError('incomplete-installation', 'expected analysis-worker.js beside the server, found none');
  return file;
}
