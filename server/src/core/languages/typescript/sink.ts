import type { Call, Guard, Handler, Loop, Option, Scope, SourceFacts, SymbolFact } from '../../model/facts.ts';

/** Where the readers of one file put what they see. */
export interface Sink {
  readonly symbols: SymbolFact[];
  readonly calls: Call[];
  readonly loops: Loop[];
  readonly guards: Guard[];
  readonly handlers: Handler[];
  readonly options: Option[];
  readonly scopes: Scope[];
  readonly embedded: SourceFacts[];
}

export function emptySink(): Sink {
  return { symbols: [], calls: [], loops: [], guards: [], handlers: [], options: [], scopes: [], embedded: [] };
}
