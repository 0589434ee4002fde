import type { ExportRecord, ImportRecord, ModuleRecord } from '../model/file-scan.ts';
import { codeOf, RUST, stretchesOf } from './code-stretches.ts';

/**
 * What a Rust file uses and declares. A specifier is the path before the last name (`crate::store` of `use crate::store::Ledger`),
 * seen from the module of the file: inside `mod tests { … }` its `super` is the file itself. `pub use` is a `reexport`, which
 * in Rust binds the name here too. A path that the code writes out (`crate::mail::send()`) is of kind `dynamic`. Exports are all
 * items; a module with a `#[path]` has that for its inner name.
 */
export function scanRust(text: string): ModuleRecord {
  const stretches = stretchesOf(text, RUST);
  const [code, withStrings] = [codeOf(text, stretches), codeOf(text, stretches, 'kept')];
  const depthAt = moduleDepths(code);
  const imports: ImportRecord[] = [];
  const uses: string[] = [];
  for (const { 1: pub, 2: tree = '', index } of code.matchAll(RUST_USE)) {
    uses.push(tree);
    for (const leaf of leavesOf(tree)) imports.push(recordOf(outward(leaf.path, depthAt(index)), leaf.local, pub !== undefined));
  }
  for (const [, name = '', alias] of code.matchAll(/\bextern\s+crate\s+(\w+)(?:\s+as\s+(\w+))?\s*;/g))
    imports.push(recordOf([name], alias ?? name, false));
  const written = new Set<string>();
  for (const { 0: path, index } of code.replace(RUST_USE, (all) => all.replace(/[^\n]/g, ' ')).matchAll(PATH))
    written.add(`${outward(path.replace(/\s+/g, '').replace(/^\$/, '').split('::'), depthAt(index)).join('::')} ${path}`);
  for (const one of written) {
    const [path = '', local = ''] = one.split(' ');
    const cut = path.lastIndexOf('::');
    if (cut > 0)
      imports.push({ specifier: path.slice(0, cut), kind: 'dynamic', typeOnly: false, names: [{ imported: path.slice(cut + 2), local }] });
  }
  const exports = new Map<string, ExportRecord>();
  for (const { 0: item, 1: kind, 2: name = '', index } of code.matchAll(ITEM)) {
    const path =
      kind === 'mod' ? /#\[path\s*=\s*"([^"]+)"\][^{};]*$/.exec(withStrings.slice(Math.max(0, index - 200), index + 1))?.[1] : undefined;
    // A module in a file of its own is found by that file's path.
    if (kind === 'mod' && path === undefined && /^\s*;/.test(code.slice(index + item.length))) continue;
    exports.set(name, { exported: name, local: path ?? name });
  }
  return { imports, exports: [...exports.values()] };
}

/** A `use` declaration and its `pub`. */
export const RUST_USE = /(?:\b(pub)(?:\s*\([^)]*\))?\s+)?\buse\s+([^;]{1,3000});/g;
const PATH = /(?<![\w:.$])\$?[a-z_]\w*(?:::[A-Za-z_]\w*)+/g;
const ITEM =
  /(?:^|[;{}\]])[ \t]*(?:pub(?:\s*\([^)]*\))?\s+)?(?:(?:async|const|unsafe|default|extern(?:\s+"[^"]*")?)\s+)*\b(fn|struct|enum|trait|type|const|static|union|mod|macro_rules!)\s+(?:mut\s+)?(\w+)/gm;

interface Leaf {
  readonly path: readonly string[];
  readonly local: string;
}

/** `a::{b, c::{self, d as e}, f::*}` as its single paths. */
function leavesOf(tree: string): readonly Leaf[] {
  const words = tree.match(/\w+|::|[{},*]/g) ?? [];
  const leaves: Leaf[] = [];
  const prefixes: (readonly string[])[] = [[]];
  let path: string[] = [];
  let alias: string | undefined;
  const close = (): void => {
    const prefix = prefixes.at(-1) ?? [];
    if (path.length > 0) {
      const whole = path.length === 1 && path[0] === 'self' && prefix.length > 0 ? prefix : [...prefix, ...path];
      leaves.push({ path: whole, local: alias ?? whole.at(-1) ?? '' });
    }
    path = [];
    alias = undefined;
  };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '{') {
      prefixes.push([...(prefixes.at(-1) ?? []), ...path]);
      path = [];
    } else if (word === '}') {
      close();
      prefixes.pop();
    } else if (word === ',') close();
    else if (word === 'as') {
      alias = words[at + 1];
      at += 1;
    } else if (word !== '::') path.push(word);
  }
  close();
  return leaves;
}

function recordOf(path: readonly string[], local: string, isPublic: boolean): ImportRecord {
  const last = path.at(-1) ?? '';
  const [specifier, imported] = path.length === 1 ? [last, '*'] : [path.slice(0, -1).join('::'), last];
  const bound = last === '*' ? '*' : local;
  return { specifier, kind: isPublic ? 'reexport' : 'import', typeOnly: false, names: [{ imported, local: bound }] };
}

/** What a path in a module inside the file says, from the file's own module. */
function outward(path: readonly string[], depth: number): readonly string[] {
  if (depth === 0) return path;
  const supers = path.findIndex((part) => part !== 'super');
  const ups = supers < 0 ? path.length : supers;
  if (ups === 0) return path[0] === 'self' ? ['self', ...path.slice(1)] : path;
  const rest = path.slice(ups);
  return ups <= depth ? ['self', ...rest] : [...Array.from({ length: ups - depth }, () => 'super'), ...rest];
}

/** How many `mod name { … }` stand around an offset; offsets are asked in any order. */
function moduleDepths(code: string): (offset: number) => number {
  const steps: { readonly at: number; readonly depth: number }[] = [];
  const open: boolean[] = [];
  let depth = 0;
  for (const { 0: found, index } of code.matchAll(/\bmod\s+\w+\s*\{|[{}]/g)) {
    const isModule = found.length > 1;
    if (found === '}' ? open.pop() !== true : open.push(isModule) > 0 && !isModule) continue;
    depth += found === '}' ? -1 : 1;
    steps.push({ at: index + found.length - 1, depth });
  }
  return (offset) => {
    let [low, high] = [0, steps.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((steps[middle]?.at ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return steps[low - 1]?.depth ?? 0;
  };
}
