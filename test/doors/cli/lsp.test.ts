import { spawn } from 'node:child_process';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { DIST } from '../../support/build.ts';
import { temporaryFolder } from '../../support/git.ts';

// A server is a process of its own, and machines differ.
vi.setConfig({ testTimeout: 120_000 });

test('brakeline lsp --stdio is a language server that ends when it is told to', async () => {
  const dir = temporaryFolder();
  const server = spawn(process.execPath, [path.join(DIST, 'cli.js'), 'lsp', '--stdio'], { cwd: dir, stdio: ['pipe', 'pipe', 'inherit'] });
  const send = (message: object): void => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const exited = new Promise<number | null>((resolve) => server.once('exit', resolve));
  send({ id: 1, method: 'initialize', params: { processId: process.pid, rootUri: null, capabilities: {} } });
  send({ id: 2, method: 'shutdown' });
  let answers = '';
  for await (const chunk of server.stdout) {
    answers += chunk;
    if (answers.includes('"id":2')) break;
  }
  send({ method: 'exit' });
  expect(answers).toContain('"codeLensProvider"');
  expect(await exited).toBe(0);
});
