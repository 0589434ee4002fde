// node test/editor/bench-keystroke.mjs [--rounds 5] [--edits 8] [--json FILE] [--folder DIR --file PATH --line N --column N --length N]
// Measures in a real editor how long after a keystroke its flag and its lens are painted, beside a bare language server that
// looks at nothing, in one run: the two take turns in windows of their own. Each edit deletes the guard of a route with one key and
// takes it back with undo; with --folder it deletes LENGTH characters there instead, and saves nothing.
// Needs dist/brakeline.vsix.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { installEdition } from './install.mjs';
import { launchChromium } from './support/chromium.mjs';
import { editorFolder } from './support/editions.mjs';
import { Editor } from './support/editor.mjs';
import { startServer } from './support/server.mjs';
import { mustExist, packageFolder, vsixFile } from './support/vsix.mjs';
import { guardedRoute, makePerson, makeShop } from './support/workspace.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    edits: { type: 'string', default: '8' },
    json: { type: 'string' },
    folder: { type: 'string' },
    file: { type: 'string', default: guardedRoute.file },
    line: { type: 'string', default: String(guardedRoute.line) },
    column: { type: 'string', default: String(guardedRoute.guarded.indexOf('requireAuth') + 1) },
    length: { type: 'string', default: String(guardedRoute.guarded.length - guardedRoute.unguarded.length) },
  },
});

/** Validation by the built-in TypeScript server would draw lines of its own under the same words. */
const ONLY_OURS = { 'js/ts.validate.enabled': false, 'typescript.validate.enable': false, 'javascript.validate.enable': false };

const KINDS = ['flag visible', 'lens visible', 'flag gone', 'lens gone'];

const out = mkdtempSync(path.join(tmpdir(), 'brakeline-bench-'));
const person = makePerson();
const shop = makeShop(person);
const place = {
  folder: values.folder === undefined ? shop.folder : path.resolve(values.folder),
  file: values.file,
  line: Number(values.line),
  column: Number(values.column),
  length: Number(values.length),
};
const servers = [];
let browser;
try {
  const edition = await installEdition('host');
  const contenders = [
    { name: 'Brakeline', vsix: mustExist(vsixFile, 'npm run package') },
    { name: 'Bare', vsix: await packageBare(out) },
  ].map((contender) => ({ ...contender, samples: [], activations: [] }));
  for (const contender of contenders) {
    contender.server = await startServer(edition, { vsix: [contender.vsix], env: person.env, settings: ONLY_OURS });
    servers.push(contender.server);
  }
  browser = await launchChromium();
  for (let round = 1; round <= Number(values.rounds); round++) {
    for (const contender of contenders) await playRound(contender, Number(values.edits));
    process.stderr.write(`round ${round} of ${values.rounds}\n`);
  }
  report(contenders);
} finally {
  await browser?.close();
  for (const server of servers) await server.stop();
  shop.remove();
  person.remove();
  rmSync(out, { recursive: true, force: true });
}

async function packageBare(folder) {
  const source = path.join(editorFolder, 'bare-extension');
  const files = ['package.json', 'README.md'].map((file) => path.join(source, file));
  await build({
    entryPoints: [path.join(source, 'extension.ts'), path.join(source, 'server.ts'), ...files],
    loader: { '.json': 'copy', '.md': 'copy' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    minify: true,
    external: ['vscode'],
    outdir: path.join(folder, 'bare'),
    logLevel: 'warning',
  });
  return packageFolder(path.join(folder, 'bare'), path.join(folder, 'bare.vsix'));
}

/** One window: its activation time, then the edits. The first edit of a window warms it up and is not counted. */
async function playRound({ name, server, samples, activations }, edits) {
  const editor = await Editor.open(browser, server, place.folder);
  activations.push(await editor.activationTime(name));
  await editor.openFile(place.file);
  for (let edit = 0; edit <= edits; edit++) {
    await editor.goTo(place.line, place.column);
    for (let step = 0; step < place.length; step++) await editor.press('Shift+ArrowRight');
    const came = await timeKey(editor, 'Delete', true);
    await editor.focusEditor();
    const went = await timeKey(editor, 'Control+Z', false);
    if (edit > 0) samples.push({ 'flag visible': came.flag, 'lens visible': came.lens, 'flag gone': went.flag, 'lens gone': went.lens });
  }
  await editor.close();
}

/** Presses a key; milliseconds from the key event to the frame in which the flag, and the lens, are there or gone. */
async function timeKey(editor, keys, present) {
  await editor.page.evaluate(watchFlagAndLens, { key: keys.split('+').at(-1), present });
  await editor.press(keys);
  try {
    return await editor.page.evaluate(() => window.measured);
  } catch (error) {
    await editor.screenshot('failed-bench');
    throw error;
  }
}

/** Runs in the page. */
function watchFlagAndLens({ key, present }) {
  const seen = {
    flag: () => document.querySelector('.editor-instance :is(.squiggly-error, .squiggly-warning, .squiggly-info)') !== null,
    lens: () => document.querySelector('.editor-instance .codelens-decoration a') !== null,
  };
  window.measured = new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`expected the flag and the lens to ${present ? 'come' : 'go'} after ${key}, found ${JSON.stringify(times)}`)),
      20_000,
    );
    const times = {};
    let pressedAt;
    const look = () => {
      for (const [name, isThere] of Object.entries(seen)) {
        if (pressedAt === undefined || name in times || isThere() !== present) continue;
        times[name] = undefined;
        requestAnimationFrame(() => {
          times[name] = performance.now() - pressedAt;
          if (!Object.keys(seen).every((each) => times[each] !== undefined)) return;
          observer.disconnect();
          clearTimeout(late);
          resolve(times);
        });
      }
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['class'] });
    const onKey = (event) => {
      if (event.key.toLowerCase() !== key.toLowerCase()) return;
      pressedAt = event.timeStamp;
      window.removeEventListener('keydown', onKey, true);
    };
    window.addEventListener('keydown', onKey, true);
  });
}

function report(contenders) {
  const figures = Object.fromEntries(
    contenders.map(({ name, samples, activations }) => [
      name,
      {
        edits: samples.length,
        ...Object.fromEntries(KINDS.map((kind) => [kind, spread(samples.map((sample) => sample[kind]))])),
        activation: spread(activations),
      },
    ]),
  );
  const columns = contenders.flatMap(({ name }) => [`${name} p50`, `${name} p95`]);
  console.log(['milliseconds'.padEnd(14), ...columns.map((column) => column.padStart(14))].join(''));
  for (const kind of [...KINDS, 'activation']) {
    const cells = contenders.flatMap(({ name }) => [figures[name][kind].p50, figures[name][kind].p95]);
    console.log([kind.padEnd(14), ...cells.map((cell) => cell.toFixed(0).padStart(14))].join(''));
  }
  const all = { file: place.file, cpu: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`, ...figures };
  console.log(JSON.stringify(all));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(all, undefined, 2)}\n`);
}

/** Nearest rank: each figure is one that was measured. */
function spread(times) {
  const sorted = times.toSorted((left, right) => left - right);
  const rank = (share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  return { p50: rank(0.5), p95: rank(0.95), most: rank(1) };
}
