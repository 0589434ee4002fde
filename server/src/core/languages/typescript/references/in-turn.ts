import type { ExportRecord, ImportRecord } from '../../../model/file-scan.ts';
import type { InTurn, SymbolUse, UseKind } from '../../../model/symbol-uses.ts';
import type { RepoPath, Tree } from '../../../model/tree.ts';
import { indexLines } from '../../positions.ts';
import type { PositionKind } from './bindings.ts';
import type { Code } from './code.ts';
import { wordStartingAt } from './code-around.ts';
import { codeOf } from './code-shelf.ts';
import { type Graph, graphOf } from './graph.ts';
import { placesOf } from './symbol-places.ts';
import { commonName, runsOnLoad, statementAt } from './top-statements.ts';

/** Names that are followed one by one; what hangs on more of them is followed by imports alone. */
const MOST_NAMES = 1_500;

/** What holds a place: names at the top of a file. Without a local name it is only what the file offers. */
interface Holder {
  readonly path: RepoPath;
  readonly local: string | undefined;
  readonly exported: readonly string[];
  /** True where a statement does something with it (`orders.post('/orders', …)`): what else the file does with it is another matter. */
  readonly isActedOn: boolean;
  /** Of its file. */
  readonly steps: number;
}

interface Found {
  steps: number;
  readonly through: Set<RepoPath>;
  readonly places: SymbolUse[];
  onlyLoads: boolean;
}

/**
 * Who depends on some places, however far: the declaration around each is asked for its own references, and so on. What a file does
 * as it loads counts for every file that loads it. `asked` is the file of the symbol that the places mean, and what it offers it as.
 * An upper bound: who names a function need not call it.
 */
export function dependentsInTurn(
  tree: Tree,
  asked: { readonly path: RepoPath; readonly names: readonly string[] },
  uses: readonly SymbolUse[],
): InTurn {
  const graph = graphOf(tree);
  const found = new Map<RepoPath, Found>();
  const loading = new Map<RepoPath, number>();
  const seen = new Set<string>();
  const queue: Holder[] = [];

  const reach: Reach = (path, steps, from) => {
    const known = found.get(path) ?? { steps, through: new Set<RepoPath>(), places: [], onlyLoads: true };
    found.set(path, known);
    if (steps < known.steps) known.through.clear();
    known.steps = Math.min(known.steps, steps);
    if (from !== path && steps === known.steps && steps > 1) known.through.add(from);
    return known;
  };
  const load = (path: RepoPath, steps: number): void => {
    loading.set(path, Math.min(steps, loading.get(path) ?? steps));
  };
  /** Asks for what holds a place; `at` is where the queue goes on. */
  const hold = (code: Code, start: number, { path, kind }: SymbolUse, steps: number, at: number): void => {
    if (kind === 'import' || kind === 'export') return;
    const { holders, loads } = holdersOf(graph, path, code, start, kind);
    if (loads) load(path, steps);
    for (const { local, exported, isActedOn } of holders) {
      if (isActedOn && exported.length === 0) continue;
      const key = `${path}#${local ?? ` ${exported.join()}`}#${isActedOn}`;
      if (seen.has(key)) continue;
      seen.add(key);
      // A name that the file keeps to itself leads no step further: at once, so that steps rise.
      if (exported.length === 0) queue.splice(at, 0, { path, local, exported, isActedOn, steps });
      else queue.push({ path, local, exported, isActedOn, steps });
    }
  };

  for (const [path, own] of byFile(uses)) {
    reach(path, path === asked.path ? 0 : 1, path).onlyLoads = false;
    const code = codeOf(tree, path);
    if (code === undefined) continue;
    const lines = indexLines(code.text);
    for (const use of own) hold(code, lines.startOf(use.line) + use.character, use, 1, queue.length);
  }
  for (let at = 0; at < queue.length; at += 1) {
    const holder = queue[at];
    if (holder === undefined) continue;
    if (at >= MOST_NAMES) {
      load(holder.path, holder.steps);
      continue;
    }
    for (const { path, code, positions } of placesOf(tree, holder.path, holder.local, holder.exported)?.files ?? []) {
      if (path === holder.path && holder.isActedOn) continue;
      const steps = path === holder.path ? holder.steps : holder.steps + 1;
      const file = reach(path, path === asked.path ? 0 : steps, holder.path);
      file.onlyLoads = false;
      const lines = indexLines(code.text);
      for (const { start, kind } of positions) {
        const { line, character } = lines.positionAt(start);
        const use: SymbolUse = { path, line, character, kind: KINDS[kind] };
        file.places.push(use);
        hold(code, start, use, file.steps > 0 ? file.steps : steps, at + 1);
      }
    }
  }
  followLoads(graph, loading, (path, steps, from) => reach(path, path === asked.path ? 0 : steps, from));
  return {
    files: [...found].map(([path, file]) => ({ ...file, path, through: [...file.through].sort() })),
    offering: offeringFiles(graph, [asked, ...queue.map(({ path, exported }) => ({ path, names: exported }))]),
  };
}

type Reach = (path: RepoPath, steps: number, from: RepoPath) => Found;

const KINDS: Readonly<Record<PositionKind, UseKind>> = { call: 'call', use: 'use', heir: 'extends', import: 'import', reexport: 'export' };

function byFile(uses: readonly SymbolUse[]): ReadonlyMap<RepoPath, readonly SymbolUse[]> {
  const files = new Map<RepoPath, SymbolUse[]>();
  for (const use of uses) {
    const own = files.get(use.path);
    if (own === undefined) files.set(use.path, [use]);
    else own.push(use);
  }
  return files;
}

interface Held {
  readonly holders: readonly Omit<Holder, 'path' | 'steps'>[];
  /** True where the place runs as its file loads. */
  readonly loads: boolean;
}

function holdersOf(graph: Graph, path: RepoPath, code: Code, start: number, kind: UseKind): Held {
  const number = graph.numberOf.get(path);
  const exports = (number === undefined ? undefined : graph.recordOf(number)?.exports) ?? [];
  const whole = { local: undefined, isActedOn: false, exported: ['default', '=', ...exports.map(({ exported }) => exported)] };
  // A component is one thing, offered as the default of its file.
  if (code.scripts !== undefined) return { holders: [whole], loads: false };
  const statement = code.lost ? undefined : statementAt(code, start);
  if (statement === undefined) return { holders: [whole], loads: true };
  const named = statement.names.map((name) => ({
    local: name,
    isActedOn: statement.kind === 'acts',
    exported: exports.flatMap(({ local, exported }) => (local === name || (local === undefined && exported === name) ? [exported] : [])),
  }));
  // A mention is held by the value that is named, and a call has run by then.
  const loads = kind === 'call' && runsOnLoad(code, statement, start);
  switch (statement.kind) {
    case 'import':
      return { holders: [], loads: false };
    case 'acts':
      return { holders: named, loads: true };
    case 'names':
      return { holders: named, loads: loads && statement.isValue };
    case 'default':
      return { holders: [{ local: undefined, exported: ['default', '='], isActedOn: false }], loads };
    case 'commonjs': {
      // `module.exports = { charge }` offers a name that is followed as itself.
      const word = wordStartingAt(code, start);
      if (exports.some(({ local }) => local === word)) return { holders: [], loads: false };
      const name = commonName(code, statement);
      return { holders: [name === undefined ? whole : { local: undefined, exported: [name], isActedOn: false }], loads };
    }
  }
}

/** Files that load those: they ask for more than their types, however far. */
function followLoads(graph: Graph, loading: ReadonlyMap<RepoPath, number>, reach: Reach): void {
  const levels: RepoPath[][] = [];
  const best = new Map<RepoPath, number>();
  const put = (path: RepoPath, steps: number): void => {
    if ((best.get(path) ?? Number.POSITIVE_INFINITY) <= steps) return;
    best.set(path, steps);
    const level = levels[steps] ?? [];
    level.push(path);
    levels[steps] = level;
  };
  for (const [path, steps] of loading) put(path, steps);
  for (let steps = 0; steps < levels.length; steps += 1)
    for (const path of levels[steps] ?? []) {
      if (best.get(path) !== steps) continue;
      for (const { asker, record } of askersOf(graph, path)) {
        if (record.typeOnly) continue;
        reach(asker, steps + 1, path);
        put(asker, steps + 1);
      }
    }
}

/** Files that offer some names of files to others: themselves, and whoever passes them on. */
function offeringFiles(
  graph: Graph,
  offered: readonly { readonly path: RepoPath; readonly names: readonly string[] }[],
): ReadonlySet<RepoPath> {
  const files = new Set<RepoPath>();
  const seen = new Set<string>();
  const queue = offered.flatMap(({ path, names }) => names.map((name) => ({ path, name })));
  for (let at = 0; at < queue.length; at += 1) {
    const { path, name } = queue[at] as (typeof queue)[number];
    if (seen.has(`${path} ${name}`)) continue;
    seen.add(`${path} ${name}`);
    files.add(path);
    for (const { asker, record, exports } of askersOf(graph, path))
      for (const { imported, local } of record.names) {
        if (imported !== name && !(imported === '*' && name !== 'default')) continue;
        if (record.kind === 'reexport') queue.push({ path: asker, name: local === '*' ? name : local });
        else for (const other of exports) if (other.local === local) queue.push({ path: asker, name: other.exported });
      }
  }
  return files;
}

interface Asker {
  readonly asker: RepoPath;
  readonly record: ImportRecord;
  readonly exports: readonly ExportRecord[];
}

function askersOf(graph: Graph, path: RepoPath): readonly Asker[] {
  const number = graph.numberOf.get(path);
  if (number === undefined) return [];
  const found: Asker[] = [];
  for (let edge = graph.turned[number] ?? 0; edge < (graph.turned[number + 1] ?? 0); edge += 1) {
    const asker = graph.askers[edge] ?? 0;
    const module = graph.recordOf(asker);
    const record = module?.imports[graph.asked[edge] ?? 0];
    const name = graph.files[asker];
    if (record !== undefined && name !== undefined && name !== path) found.push({ asker: name, record, exports: module?.exports ?? [] });
  }
  return found;
}
