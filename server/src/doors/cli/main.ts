import path from 'node:path';
import { runBundle } from '../../host/code-cache/run-bundle.ts';
import { expectShortRun } from '../../host/short-run.ts';
import { mayUseKeptCode } from './kept-code-commands.ts';

// The program itself is a bundle beside this one, so that what only shows findings can start from code that was compiled before.
const args = process.argv.slice(2);
if (args[0] !== 'lsp') expectShortRun();
const isRunning = mayUseKeptCode(args, process.env) && runBundle(path.join(import.meta.dirname, 'command-line.js'), process.env);
if (!isRunning) void import('./command-line.ts');
