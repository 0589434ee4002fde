import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { withLock } from '../../server/src/host/ledger/lock.ts';
import { temporaryFolder } from '../support/git.ts';

/** What the next calls of one operation fail with: Windows answers so while another process has the file open or removes it. */
const failures = vi.hoisted(() => new Map<string, string[]>());

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const failing = <Call extends (...args: never[]) => unknown>(name: string, call: Call): Call =>
    ((...args: never[]) => {
      const code = failures.get(name)?.shift();
      return code === undefined ? call(...args) : Promise.reject(Object.assign(new Error(code), { code }));
    }) as Call;
  return {
    ...real,
    open: failing('open', real.open),
    readFile: failing('readFile', real.readFile),
    rename: failing('rename', real.rename),
    rm: failing('rm', real.rm),
    stat: failing('stat', real.stat),
  };
});

afterEach(() => failures.clear());

test.each(['EPERM', 'EBUSY'])('a lock file that another process has in its hands (%s) is waited for at every step', async (code) => {
  const lock = path.join(temporaryFolder('lock'), 'ledger.lock');
  // Of a process that is gone, so that it is looked at and taken away.
  writeFileSync(lock, `999999999 ${(await import('node:os')).hostname()}\n`);
  for (const name of ['open', 'readFile', 'stat', 'rename', 'rm']) failures.set(name, [code, code]);
  expect(await withLock(lock, async () => 'done')).toBe('done');
  expect(existsSync(lock)).toBe(false);
  // Once more, so that what fails is the release.
  expect(
    await withLock(lock, async () => {
      failures.set('readFile', [code]);
      failures.set('rm', [code]);
      return 'again';
    }),
  ).toBe('again');
  expect(existsSync(lock)).toBe(false);
});

test('any other failure is told', async () => {
  const lock = path.join(temporaryFolder('lock'), 'ledger.lock');
  failures.set('open', ['ENOSPC']);
  await expect(withLock(lock, async () => 'done')).rejects.toThrow('ENOSPC');
});
