import { existsSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { digestParts } from '../../core/identity.ts';
import {
  type AskTypes,
  answerMember,
  type MemberAnswer,
  type MemberQuestion,
} from '../../core/languages/typescript/references/member-questions.ts';
import type { TypesAnswered, TypesAsked } from './types-worker.ts';

/** The analysis thread's end of the thread that asks the compiler. That one starts with the first question and ends when none comes. */
export interface TypesLink {
  /** Says `pending` at first, and the same as `answerMember` once the answer is there. */
  readonly ask: AskTypes;
  readonly isWaiting: boolean;
  /** Settles when nothing is asked any more. */
  settled(): Promise<void>;
  close(): void;
}

/** Answers that stay known: a few numbers each. */
const MOST_KNOWN = 2_000;
/** The thread holds the syntax trees of what it was asked last. */
const IDLE_MS = 60_000;

/** `onAnswers` is called when everything that was asked has its answer: who asks again then gets it. */
export function createTypesLink(onAnswers: () => void): TypesLink {
  const known = new Map<string, MemberAnswer | null>();
  const asked = new Map<number, string>();
  const pending = new Set<string>();
  const waiters: (() => void)[] = [];
  let worker: Worker | undefined;
  let nextId = 1;
  let idle: NodeJS.Timeout | undefined;

  const learn = (key: string, answer: MemberAnswer | null): void => {
    known.set(key, answer);
    for (const [oldest] of known) {
      if (known.size <= MOST_KNOWN) break;
      known.delete(oldest);
    }
    pending.delete(key);
  };
  const end = (): void => {
    const ended = worker;
    worker = undefined;
    void ended?.terminate();
  };
  const settle = (): void => {
    if (pending.size > 0) return;
    clearTimeout(idle);
    idle = setTimeout(end, IDLE_MS).unref();
    for (const waiter of waiters.splice(0)) waiter();
    onAnswers();
  };
  /** What it was asked is answered by nobody any more: the bounds that names give stand. */
  const died = (dead: Worker): void => {
    if (dead !== worker) return;
    worker = undefined;
    for (const key of asked.values()) learn(key, null);
    asked.clear();
    settle();
  };
  const start = (file: string): Worker => {
    const started = new Worker(file, { workerData: { answers: 'types' }, execArgv: [], stdout: true });
    started.unref();
    // Nothing but protocol may reach the server's own standard output.
    started.stdout.resume();
    started.on('message', ({ id, answer }: TypesAnswered) => {
      const key = asked.get(id);
      asked.delete(id);
      if (key !== undefined) learn(key, answer);
      settle();
    });
    started.on('error', () => died(started));
    started.on('exit', () => died(started));
    return started;
  };

  return {
    ask(question) {
      const file = workerFile();
      if (file === undefined) return answerMember(question);
      const key = keyOf(question);
      const answer = known.get(key);
      if (answer !== undefined) return answer ?? undefined;
      if (pending.has(key)) return 'pending';
      clearTimeout(idle);
      worker ??= start(file);
      pending.add(key);
      const id = nextId++;
      asked.set(id, key);
      worker.postMessage({ id, question } satisfies TypesAsked);
      return 'pending';
    },
    get isWaiting() {
      return pending.size > 0;
    },
    settled: () => (pending.size === 0 ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve))),
    close() {
      clearTimeout(idle);
      end();
    },
  };
}

/** One question of types may lead to another: of the symbol, and of those that use it. */
const MOST_ROUNDS = 6;

/**
 * Asks, and asks again when the compiler has answered what was asked of it on the way: for what must not be answered with bounds that
 * an exact number would follow.
 */
export async function withTypes<T>(types: TypesLink, ask: () => T | Promise<T>): Promise<T> {
  for (let round = 1; ; round += 1) {
    const answer = await ask();
    if (!types.isWaiting || round >= MOST_ROUNDS) return answer;
    await types.settled();
  }
}

/** A question is asked again with every keystroke, of trees that differ elsewhere. */
function keyOf({ path: file, name, own, files, mentioned }: MemberQuestion): string {
  const shape = [file, name, files.map(({ path: other, targets }) => [other, targets]), mentioned];
  return digestParts([JSON.stringify(shape), own, ...files.map(({ text }) => text)]);
}

/** The bundle of the analysis thread, which is started for types too; undefined where the program runs unbundled, as in a test. */
function workerFile(): string | undefined {
  const file = path.join(import.meta.dirname, 'analysis-worker.js');
  return existsSync(file) ? file : undefined;
}
