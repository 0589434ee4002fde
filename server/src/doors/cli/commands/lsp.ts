import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { AppError } from '../../../host/app-error.ts';
import { type Arguments, type Command, type ExitStatus, NO_OPERANDS } from '../command.ts';

export const command: Command = {
  name: 'lsp',
  operands: NO_OPERANDS,
  summary: 'start the language server for an editor',
  options: { stdio: { type: 'boolean', help: 'speak over standard input and output; the only way there is' } },
  details: ['An editor starts it; it ends when the editor closes the connection.'],
  run: startServer,
};

/** Loads the server's own bundle into this process. It reads `--stdio` from the command line itself. */
async function startServer(args: Arguments): Promise<ExitStatus> {
  if (args.options.stdio !== true) throw new AppError('bad-usage', 'expected --stdio after `lsp`, found nothing');
  const server = path.join(import.meta.dirname, 'server.js');
  if (!existsSync(server)) throw new AppError('incomplete-installation', 'expected server.js beside the command line, found none');
  // The bundles are CommonJS; a path of Windows is none that `import()` takes.
  createRequire(server)(server);
  return 0;
}
