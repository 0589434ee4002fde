import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFolder } from '../../../server/src/doors/lsp/folder.ts';
import { createLoop } from '../../../server/src/doors/lsp/loop.ts';
import type { Publisher } from '../../../server/src/doors/lsp/publish.ts';
import type { LinkEvent } from '../../../server/src/doors/lsp/worker-link.ts';
import { NO_WORK } from '../../../server/src/doors/lsp/worker-messages.ts';
import { later, temporaryFolder } from './opened.ts';

/** A real thread with another program. */
function program(source: string): string {
  const file = path.join(temporaryFolder('program'), 'worker.cjs');
  writeFileSync(file, `const { parentPort } = require('node:worker_threads');\n${source}`);
  return file;
}

/** Gives events one after another, waiting for those that have not come yet. */
function eventQueue(): { push(event: LinkEvent): void; next(): Promise<LinkEvent> } {
  const events: LinkEvent[] = [];
  const waiting: ((event: LinkEvent) => void)[] = [];
  return {
    push: (event) => {
      const waiter = waiting.shift();
      if (waiter === undefined) events.push(event);
      else waiter(event);
    },
    next: () => {
      const event = events.shift();
      return event === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(event);
    },
  };
}

describe('a worker that dies', () => {
  it('is started again with what waits, and the person who waits is told why', async () => {
    const events = eventQueue();
    const folder = openFolder({
      uri: 'file:///tmp',
      env: process.env,
      onEvent: events.push,
      versions: () => new Map(),
      workerFile: program("parentPort.on('message', (m) => { if (m.kind === 'analyse') throw new Error('out of memory'); });"),
    });
    if (folder === undefined) throw new Error('expected a folder, found none');
    later(() => folder.close());
    const latest = folder.latest();
    const stopped = await events.next();
    expect(stopped).toMatchObject({
      kind: 'stopped',
      willRestart: true,
      failure: { code: 'crashed', message: 'expected the analysis to run, found that it stopped: out of memory' },
    });
    folder.receive(stopped);
    await expect(latest).rejects.toThrow('out of memory');
    const restarted = await events.next();
    expect(restarted).toEqual({ kind: 'restarted' });
    folder.receive(restarted);
    expect(folder.isAnalysing).toBe(false);
    // The new thread takes work, and dies of it in turn.
    folder.ask(NO_WORK);
    expect(await events.next()).toMatchObject({ kind: 'stopped' });
  });

  it('takes its questions with it', async () => {
    const folder = openFolder({
      uri: 'file:///tmp',
      env: process.env,
      onEvent: () => undefined,
      versions: () => new Map(),
      workerFile: program("parentPort.on('message', () => process.exit(3));"),
    });
    if (folder === undefined) throw new Error('expected a folder, found none');
    later(() => folder.close());
    await expect(folder.question({ kind: 'rules', rules: [] })).rejects.toThrow(
      'expected the analysis to run, found that it stopped: exit 3',
    );
  });

  it('is given up after five deaths in three minutes, with one message', async () => {
    const given: string[] = [];
    const told = new Promise<void>((resolve) => {
      const publisher: Publisher = {
        publish: () => undefined,
        status: () => undefined,
        cannotStart: () => undefined,
        lenses: () => [],
        givenUp: (folder, failure) => {
          given.push(`${folder.path}: ${failure.message}`);
          resolve();
        },
      };
      const workerFile = program('process.exit(1);');
      const loop = createLoop({
        env: process.env,
        settings: { codeLens: true, criticalAsError: false },
        publisher,
        log: () => undefined,
        workerFile,
      });
      later(() => loop.close());
      loop.dispatch({ kind: 'folders', added: ['file:///tmp'], removed: [] });
    });
    await told;
    expect(given).toEqual(['/tmp: expected the analysis to run, found that it stopped: exit 1']);
  });
});
