// Runs one of the TypeScript scripts beside this file: node scripts/run.mjs NAME [ARG ...]. Node 20 reads no TypeScript, so
// the script is bundled to a temporary file first; the packages it needs stay where they are.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const [name, ...args] = process.argv.slice(2);
const entry = path.join(here, `${name}.ts`);
if (name === undefined || !existsSync(entry)) {
  console.error(`expected the name of a script in scripts/, found ${name ?? 'nothing'}`);
  process.exit(2);
}
// Inside the checkout, so that the bundle's imports find node_modules.
const out = path.join(here, '..', '.tsc', 'scripts', `${name}.${process.pid}.mjs`);
mkdirSync(path.dirname(out), { recursive: true });
try {
  await build({
    entryPoints: [entry],
    outfile: out,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  });
  process.argv = [process.argv[0], entry, ...args];
  await (await import(pathToFileURL(out).href)).main(args);
} finally {
  rmSync(out, { force: true });
}
