import type { ExportRecord, ImportRecord } from '../../../model/file-scan.ts';
import { edgesAsking } from './edges-by-name.ts';
import type { Graph } from './graph.ts';
import { isMeantFirst } from './graph-edges.ts';
import { mayBeBehind } from './graph-links.ts';

/** What a file may call a symbol, and where it says so. */
export interface Meaning {
  /** Names bound at the top of the file that are the symbol itself. */
  readonly names: Set<string>;
  /** `root` is a module or a namespace, and the symbol is what `path` names in it. */
  readonly chains: Chain[];
  /** By specifier, the names by which import and re-export clauses ask for it; `default` among them. */
  readonly clauses: Map<string, Set<string>>;
  /** Names under which the file passes the symbol on, besides those above. */
  readonly aliases: Set<string>;
  /** Modules asked for on the spot (`import('./x')`, `require('./x')`), and what in them is the symbol; empty where they are it. */
  readonly spots: Spot[];
  /**
   * True where one of these is a guess: the file asks for a module through a link that nobody follows, or for a package that offers it
   * to another platform.
   */
  isVague: boolean;
}

export interface Chain {
  readonly root: string;
  readonly path: readonly string[];
}

export interface Spot {
  readonly specifier: string;
  readonly path: readonly string[];
}

export function noMeaning(): Meaning {
  return { names: new Set(), chains: [], clauses: new Map(), aliases: new Set(), spots: [], isVague: false };
}

/** A namespace in a namespace: deeper ones are cycles (`export * as self from './self'`). */
const DEEPEST_CHAIN = 4;

/**
 * Every file that can mean the symbol which `file` calls `local` at its top (undefined: only by what it exports), or which it offers
 * as `exported`, and by which names. Follows aliases, re-exports, stars, namespaces, defaults and CommonJS, in cycles too. Where two
 * stars offer one name, both count.
 */
export function meaningsOf(
  graph: Graph,
  file: number,
  local: string | undefined,
  exported: readonly string[],
): ReadonlyMap<number, Meaning> {
  const meanings = new Map<number, Meaning>();
  const seen = new Map<number, Set<string>>();
  /** Whether something is said of a file for the first time. */
  const isNew = (number: number, said: string): boolean => {
    const known = seen.get(number);
    if (known === undefined) seen.set(number, new Set([said]));
    else if (known.has(said)) return false;
    else known.add(said);
    count += 1;
    return true;
  };
  let count = 0;
  const offers: Offer[] = [];
  /** Imports that may mean the file of an offer, and more likely mean another one. */
  const guesses: (readonly [asker: number, index: number, offered: Offered])[] = [];
  const offer = (number: number, name: string, path: readonly string[]): void => {
    if (path.length > DEEPEST_CHAIN || !isNew(number, `>${dotted(name, path)}`)) return;
    offers.push({ file: number, name, path });
    if (name === '=' || name === 'default') return;
    // CommonJS may use what it hangs on its exports.
    const { chains } = meaningIn(number);
    chains.push({ root: 'exports', path: [name, ...path] }, { root: 'module', path: ['exports', name, ...path] });
  };
  const meaningIn = (number: number): Meaning => {
    const known = meanings.get(number) ?? noMeaning();
    meanings.set(number, known);
    return known;
  };
  /** `local` of a file is the symbol, or holds it at `path`. */
  const bind = (number: number, name: string, path: readonly string[]): void => {
    if (path.length > DEEPEST_CHAIN || !isNew(number, dotted(name, path))) return;
    const meaning = meaningIn(number);
    if (path.length === 0) meaning.names.add(name);
    else meaning.chains.push({ root: name, path });
    for (const record of graph.recordOf(number)?.exports ?? []) {
      if (record.local !== name) continue;
      offer(number, record.exported, path);
      if (path.length === 0) meaning.aliases.add(record.exported);
    }
  };

  if (local !== undefined) bind(file, local, []);
  for (const name of exported) offer(file, name, []);
  for (let at = 0, waiting = 0; ; ) {
    const next = offers[at];
    if (next !== undefined) {
      at += 1;
      pass(next);
    } else {
      // Only what nobody is surely given: the same thing may come by way of the file that is meant first.
      const guess = guesses[waiting];
      if (guess === undefined) return meanings;
      waiting += 1;
      maybeGive(...guess);
    }
  }

  function pass({ file: number, name, path }: Offer): void {
    const isCommon = isCommonJs(graph.recordOf(number)?.exports ?? [], name);
    const offered = { name, path, isCommon };
    for (const edge of edgesAsking(graph, number, name)) {
      const [asker, index] = [graph.askers[edge] ?? 0, graph.asked[edge] ?? 0];
      if (isMeantFirst(graph, asker, index, number)) give(asker, index, offered);
      else guesses.push([asker, index, offered]);
    }
    for (const { file: asker, index } of graph.linked) {
      const specifier = graph.recordOf(asker)?.imports[index]?.specifier;
      const own = graph.files[number];
      if (specifier === undefined || own === undefined || !mayBeBehind(specifier, own)) continue;
      maybeGive(asker, index, offered);
    }
  }

  function maybeGive(asker: number, index: number, offered: Offered): void {
    const before = count;
    give(asker, index, offered);
    if (count > before) meaningIn(asker).isVague = true;
  }

  function give(asker: number, index: number, offered: Offered): void {
    const record = graph.recordOf(asker)?.imports[index];
    if (record === undefined) return;
    if (record.kind === 'dynamic') {
      const inside = offered.name === '=' ? offered.path : [offered.name, ...offered.path];
      if (isNew(asker, `?${dotted(record.specifier, inside)}`)) meaningIn(asker).spots.push({ specifier: record.specifier, path: inside });
      return;
    }
    for (const { imported, local: bound } of record.names) take(asker, record, imported, bound, offered);
  }

  function take(asker: number, record: ImportRecord, imported: string, bound: string, offered: Offered): void {
    const { name, path, isCommon } = offered;
    const use = (further: readonly string[]): void => {
      if (record.kind === 'import') bind(asker, bound, further);
      else offer(asker, bound, further);
    };
    if (imported === name || (name === '=' && imported === 'default')) {
      ask(meaningIn(asker), record.specifier, imported, bound, path);
      use(path);
    } else if (imported === '*' && bound === '*') {
      // A star passes on no default, and what a file exports itself hides what stars bring.
      if (name !== 'default' && name !== '=' && !offersItself(graph, asker, name)) offer(asker, name, path);
    } else if (imported === '*' || imported === '=') use(name === '=' ? path : [name, ...path]);
    // `import x from './common'` gives the whole of a module that knows no default.
    else if (imported === 'default' && isCommon) use([name, ...path]);
    // `module.exports = thing`: a name asked of it is a member of the thing, which is the compiler's to follow.
  }
}

function dotted(name: string, path: readonly string[]): string {
  return path.length === 0 ? name : `${name} ${path.join('.')}`;
}

interface Offer {
  readonly file: number;
  readonly name: string;
  readonly path: readonly string[];
}

interface Offered {
  readonly name: string;
  readonly path: readonly string[];
  readonly isCommon: boolean;
}

/** Only a name that is the symbol itself stands for it in a clause; `ns` in `export { ns }` does not. */
function ask(meaning: Meaning, specifier: string, imported: string, bound: string, path: readonly string[]): void {
  if (path.length > 0) return;
  const names = meaning.clauses.get(specifier) ?? new Set();
  meaning.clauses.set(specifier, names.add(imported));
  meaning.aliases.add(bound);
}

function isCommonJs(exports: readonly ExportRecord[], name: string): boolean {
  return name !== 'default' && name !== '=' && !exports.some(({ exported }) => exported === 'default');
}

function offersItself(graph: Graph, file: number, name: string): boolean {
  const record = graph.recordOf(file);
  if (record === undefined) return false;
  return (
    record.exports.some(({ exported }) => exported === name) ||
    record.imports.some(({ kind, names }) => kind === 'reexport' && names.some(({ imported, local }) => local === name && imported !== '*'))
  );
}
