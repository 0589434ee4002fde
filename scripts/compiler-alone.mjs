// The TypeScript compiler that ts-morph carries, as far as Brakeline uses it: without ts-morph itself, and without tsserver. The
// library hands out each of its 2,200 names by a getter that is set while it loads, and so keeps all of its code alive; here it hands out
// what our sources name, and the bundler drops the rest. Loading takes 83 ms instead of 210, from kept code 31 instead of 46.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The one place that touches the compiler (test/tidy.test.ts, ts-morph-stays-home). */
const USERS = 'server/src/core/languages/typescript';

/** An esbuild plugin: what `ts-morph` is to a bundle. `root` is the project's folder, `resolve` finds a module from there. */
export function compilerAlone(root, resolve) {
  return {
    name: 'compiler-alone',
    setup(plugin) {
      plugin.onResolve({ filter: /^ts-morph$/ }, ({ path: name }) => ({ path: name, namespace: 'compiler-alone' }));
      plugin.onLoad({ filter: /.*/, namespace: 'compiler-alone' }, () => {
        const folder = path.dirname(resolve('ts-morph/package.json'));
        const file = resolve('@ts-morph/common/dist/typescript.js');
        return { contents: usedOf(readFileSync(file, 'utf8'), wordsOf(path.join(root, USERS)), file), resolveDir: folder };
      });
    },
  };
}

/** The library's text is one function: its helpers, the list of names, the sources one behind the other, and the list once more. */
function usedOf(text, words, file) {
  const at = (mark) => {
    const found = text.indexOf(mark);
    if (found === -1) throw new Error(`expected ${JSON.stringify(mark)} in ${file}, found none: what does the library look like now?`);
    return found;
  };
  const [helpers, list, listed, server] = [
    '\nvar __defProp',
    'var typescript_exports = {};',
    '\nmodule.exports = __toCommonJS',
    '\n// src/server/',
  ].map(at);
  const names = [...text.slice(list, listed).matchAll(/^ {2}(\w+): \(\) => \1,?$/gm)].map(([, name]) => name);
  const used = names.filter((name) => words.has(name));
  const body = text.slice(text.indexOf('\n', listed + 1), server);
  // Such a variable would be handed out as it is at first; one of a namespace gets its value in the next line.
  const late = used.filter((name) => new RegExp(`^var ${name};\\n(?!\\(\\()`, 'm').test(body));
  if (late.length > 0) throw new Error(`expected names that have a value when the compiler is loaded, found ${late.join(', ')}`);
  return `${text.slice(helpers, list)}${body}\nexport const ts = { ${used.join(', ')} };\n`;
}

/** Every word of the sources: more than what is asked of the compiler, and nothing less. */
function wordsOf(folder) {
  const sources = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.ts'));
  return new Set(sources.flatMap((name) => readFileSync(path.join(folder, name), 'utf8').match(/\w+/g) ?? []));
}
