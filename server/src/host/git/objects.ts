import { existsSync } from 'node:fs';
import path from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { AppError } from '../app-error.ts';
import { type GitPlace, gitEnvironment } from './git.ts';

/** A blob; without `bytes` where it is larger than the limit. */
export interface Blob {
  readonly size: number;
  readonly bytes?: Uint8Array;
}

/** The objects of one repository, read through one long-lived git. */
export interface Objects {
  /** Undefined where the repository does not have the object, or it is no blob. */
  readBlob(oid: string): Blob | undefined;
  /** Many in one round, answers in the order of the question. */
  readBlobs(oids: readonly string[]): readonly (Blob | undefined)[];
  close(): void;
}

/** For tests: another program for the thread, and a word when it died. */
export interface ObjectsOptions {
  readonly file?: string;
  readonly onDeath?: (error: Error) => void;
}

/** Largest number of objects in one message, so that an answer stays of a size that memory takes. */
const ROUND = 256;

/** How long one round may take before git counts as hung. */
const PATIENCE_MS = 120_000;

/**
 * Reads blobs synchronously, because `Tree.read` is: a worker thread talks to `git cat-file --batch` while this thread waits
 * on a shared counter. The worker starts at the first read, keeps no process alive, and starts git again when git dies. A
 * worker that dies itself is started again at the next read (test/host/objects-worker-dies.test.ts).
 * Errors: `git-failed`, `incomplete-installation`.
 */
export function openObjects(place: GitPlace, maxBytes: number, options: ObjectsOptions = {}): Objects {
  let connection: Connection | undefined;
  const begin = (): Connection => {
    const started = connect(place, maxBytes, options.file ?? workerFile());
    // Without a listener the death of this thread would be the death of the process.
    started.worker.on('error', (error: Error) => {
      started.port.close();
      if (connection === started) connection = undefined;
      options.onDeath?.(error);
    });
    return started;
  };
  const readBlobs = (oids: readonly string[]): readonly (Blob | undefined)[] => {
    const blobs: (Blob | undefined)[] = [];
    for (let start = 0; start < oids.length; start += ROUND) {
      connection ??= begin();
      blobs.push(...ask(connection, oids.slice(start, start + ROUND)));
    }
    return blobs;
  };
  return {
    readBlobs,
    readBlob: (oid) => readBlobs([oid])[0],
    close: () => {
      // Ends the child as well: its standard input closes with the thread.
      connection?.worker.terminate().catch(() => undefined);
      connection?.port.close();
      connection = undefined;
    },
  };
}

interface Connection {
  readonly worker: Worker;
  readonly port: MessageChannel['port1'];
  /** Grows by one with every answer. */
  readonly signal: Int32Array;
  /** Number of the last question. */
  asked: number;
}

function connect(place: GitPlace, maxBytes: number, file: string): Connection {
  const { port1, port2 } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const env = gitEnvironment(place.env);
  const worker = new Worker(file, {
    workerData: { port: port2, signal, cwd: place.cwd, args: ['--no-pager', 'cat-file', '--batch'], env, maxBytes },
    transferList: [port2],
    execArgv: [],
    env,
  });
  worker.unref();
  port1.unref();
  return { worker, port: port1, signal, asked: 0 };
}

/**
 * Sends one question and waits for its answer. The counter only says when to look: an answer is one that bears the number of
 * its question, so that neither an early wake-up nor the late answer to a question given up is taken for it.
 */
function ask(connection: Connection, oids: readonly string[]): readonly (Blob | undefined)[] {
  connection.asked += 1;
  connection.port.postMessage({ id: connection.asked, oids });
  for (;;) {
    const seen = Atomics.load(connection.signal, 0);
    // The worker posts what ./objects-worker.mjs calls an Answer, and nothing else.
    const answer = receiveMessageOnPort(connection.port)?.message as Answer | undefined;
    if (answer?.id === connection.asked) {
      if (answer.failed !== undefined) throw new AppError('git-failed', `expected objects of git cat-file, found ${answer.failed}`);
      return answer.blobs;
    }
    if (answer === undefined && Atomics.wait(connection.signal, 0, seen, PATIENCE_MS) === 'timed-out') {
      throw new AppError('git-failed', `expected git cat-file to answer within ${PATIENCE_MS / 1_000} s, found no answer`);
    }
  }
}

interface Answer {
  readonly id: number;
  readonly blobs: readonly (Blob | undefined)[];
  readonly failed?: string;
}

/** Where the worker lies: `git-objects.js` beside the running bundle, or its source beside this file. */
function workerFile(): string {
  const candidates = ['git-objects.js', 'objects-worker.mjs'].map((name) => path.join(import.meta.dirname, name));
  const found = candidates.find((file) => existsSync(file));
  if (found === undefined) throw new AppError('incomplete-installation', 'expected git-objects.js beside the program, found none');
  return found;
}
