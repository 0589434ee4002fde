import { baseOf, folderOf, holds, type Leaning, ownerOf } from '../code/reach.ts';

/** A file that names the type of a member, or the module of a function. */
export const leaning: Leaning = {
  extensions: ['.rs'],
  words: (path, _text, symbol) => (symbol.name.includes('.') ? [ownerOf(symbol), moduleOf(path)] : [symbol.name]),
  leans: (other, declaring, symbol) => {
    const name = ownerOf(symbol);
    const module = moduleOf(declaring.path);
    // A type has one name in a crate; a function is asked for with its module, by a list, or from the modules around it.
    if (symbol.kind !== 'function' || symbol.name.includes('.')) return holds(other.text, name) || holds(other.text, module);
    if (/^(lib|main|mod)$/.test(baseOf(declaring.path)) || folderOf(other.path) === folderOf(declaring.path)) return true;
    return holds(other.text, module) || new RegExp(`\\buse [^;]*\\b${symbol.name}\\b`).test(other.text);
  },
  // A path says whose it is; a dot may be behind anything.
  isOther: (qualifier, mark, _other, declaring, symbol) => {
    if (mark !== '::' || /^(crate|self|super)$/.test(qualifier)) return false;
    return symbol.name.includes('.') ? qualifier !== ownerOf(symbol) && qualifier !== 'Self' : qualifier !== moduleOf(declaring.path);
  },
  asks: /^\s*(pub\s+)?use\b/,
  remarks: /^\s*(\/\/|\*|\/\*)/,
  tests: /(^|\/)(tests|benches)\/|(^|\/)tests?\.rs$|_tests?\.rs$/,
};

/** `ledger` of `src/ledger.rs` and of `src/ledger/mod.rs`; the crate of `src/lib.rs`. */
function moduleOf(path: string): string {
  const base = baseOf(path);
  const folder = folderOf(path).replace(/(^|\/)src$/, '');
  return /^(mod|lib|main)$/.test(base) ? (folder.split('/').at(-1) ?? base).replaceAll('-', '_') || base : base;
}
