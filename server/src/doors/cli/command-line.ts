import { readAssetsFrom } from '../../host/assets.ts';
import { runCommandLine } from './dispatch.ts';
import { outputOf } from './output.ts';

// A reader that went away, as in `brakeline review | head`, has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  throw error;
});

/** Undefined where the folder that it runs in was deleted: node throws then. */
function workingFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

const cwd = workingFolder();
if (cwd === undefined) {
  process.stderr.write('brakeline: expected a working folder, found that it was deleted\n');
  process.exitCode = 2;
} else {
  // Not before: standard output may be a pipe that has not taken everything yet. Then, because giving memory back piece by piece takes 5 ms.
  process.once('beforeExit', () => process.exit());
  void runCommandLine(process.argv.slice(2), {
    cwd,
    env: process.env,
    input: process.stdin,
    out: outputOf(process.stdout),
    err: outputOf(process.stderr),
    readAsset: readAssetsFrom(import.meta.dirname),
  }).then((status) => {
    process.exitCode = status;
  });
}
