import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Place } from '../symbols.ts';
import { readFramed } from './framed-messages.ts';
import type { ReferenceServer } from './reference-server.ts';

interface Response {
  readonly type: string;
  readonly request_seq?: number;
  readonly success?: boolean;
  readonly message?: string;
  readonly body?: {
    readonly refs: readonly { readonly file: string; readonly start: { readonly line: number; readonly offset: number } }[];
  };
}

/** TypeScript 6's server over standard input and output, as an editor starts it, without fetching types. */
export function startTsserver(program: string, dir: string): ReferenceServer {
  const child = spawn(
    process.execPath,
    [program, '--disableAutomaticTypingAcquisition', '--suppressDiagnosticEvents', '--noGetErrOnBackgroundUpdate'],
    {
      cwd: dir,
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  );
  const waiting = new Map<number, (response: Response) => void>();
  child.stdout.on(
    'data',
    readFramed((message) => {
      const response = message as Response;
      if (response.type === 'response' && response.request_seq !== undefined) waiting.get(response.request_seq)?.(response);
    }),
  );
  let seq = 0;
  const send = (command: string, args: object): number => {
    seq += 1;
    child.stdin.write(`${JSON.stringify({ seq, type: 'request', command, arguments: args })}\n`);
    return seq;
  };
  const opened = new Set<string>();
  return {
    pid: child.pid ?? 0,
    async references(at: Place) {
      const file = path.join(dir, at.path);
      if (!opened.has(file)) send('open', { file, projectRootPath: dir });
      opened.add(file);
      const asked = send('references', { file, line: at.line, offset: at.character });
      const response = await new Promise<Response>((resolve) => waiting.set(asked, resolve));
      waiting.delete(asked);
      if (response.success !== true) throw new Error(`expected references of ${at.path}:${at.line}, found: ${response.message}`);
      return (response.body?.refs ?? []).map((ref) => ({
        path: path.relative(dir, ref.file).replaceAll('\\', '/'),
        line: ref.start.line,
        character: ref.start.offset,
      }));
    },
    async stop() {
      const exited = once(child, 'exit');
      send('exit', {});
      child.stdin.end();
      await exited;
    },
  };
}
