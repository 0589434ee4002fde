import { existsSync } from 'node:fs';
import path from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { AppError } from '../app-error.ts';
import { type GitPlace, gitArguments, gitEnvironment, runGit } from './git.ts';

/** A blob; without `bytes` where it is larger than the limit. */
export interface Blob {
  readonly size: number;
  readonly bytes?: Uint8Array;
}

/** The objects of one repository, read through one long-lived git. */
export interface Objects {
  /** Says that something will be read soon: the thread starts while this one does something else. */
  wake(): void;
  /** True where the thread was woken, so that what is begun runs beside. */
  isAwake(): boolean;
  /** True where the thread has started, so that an answer takes no longer than git does. */
  isUp(): boolean;
  /**
   * Starts a git that asks and changes nothing, and gives what waits for its output. Where the thread was woken it runs beside this
   * one; otherwise it has run when this returns. Errors: as `runGit`, here or there.
   */
  begin(place: GitPlace, args: readonly string[]): () => Buffer;
  /** Undefined where the repository does not have the object, or it is no blob. */
  readBlob(oid: string): Blob | undefined;
  /** Many in one round, answers in the order of the question. */
  readBlobs(oids: readonly string[], paths?: readonly string[]): readonly (Blob | undefined)[];
  /**
   * Many, one after another in the order of the question, while git reads the next ones. The bytes share memory with those of
   * other objects: a visitor that keeps some keeps a copy. `paths` say where each may lie in the working tree, if there is one: a file
   * that is the very object is quicker to read than the object.
   */
  visitBlobs(oids: readonly string[], visit: (blob: Blob | undefined, index: number) => void, paths?: readonly string[]): void;
  close(): void;
}

export interface ObjectsOptions {
  /** For tests: another program for the thread, and a word when it died. */
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
  const open = (): Connection => {
    const started = connect(place, maxBytes, options.file ?? workerFile());
    // Without a listener the death of this thread would be the death of the process.
    started.worker.on('error', (error: Error) => {
      started.port.close();
      started.isClosed = true;
      if (connection === started) connection = undefined;
      options.onDeath?.(error);
    });
    return started;
  };
  const visitBlobs: Objects['visitBlobs'] = (oids, visit) => {
    const ask = (start: number): Awaited | undefined => {
      if (oids.length <= start) return undefined;
      connection ??= open();
      return { start, id: send(connection, oids.slice(start, start + ROUND)), of: connection };
    };
    let round = ask(0);
    let ahead: Awaited | undefined;
    try {
      while (round !== undefined) {
        ahead = ask(round.start + ROUND);
        const { start } = round;
        blobsOf(receive(round.of, round.id), maxBytes, (blob, index) => visit(blob, start + index));
        round = ahead;
        ahead = undefined;
      }
    } finally {
      for (const left of [round, ahead]) if (left !== undefined) giveUp(left.of, left.id);
    }
  };
  const readBlobs: Objects['readBlobs'] = (oids) => {
    const blobs: (Blob | undefined)[] = [];
    visitBlobs(oids, (blob) => blobs.push(blob));
    return blobs;
  };
  return {
    wake: () => {
      connection ??= open();
    },
    begin: (where, args) => {
      if (connection === undefined) {
        const { stdout } = runGit(where, args);
        return () => stdout;
      }
      const id = command(connection, where, args);
      return answerOnce(connection, id, () => runGit(where, args).stdout);
    },
    isAwake: () => connection !== undefined,
    isUp: () => connection !== undefined && 0 < Atomics.load(connection.signal, 0),
    visitBlobs,
    readBlobs,
    readBlob: (oid) => readBlobs([oid])[0],
    close: () => {
      // Ends the child as well: its standard input closes with the thread.
      connection?.worker.terminate().catch(() => undefined);
      connection?.port.close();
      if (connection !== undefined) connection.isClosed = true;
      connection = undefined;
    },
  };
}

/** A round that was asked for and not taken yet. */
interface Awaited {
  readonly start: number;
  readonly id: number;
  readonly of: Connection;
}

interface Connection {
  readonly worker: Worker;
  readonly port: MessageChannel['port1'];
  /** Grows by one when the thread is up, and with every answer. */
  readonly signal: Int32Array;
  /** Number of the last question. */
  asked: number;
  /** Questions that somebody waits for, with their answers where those came while another one was looked for. */
  readonly open: Map<number, Answer | undefined>;
  isClosed: boolean;
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
  return { worker, port: port1, signal, asked: 0, open: new Map(), isClosed: false };
}

function send(connection: Connection, oids: readonly string[]): number {
  connection.asked += 1;
  connection.open.set(connection.asked, undefined);
  connection.port.postMessage({ id: connection.asked, oids });
  return connection.asked;
}

function command(connection: Connection, { cwd, env }: GitPlace, args: readonly string[]): number {
  connection.asked += 1;
  connection.open.set(connection.asked, undefined);
  connection.port.postMessage({ id: connection.asked, command: { args: gitArguments(args), cwd, env: gitEnvironment(env) } });
  return connection.asked;
}

/** What was answered, or what `otherwise` gives where the thread went or its git failed. */
function answerOnce(connection: Connection, id: number, otherwise: () => Buffer): () => Buffer {
  let answer: Buffer | undefined;
  return () => {
    try {
      answer ??= connection.isClosed ? otherwise() : Buffer.from(receive(connection, id).bytes.buffer);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      answer = otherwise();
    }
    return answer;
  };
}

function giveUp(connection: Connection, id: number): void {
  connection.open.delete(id);
}

/**
 * Waits for the answer to a question. The counter only says when to look: an answer is one that bears the number of its question,
 * so that neither an early wake-up nor the late answer to a question given up is taken for it.
 */
function receive(connection: Connection, id: number): Answer {
  for (;;) {
    const seen = Atomics.load(connection.signal, 0);
    const came = connection.open.get(id);
    if (came !== undefined) {
      connection.open.delete(id);
      if (came.failed !== undefined) throw new AppError('git-failed', `expected objects of git cat-file, found ${came.failed}`);
      return came;
    }
    // The worker posts what ./objects-worker.mjs calls an Answer, and nothing else.
    const answer = receiveMessageOnPort(connection.port)?.message as Answer | undefined;
    if (answer !== undefined) {
      if (connection.open.has(answer.id)) connection.open.set(answer.id, answer);
    } else if (Atomics.wait(connection.signal, 0, seen, PATIENCE_MS) === 'timed-out') {
      throw new AppError('git-failed', `expected git cat-file to answer within ${PATIENCE_MS / 1_000} s, found no answer`);
    }
  }
}

interface Answer {
  readonly id: number;
  /** Of each object that was asked for; -1 where there is no such blob. */
  readonly sizes: readonly number[];
  /** Those that are not larger than the limit, one behind the other. */
  readonly bytes: Uint8Array;
  readonly failed?: string;
}

function blobsOf({ sizes, bytes }: Answer, maxBytes: number, visit: (blob: Blob | undefined, index: number) => void): void {
  let at = 0;
  for (const [index, size] of sizes.entries()) {
    if (size < 0) visit(undefined, index);
    else if (maxBytes < size) visit({ size }, index);
    else {
      visit({ size, bytes: bytes.subarray(at, at + size) }, index);
      at += size;
    }
  }
}

/** Where the worker lies: `git-objects.js` beside the running bundle, or its source beside this file. */
function workerFile(): string {
  const candidates = ['git-objects.js', 'objects-worker.mjs'].map((name) => path.join(import.meta.dirname, name));
  const found = candidates.find((file) => existsSync(file));
  if (found === undefined) throw new AppError('incomplete-installation', 'expected git-objects.js beside the program, found none');
  return found;
}
