import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { openObjects } from '../../server/src/host/git/objects.ts';
import { temporaryFolder } from '../support/git.ts';

/** Answers every question with nothing, and dies of its own accord after the first of a life. */
const PROGRAM = `
import { workerData } from 'node:worker_threads';
const { port, signal } = workerData;
port.on('message', ({ id, oids }) => {
  port.postMessage({ id, sizes: oids.map(() => 107), bytes: new Uint8Array(0) });
  Atomics.add(signal, 0, 1);
  Atomics.notify(signal, 0);
  setImmediate(() => { throw new Error('out of memory'); });
});
`;

test('a reading thread that dies between two questions takes nothing with it, and is started again', async () => {
  const file = path.join(temporaryFolder('objects'), 'worker.mjs');
  writeFileSync(file, PROGRAM);
  const died: string[] = [];
  const objects = openObjects({ cwd: path.dirname(file) }, 100, { file, onDeath: (error) => died.push(error.message) });
  try {
    for (const life of [1, 2]) {
      expect(objects.readBlob('a'.repeat(40))).toEqual({ size: 107 });
      await vi.waitUntil(() => died.length === life, { timeout: 20_000 });
    }
  } finally {
    objects.close();
  }
  expect(died).toEqual(['out of memory', 'out of memory']);
});
