// Preloaded into the server and its threads: names every process that is started, and the compiler when it is loaded.
const childProcess = require('node:child_process');
const Module = require('node:module');
const path = require('node:path');

for (const name of ['spawn', 'spawnSync', 'execFile', 'execFileSync', 'exec', 'execSync', 'fork']) {
  const original = childProcess[name];
  childProcess[name] = (...args) => {
    process.stderr.write(`spawned ${args.flat().slice(0, 12).join(' ')}\n`);
    return original(...args);
  };
}

const load = Module._load;
Module._load = (request, ...rest) => {
  if (path.basename(request) === 'ts-morph.js') process.stderr.write('loaded ts-morph\n');
  return load(request, ...rest);
};
