// Reviews changes made by chance of real files, and stops at nothing: no throw, no review above two seconds, no memory above
// 500 MB, no rule that crashes. `npm run fuzz -- --seconds 600 --seed 1 [--corpus GIT_REPOSITORY ...]`; `--only SEED` shows one
// case again, as long as the corpus is the same, and `--keep FOLDER` writes down each that went wrong, and the last one. The reviews run in a process of their own, so that one that never ends is seen and named.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { prepareLanguages } from '../server/src/core/languages/prepare.ts';
import { assetFile } from '../server/src/host/assets.ts';
import { fixtureFiles, repositoryFiles } from '../test/fuzz/corpus.ts';
import { type FuzzCase, makeCase, tryCase } from '../test/fuzz/fuzz.ts';

/** Without a word from the reviewing process for this long, its case never ends. */
const HANG_MS = 20_000;

/** A heap may grow to whatever it is allowed before it is swept; the parsers' memory lies beside it. */
const HEAP_MB = 256;

export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      cases: { type: 'string' },
      corpus: { type: 'string', multiple: true, default: [] },
      only: { type: 'string' },
      keep: { type: 'string' },
      inside: { type: 'boolean', default: false },
    },
  });
  const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
  if (!(seconds > 0) || !Number.isSafeInteger(seed)) throw new Error('expected --seconds above 0 and a whole --seed');
  if (values.only !== undefined) return showCase(values.corpus, Number(values.only));
  const mostCases = values.cases === undefined ? Number.POSITIVE_INFINITY : Number(values.cases);
  if (values.inside) return reviewCases(values.corpus, { seconds, seed, mostCases, keep: values.keep });
  process.exitCode = await watch(args);
}

/** Runs the reviews in a child and ends it when it falls silent. */
function watch(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MB}`, path.join('scripts', 'run.mjs'), 'fuzz', ...args, '--inside'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve) => {
    let last = 'none';
    let silent = setTimeout(() => undefined, 0);
    const listen = (): void => {
      clearTimeout(silent);
      silent = setTimeout(() => {
        console.log(`case ${last} did not end within ${HANG_MS / 1_000} s`);
        child.kill('SIGKILL');
        resolve(1);
      }, HANG_MS);
    };
    let rest = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line.startsWith('at ')) last = line.slice(3);
        else console.log(line);
      }
      listen();
    });
    child.on('close', (code) => {
      clearTimeout(silent);
      resolve(code ?? 1);
    });
  });
}

interface Bounds {
  readonly seconds: number;
  readonly seed: number;
  readonly mostCases: number;
  /** Folder for the cases that fail. */
  readonly keep: string | undefined;
}

async function reviewCases(repositories: readonly string[], { seconds, seed, mostCases, keep }: Bounds): Promise<void> {
  const corpus = await gather(repositories);
  const begin = performance.now();
  const end = begin + seconds * 1_000;
  let cases = 0;
  let complaints = 0;
  let said = 0;
  let most = 0;
  for (let next = seed * 1_000_000; performance.now() < end && cases < mostCases; next++) {
    if (performance.now() - said > 1_000) {
      said = performance.now();
      process.stdout.write(`at ${next}\n`);
      // Written before the case is tried, or a case that hangs would be named after the one before it.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const made = makeCase(corpus, next);
    // A case that never ends writes nothing afterwards.
    if (keep !== undefined) writeFileSync(path.join(keep, 'last.txt'), textOf(made));
    const found = tryCase(made);
    cases += 1;
    complaints += found.length;
    most = Math.max(most, process.memoryUsage().rss);
    for (const complaint of found) process.stdout.write(`${next} ${made.path}: ${complaint}\n`);
    if (keep !== undefined && found.length > 0) writeFileSync(path.join(keep, `${next}.txt`), textOf(made));
  }
  process.stdout.write(
    `${cases} changes of ${corpus.length} files in ${((performance.now() - begin) / 1_000).toFixed(0)} s, ${complaints} complaints, at most ${(most / 1_048_576).toFixed(0)} MB\n`,
  );
  process.exitCode = complaints > 0 ? 1 : 0;
}

async function showCase(repositories: readonly string[], seed: number): Promise<void> {
  const made = makeCase(await gather(repositories), seed);
  console.log(textOf(made));
  for (const complaint of tryCase(made)) console.log(complaint);
}

function textOf(made: FuzzCase): string {
  const text = (side: 'before' | 'after'): string => {
    const content = made.change[side].read(made.path);
    return content?.kind === 'text' ? content.text : '(no text)';
  };
  return `${made.path}\n--- before\n${text('before')}\n--- after\n${text('after')}\n---`;
}

async function gather(repositories: readonly string[]) {
  const corpus = [...fixtureFiles(path.join('test', 'rules')), ...repositories.flatMap(repositoryFiles)];
  const resolve = createRequire(path.join(process.cwd(), 'package.json')).resolve;
  await prepareLanguages(
    corpus.map((file) => file.path),
    async (name) => readFileSync(assetFile(name, resolve)),
  );
  return corpus;
}
