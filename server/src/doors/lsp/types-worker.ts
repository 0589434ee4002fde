import type { MessagePort } from 'node:worker_threads';
import { loadCompiler } from '../../core/languages/typescript/compiler.ts';
import { answerMember, type MemberAnswer, type MemberQuestion } from '../../core/languages/typescript/references/member-questions.ts';

/** One question about types, and its answer; null where the compiler has none. */
export interface TypesAsked {
  readonly id: number;
  readonly question: MemberQuestion;
}
export interface TypesAnswered {
  readonly id: number;
  readonly answer: MemberAnswer | null;
}

/** The thread that asks the compiler, so that no keystroke waits for it: it knows no repository and no tree, only questions. */
export function answerTypes(port: MessagePort): void {
  let queue = loadCompiler();
  port.on('message', ({ id, question }: TypesAsked) => {
    queue = queue.then(() => port.postMessage({ id, answer: answerMember(question) ?? null } satisfies TypesAnswered));
  });
}
