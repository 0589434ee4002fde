import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runBundle } from '../../host/code-cache/run-bundle.ts';
import { mayUseKeptCode } from './kept-code-commands.ts';

// The program itself is a bundle beside this one, so that what only shows findings can start from code that was compiled before.
const args = process.argv.slice(2);
// The lexer of one grammar is a function of 160 KB, which takes half a second to optimise: no command runs long enough to gain by
// it, a review of 78 Python files neither. The editor's server does.
if (args[0] !== 'lsp') setFlagsFromString('--liftoff-only');
const isRunning = mayUseKeptCode(args, process.env) && runBundle(path.join(import.meta.dirname, 'command-line.js'), process.env);
if (!isRunning) void import('./command-line.ts');
