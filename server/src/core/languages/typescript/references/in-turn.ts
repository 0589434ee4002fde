import type { InTurn, SymbolUse, UseKind } from '../../../model/symbol-uses.ts';
import type { RepoPath, Tree } from '../../../model/tree.ts';
import type { PositionKind } from './bindings.ts';
import { type Code, linesOf } from './code.ts';
import { wordStartingAt } from './code-around.ts';
import { codeOf } from './code-shelf.ts';
import { type Graph, graphOf } from './graph.ts';
import { followLoads, offeringFiles } from './in-turn-files.ts';
import { placesOf } from './symbol-places.ts';
import { commonName, runsOnLoad, statementAt, type TopStatement } from './top-statements.ts';

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
  const asks: Asks = new Map();

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
    const told = isTold(code, start, kind, asks);
    if (told === 'too-often') load(path, steps);
    if (told !== 'no') return;
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
    const lines = linesOf(code);
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
      const lines = linesOf(code);
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

/** How often a statement was asked about: a line may hold a symbol ten thousand times. */
type Asks = Map<TopStatement, { calls: number; others: number }>;

/** Calls of one statement that are looked at one by one, since each may run as the file loads. */
const MOST_CALLS = 100;

/**
 * Whether a place tells no more than an earlier one of its statement did: the statement's names are the same, and so what it offers.
 * `too-often` is answered once, and stands for a call that runs as the file loads.
 */
function isTold(code: Code, start: number, kind: UseKind, asks: Asks): 'no' | 'yes' | 'too-often' {
  const statement = code.lost || code.scripts !== undefined ? undefined : statementAt(code, start);
  if (statement === undefined) return 'no';
  const asked = asks.get(statement) ?? { calls: 0, others: 0 };
  asks.set(statement, asked);
  if (kind === 'call') {
    asked.calls += 1;
    if (asked.calls > MOST_CALLS) return asked.calls === MOST_CALLS + 1 ? 'too-often' : 'yes';
    return 'no';
  }
  asked.others += 1;
  // Each place of `module.exports = { … }` may be another of its offers.
  return asked.others > 1 && statement.kind !== 'commonjs' ? 'yes' : 'no';
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
