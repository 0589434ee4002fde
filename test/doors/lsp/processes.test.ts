import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { DIST } from '../../support/build.ts';
import { makeRepository } from '../../support/git.ts';
import { startClient } from './client.ts';
import { CLEAN, callers, later, ORDERS, ORDERS_CHANGED, openRepository, RISKY, temporaryFolder } from './opened.ts';
import { children, sockets } from './process-table.ts';

// What a process started is read from /proc, which Linux alone has.
describe.runIf(process.platform === 'linux')('the server', () => {
  it('starts no process for a keystroke or a save', async () => {
    const counter = path.join(import.meta.dirname, 'count-spawns.cjs');
    const { client, repository } = await openRepository(
      { 'ops/clean.sh': CLEAN, 'src/orders.ts': ORDERS, ...callers(5) },
      { NODE_OPTIONS: `--require ${counter}` },
    );
    for (const [file, clean, risky] of [
      ['ops/clean.sh', CLEAN, RISKY],
      ['src/orders.ts', ORDERS, ORDERS_CHANGED],
    ] as const) {
      client.open(file, clean);
      // The first time a symbol changes, the repository is searched for it, once; and the first time a file is saved, git is asked
      // for its attributes.
      client.edit(file, risky);
      await client.untilDiagnostics(file, (diagnostics) => diagnostics.length > 0);
      repository.write(file, risky);
      client.save(file);
      client.filesChanged(file);
      await client.form({ uri: client.uri(file), line: 0 });
      client.edit(file, clean);
      await client.untilDiagnostics(file, (diagnostics) => diagnostics.length === 0);
      repository.write(file, clean);
      client.save(file);
      client.filesChanged(file);
      await client.form({ uri: client.uri(file), line: 0 });
      const spawned = (): readonly string[] => client.said.filter((line) => line.includes('spawned'));
      const before = spawned();
      // The counter counts: opening the repository has started git.
      expect(before.length).toBeGreaterThan(0);
      const running = children(client.pid);
      for (let round = 0; round < 5; round += 1) {
        client.edit(file, risky);
        await client.untilDiagnostics(file, (diagnostics) => diagnostics.length > 0);
        repository.write(file, risky);
        client.save(file);
        client.filesChanged(file);
        client.edit(file, clean);
        await client.untilDiagnostics(file, (diagnostics) => diagnostics.length === 0);
        repository.write(file, clean);
        client.save(file);
      }
      // An answer to a request comes after everything before it.
      await client.form({ uri: client.uri(file), line: 0 });
      expect(spawned()).toEqual(before);
      expect(children(client.pid)).toEqual(running);
    }
  });

  it('opens no socket', async () => {
    const guard = path.join(import.meta.dirname, 'no-sockets.cjs');
    const { client } = await openRepository({ 'src/orders.ts': ORDERS, ...callers(3) }, { NODE_OPTIONS: `--require ${guard}` });
    client.open('src/orders.ts', ORDERS);
    client.edit('src/orders.ts', ORDERS_CHANGED);
    await client.untilDiagnostics('src/orders.ts', (diagnostics) => diagnostics.length > 0);
    const form = await client.form({ uri: client.uri('src/orders.ts'), line: 0 });
    if (form === null) throw new Error('expected a form, found none');
    expect(
      await client.acknowledge(
        form.hunk,
        'all callers are changed next',
        form.dependents.map(({ id }) => id),
      ),
    ).toMatchObject({ kind: 'done' });
    expect(client.said.filter((line) => line.includes('socket'))).toEqual([]);
    expect(sockets(client.pid)).toEqual([]);
  });

  it('does not load the compiler before a TypeScript file is open', async () => {
    const loads = path.join(import.meta.dirname, 'count-spawns.cjs');
    const { client } = await openRepository({ 'ops/clean.sh': CLEAN, 'src/orders.ts': ORDERS }, { NODE_OPTIONS: `--require ${loads}` });
    client.open('ops/clean.sh', CLEAN);
    client.edit('ops/clean.sh', RISKY);
    await client.untilDiagnostics('ops/clean.sh', (diagnostics) => diagnostics.length > 0);
    expect(client.said.join('')).not.toContain('loaded ts-morph');
    client.open('src/orders.ts', ORDERS);
    await client.until('the compiler', () => client.said.join('').includes('loaded ts-morph'));
  });
});

describe('an installation without its worker', () => {
  it('says in one line what is missing, and stays up', async () => {
    const dist = temporaryFolder('dist');
    copyFileSync(path.join(DIST, 'server.js'), path.join(dist, 'server.js'));
    const repository = makeRepository();
    later(() => repository.dispose());
    const client = await startClient([repository.dir], {}, path.join(dist, 'server.js'));
    later(() => client.stop());
    await client.until('what is missing', () => client.said.length > 0);
    expect(client.said).toEqual(['Brakeline: expected analysis-worker.js beside the server, found none']);
    expect(await client.hunks()).toEqual([]);
  });
});
