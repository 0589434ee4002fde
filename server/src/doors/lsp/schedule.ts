/**
 * One analysis that runs and one that waits: what is asked while one runs is merged into the one that waits, so that a fast
 * typist costs two analyses and not twenty. Nothing is delayed for its own sake (test/doors/lsp/schedule.test.ts).
 */
export interface Schedule<Work> {
  /** Starts at once where nothing runs, else waits merged with what waits already. */
  ask(work: Work): void;
  /** The running analysis has answered or died; starts what waits. */
  finished(): void;
  readonly isIdle: boolean;
}

export function createSchedule<Work>(start: (work: Work) => void, merge: (older: Work, newer: Work) => Work): Schedule<Work> {
  let isRunning = false;
  let waiting: { readonly work: Work } | undefined;
  const run = (work: Work): void => {
    isRunning = true;
    start(work);
  };
  return {
    ask(work) {
      if (isRunning) waiting = { work: waiting === undefined ? work : merge(waiting.work, work) };
      else run(work);
    },
    finished() {
      isRunning = false;
      const next = waiting;
      waiting = undefined;
      if (next !== undefined) run(next.work);
    },
    get isIdle() {
      return !isRunning;
    },
  };
}
