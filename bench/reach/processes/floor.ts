// node floor.js read|stat DIR: the least that any index must do. `read` reads every source file as text; `stat` asks for the state
// of each. Prints the milliseconds of the work itself, without the start of the process and without git's listing.
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { listSourceFiles } from '../source-files.ts';

const [verb, dir = ''] = process.argv.slice(2);
const files = listSourceFiles(dir).map((file) => path.join(dir, file));
const started = performance.now();
let total = 0;
for (const file of files) total += verb === 'read' ? readFileSync(file, 'utf8').length : statSync(file).size;
process.stdout.write(JSON.stringify({ ms: performance.now() - started, files: files.length, total }));
