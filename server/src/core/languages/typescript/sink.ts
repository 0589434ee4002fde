import type {
  Call,
  Command,
  Condition,
  Fact,
  Guard,
  Handler,
  Loop,
  Option,
  Resource,
  Scope,
  Setting,
  SqlStatement,
  SymbolFact,
} from '../../model/facts.ts';
import type { BlindSpot } from '../../model/tree.ts';

/** Where the readers of one file put what they see. */
export interface Sink {
  readonly symbols: SymbolFact[];
  readonly calls: Call[];
  readonly loops: Loop[];
  readonly guards: Guard[];
  readonly conditions: Condition[];
  readonly handlers: Handler[];
  readonly options: Option[];
  readonly scopes: Scope[];
  readonly resources: Resource[];
  readonly settings: Setting[];
  /** Of what is embedded. */
  readonly commands: Command[];
  readonly statements: SqlStatement[];
  readonly blindSpots: Omit<BlindSpot, 'path'>[];
}

export function emptySink(): Sink {
  return {
    symbols: [],
    calls: [],
    loops: [],
    guards: [],
    conditions: [],
    handlers: [],
    options: [],
    scopes: [],
    resources: [],
    settings: [],
    commands: [],
    statements: [],
    blindSpots: [],
  };
}

/** Adds all that is in one sink to another, as it is. */
export function pour(from: Sink, into: Sink): void {
  for (const kind of KINDS) {
    // One kind at a time, which the loop cannot express in a type.
    const target = into[kind] as unknown[];
    for (const item of from[kind]) target.push(item);
  }
}

/** The same facts that many lines further down; the same sink where that is none. */
export function moveDown(sink: Sink, lines: number): Sink {
  if (lines === 0) return sink;
  const moved = emptySink();
  for (const kind of RANGED) {
    const target = moved[kind] as Fact[];
    for (const fact of sink[kind]) target.push(moveFact(fact, lines));
  }
  for (const loop of sink.loops) {
    const { startLine, endLine } = loop.body;
    moved.loops.push({ ...moveFact(loop, lines), body: { startLine: startLine + lines, endLine: endLine + lines } });
  }
  for (const { startLine, endLine, ...scope } of sink.scopes)
    moved.scopes.push({ ...scope, startLine: startLine + lines, endLine: endLine + lines });
  moved.blindSpots.push(...sink.blindSpots);
  return moved;
}

export function moveFact<T extends Fact>(fact: T, lines: number): T {
  const { start, end } = fact.range;
  return {
    ...fact,
    range: { start: { line: start.line + lines, character: start.character }, end: { line: end.line + lines, character: end.character } },
  };
}

const RANGED = [
  'symbols',
  'calls',
  'guards',
  'conditions',
  'handlers',
  'options',
  'resources',
  'settings',
  'commands',
  'statements',
] as const satisfies readonly (keyof Sink)[];
const KINDS = [...RANGED, 'loops', 'scopes', 'blindSpots'] as const satisfies readonly (keyof Sink)[];
