import type {
  Call,
  Condition,
  Guard,
  Handler,
  Loop,
  Option,
  Resource,
  Scope,
  Setting,
  SourceFacts,
  SymbolFact,
} from '../../model/facts.ts';

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
  readonly embedded: SourceFacts[];
  readonly resources: Resource[];
  readonly settings: Setting[];
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
    embedded: [],
    resources: [],
    settings: [],
  };
}
