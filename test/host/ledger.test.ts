import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendLedger, ledgerFile, readLedger } from '../../server/src/host/ledger/ledger.ts';
import { temporaryFolder } from '../support/git.ts';

let folder = '';
let made = 0;

beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function commonDir(): string {
  made += 1;
  return path.join(folder, `repository${made}`);
}

describe('the ledger', () => {
  it('is empty where nothing was written', async () => {
    expect(await readLedger(commonDir())).toEqual({ lines: [], warnings: [] });
  });

  it('keeps every line in order and rewrites none', async () => {
    const dir = commonDir();
    await appendLedger(dir, ['{"a":1}', '{"a":2}']);
    const before = readFileSync(ledgerFile(dir));
    await appendLedger(dir, ['{"a":1}']);
    await appendLedger(dir, []);
    expect(readFileSync(ledgerFile(dir)).subarray(0, before.length)).toEqual(before);
    expect(await readLedger(dir)).toEqual({ lines: ['{"a":1}', '{"a":2}', '{"a":1}'], warnings: [] });
  });

  it.each([[''], ['{}\n'], ['{"a":\r1}']])('refuses %j, which is not one line', async (line) => {
    await expect(appendLedger(commonDir(), ['{}', line])).rejects.toMatchObject({ code: 'bad-usage' });
  });

  it('keeps a line that a crash cut short, says so, and starts the next on a line of its own', async () => {
    const dir = commonDir();
    await appendLedger(dir, ['{"a":1}']);
    appendFileSync(ledgerFile(dir), '{"payloadType":"appl');
    expect(await readLedger(dir)).toEqual({
      lines: ['{"a":1}'],
      warnings: [expect.stringMatching(/^ledger line 2 skipped: .* 20 characters cut short/)],
    });
    await appendLedger(dir, ['{"a":3}']);
    const { lines, warnings } = await readLedger(dir);
    expect([lines, warnings.length]).toEqual([['{"a":1}', '{"a":3}'], 1]);
    expect(readFileSync(ledgerFile(dir), 'utf8')).toBe('{"a":1}\n{"payloadType":"appl\n{"a":3}\n');
  });

  it('reads a whole last line whose line end was lost', async () => {
    const dir = commonDir();
    await appendLedger(dir, ['{"a":1}']);
    writeFileSync(ledgerFile(dir), '{"a":1}');
    expect((await readLedger(dir)).lines).toEqual(['{"a":1}']);
    await appendLedger(dir, ['{"a":2}']);
    expect((await readLedger(dir)).lines).toEqual(['{"a":1}', '{"a":2}']);
  });

  it('takes over the lock of a process that died, and of one that is long gone quiet', async () => {
    for (const [owner, age] of [
      [`999999999 ${hostname()}`, 0],
      ['1 another-host', 60],
    ] as const) {
      const dir = commonDir();
      mkdirSync(path.join(dir, 'brakeline'), { recursive: true });
      const lock = `${ledgerFile(dir)}.lock`;
      writeFileSync(lock, `${owner}\n`);
      const then = Date.now() / 1000 - age;
      utimesSync(lock, then, then);
      await appendLedger(dir, ['{"a":1}']);
      expect((await readLedger(dir)).lines).toEqual(['{"a":1}']);
    }
  });

  it('loses nothing when windows of one process write at once', async () => {
    const dir = commonDir();
    await Promise.all(Array.from({ length: 50 }, (_, number) => appendLedger(dir, [`{"number":${number}}`])));
    const numbers = (await readLedger(dir)).lines.map((line) => Number(JSON.parse(line).number));
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, number) => number));
  });

  it('loses nothing when processes write at once, one of them killed meanwhile', async () => {
    const dir = commonDir();
    const script = await writerScript();
    const write = (writer: string, count: number) =>
      spawn(process.execPath, [script, dir, writer, String(count)], { stdio: ['ignore', 'pipe', 'pipe'] });
    const writers = ['first', 'second', 'third'].map((writer) => ended(write(writer, 150)));
    const victim = write('victim', 100_000);
    await new Promise((resolve) => victim.stdout.once('data', resolve));
    await Promise.all(writers.slice(0, 1));
    victim.kill('SIGKILL');
    await Promise.all(writers);
    await appendLedger(dir, ['{"writer":"last","number":0}']);
    const { lines, warnings } = await readLedger(dir);
    const numbers = new Map<string, number[]>();
    for (const line of lines) {
      const { writer, number } = JSON.parse(line);
      numbers.set(writer, [...(numbers.get(writer) ?? []), number]);
    }
    const all = Array.from({ length: 150 }, (_, number) => number);
    for (const writer of ['first', 'second', 'third']) expect(numbers.get(writer)).toEqual(all);
    expect(numbers.get('last')).toEqual([0]);
    expect(numbers.get('victim')?.length ?? 0).toBeGreaterThan(0);
    expect(warnings.length).toBeLessThanOrEqual(1);
  });
});

/** The ledger as a process of its own runs it: appends `count` lines that name their writer, one call at a time. */
async function writerScript(): Promise<string> {
  const entry = path.resolve(import.meta.dirname, '../../server/src/host/ledger/ledger.ts');
  const contents = `
    import { appendLedger } from ${JSON.stringify(entry)};
    const [, , dir, writer, count] = process.argv;
    const run = async () => {
      for (let number = 0; number < Number(count); number += 1) {
        await appendLedger(dir, [JSON.stringify({ writer, number, filler: 'x'.repeat(number % 3 === 0 ? 9000 : 40) })]);
        if (number === 0) process.stdout.write('begun');
      }
    };
    run();`;
  const outfile = path.join(folder, 'writer.cjs');
  await build({
    stdin: { contents, resolveDir: folder, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile,
    logLevel: 'silent',
  });
  return outfile;
}

function ended(child: ReturnType<typeof spawn>): Promise<void> {
  const said: string[] = [];
  child.stderr?.on('data', (chunk) => said.push(String(chunk)));
  return new Promise((resolve, reject) => {
    child.on('close', (status) => (status === 0 ? resolve() : reject(new Error(said.join('')))));
  });
}
