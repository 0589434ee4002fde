import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Diagnostic, PublishDiagnosticsParams } from 'vscode-languageserver-protocol';
import type { Checkout } from '../checkouts.ts';
import type { Measure } from '../context.ts';
import { atMost, type Figure } from '../figure.ts';
import { startLanguageServer } from '../peers/language-server.ts';
import { isBesideTheCode } from '../source-files.ts';
import { inTurns, spreadOf } from '../spread.ts';

/** Edits of one file in one server; half of them bring a flag and half take it away. */
const EDITS = 210;
/** Milliseconds from opening a file to typing into it, in both servers: a person reads first. */
const READING = 3_000;
/** The first edits load what later ones find loaded; they are reported apart. */
const WARM_UP = 10;

/** A line that is flagged wherever it is added, because it runs what it is handed. Each is new: a text that was read before costs nothing. */
const dangerOf = (edit: number): string => `export const runs${edit} = (given: string): unknown => eval(given);\n`;

/** Edits typed into our server and into one that publishes a diagnostic for every change and looks at nothing, over the same pipe. */
export const keystroke: Measure = async ({ project, root, bundles, options }) => {
  const figures: Figure[] = [];
  for (const [most, limit] of [
    [30_000, 5],
    [180_000, 8],
  ] as const) {
    const file = largestUpTo(project, most);
    const [own = [], bare = []] = await inTurns(Math.min(options.runs, 3), [
      () => typeInto(path.join(root, 'dist', 'server.js'), project, file),
      () => typeInto(path.join(bundles, 'bare-server.js'), project, file),
    ]);
    const [ours, floor] = [spreadOf(own.map((times) => spreadOf(times).p95)), spreadOf(bare.map((times) => spreadOf(times).p95))];
    const p50 = {
      'server p50 ms': spreadOf(own.map((times) => spreadOf(times).p50)),
      'bare p50 ms': spreadOf(bare.map((times) => spreadOf(times).p50)),
    };
    figures.push({
      measure: `edit to diagnostics p95 / the same server doing nothing, file of ${most / 1000} KB`,
      of: `${project.name} ${file}, ${Math.round(sizeOf(project, file) / 1000)} KB, ${EDITS} edits`,
      goal: atMost(limit),
      value: ours.p50 / floor.p50,
      sides: { 'server p95 ms': ours, 'bare p95 ms': floor, ...p50 },
    });
  }
  return figures;
};

const sizeOf = ({ dir }: Checkout, file: string): number => statSync(path.join(dir, file)).size;

function largestUpTo(project: Checkout, most: number): string {
  const sizes = project.files
    .filter((file) => !isBesideTheCode(file) && /\.ts$/.test(file))
    .map((file) => ({ file, size: sizeOf(project, file) }))
    .filter(({ size }) => size <= most)
    .sort((left, right) => right.size - left.size || (left.file < right.file ? -1 : 1));
  const found = sizes[0];
  if (found === undefined) throw new Error(`expected a TypeScript file of at most ${most} bytes, found none`);
  return found.file;
}

/** Milliseconds of each edit, from its notice to the diagnostics that follow from it. */
async function typeInto(program: string, project: Checkout, file: string): Promise<readonly number[]> {
  const server = await startLanguageServer(process.execPath, [program, '--stdio'], project.dir);
  const uri = pathToFileURL(path.join(project.dir, file)).href;
  let wake: ((diagnostics: readonly Diagnostic[]) => void) | undefined;
  server.connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    if (params.uri === uri) wake?.(params.diagnostics);
  });
  const text = readFileSync(path.join(project.dir, file), 'utf8');
  await server.connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'typescript', version: 1, text } });
  // In the middle, at the begin of a line that begins a top-level statement.
  const lines = text.split('\n');
  const middle = lines.findIndex((line, index) => lines.length / 2 < index && /^(export |function |const |class |\/\*\*)/.test(line));
  const line = middle < 0 ? lines.length - 1 : middle;
  const times: number[] = [];
  await pause(READING);
  for (let edit = 0; edit < EDITS; edit += 1) {
    const isAdded = edit % 2 === 0;
    const change = isAdded
      ? { range: { start: { line, character: 0 }, end: { line, character: 0 } }, text: dangerOf(edit) }
      : { range: { start: { line, character: 0 }, end: { line: line + 1, character: 0 } }, text: '' };
    const came = new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`expected the flag to ${isAdded ? 'come' : 'go'} in ${file}, found nothing`)), 60_000);
      wake = (diagnostics) => {
        if (diagnostics.length > 0 !== isAdded) return;
        clearTimeout(late);
        resolve();
      };
    });
    const begun = performance.now();
    await server.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: edit + 2 },
      contentChanges: [change],
    });
    await came;
    times.push(performance.now() - begun);
  }
  await server.stop();
  return times.slice(WARM_UP);
}
