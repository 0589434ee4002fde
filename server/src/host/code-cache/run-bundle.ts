import { isAscii } from 'node:buffer';
import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import { Script } from 'node:vm';
import { codeFolder } from './code-folder.ts';
import { type KeptCode, openKeptCode } from './kept-code.ts';

/** A bundle that runs, and what is kept of it. */
interface Loaded {
  readonly exports: unknown;
  readonly script: Script;
  readonly kept: KeptCode;
}

/**
 * Runs a bundle (absolute path of a CommonJS file without dynamic imports, which scripts/build.mjs sees to) with the code that an earlier process
 * compiled of it, and keeps what this one compiled when it ends: functions as well that were compiled at their first call. The files
 * beside it that it requires are run alike. Answers false, and has run nothing, where there is no place to keep code. Errors: whatever
 * the bundle throws, and those of reading it.
 */
export function runBundle(file: string, env: Readonly<Record<string, string | undefined>>): boolean {
  const folder = codeFolder(env);
  if (folder === undefined) return false;
  const loaded = new Map<string, Loaded>();
  process.once('exit', (status) => {
    // What ended otherwise may have been cut short anywhere.
    if (status === 0 || status === 1)
      for (const { script, kept } of loaded.values()) kept.keep(() => script.createCachedData(), script.cachedDataRejected === false);
  });
  load(file, folder, loaded);
  return true;
}

function load(file: string, folder: string, loaded: Map<string, Loaded>): unknown {
  const known = loaded.get(file);
  if (known !== undefined) return known.exports;
  const source = readFileSync(file);
  const kept = openKeptCode(folder, file, source);
  const { data } = kept;
  // As Node itself wraps a module; a bundle imports nothing dynamically but other bundles, as requires (scripts/build.mjs).
  // One byte a letter is taken over as it is, where UTF-8 is read letter by letter (scripts/build.mjs writes ASCII alone).
  const text = isAscii(source) ? source.toString('latin1') : source.toString('utf8');
  const script = new Script(Module.wrap(text), { filename: file, ...(data === undefined ? {} : { cachedData: data }) });
  const module: { exports: unknown } = { exports: {} };
  const outer = createRequire(file);
  const beside = (name: string): unknown =>
    name.startsWith('./') ? load(path.join(path.dirname(file), name), folder, loaded) : outer(name);
  loaded.set(file, {
    script,
    kept,
    get exports() {
      return module.exports;
    },
  });
  script.runInThisContext().call(module.exports, module.exports, Object.assign(beside, outer), module, file, path.dirname(file));
  return module.exports;
}
