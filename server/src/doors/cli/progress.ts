import { Worker } from 'node:worker_threads';
import type { CommandContext } from './command.ts';

/** Work that is done sooner is not worth a line. Milliseconds. */
const PATIENCE = 1000;

/** Writes one line after a while and blanks it when told to, without an escape sequence (`NO_COLOR`). On a thread of its own: the analysis never yields. */
const WAITING = `
const { parentPort, workerData } = require('node:worker_threads');
const { writeSync } = require('node:fs');
const print = (text) => { try { writeSync(2, text); } catch { /* a terminal that is busy misses a line */ } };
let shown = false;
const timer = setTimeout(() => { shown = true; print(workerData.line); }, workerData.patience);
parentPort.once('message', () => { clearTimeout(timer); if (shown) print('\\r' + ' '.repeat(workerData.line.length) + '\\r'); parentPort.close(); });
`;

/** Does the work; where it takes over a second, says on standard error what is being done, on a terminal alone. */
export async function withProgress<T>(context: CommandContext, line: string, work: () => Promise<T>): Promise<T> {
  if (!context.err.isTerminal || context.env.TERM === 'dumb') return work();
  const worker = new Worker(WAITING, { eval: true, workerData: { line: `${line} …`, patience: PATIENCE } });
  worker.unref();
  try {
    return await work();
  } finally {
    const gone = new Promise((resolve) => worker.once('exit', resolve));
    worker.ref();
    worker.postMessage('done');
    await gone;
  }
}
