import type { FileFacts, SourceFacts } from '../model/facts.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K] };

/** The facts of one file while a language still gathers them. */
export type FactsDraft = Mutable<SourceFacts>;

/** A draft without a fact. */
export function draftFacts(language: string): FactsDraft {
  return {
    language,
    commands: [],
    statements: [],
    settings: [],
    resources: [],
    calls: [],
    loops: [],
    guards: [],
    conditions: [],
    handlers: [],
    options: [],
    symbols: [],
    dependencies: [],
    suppressions: [],
    scopes: [],
    tokens: [],
    blindSpots: [],
  };
}

/** Adds what an embedded stretch holds. Its tokens are left out: the host file has them as its own. */
export function includeFacts(draft: FactsDraft, embedded: SourceFacts): void {
  const into: Mutable<FileFacts> = draft;
  into.commands.push(...embedded.commands);
  into.statements.push(...embedded.statements);
  into.settings.push(...embedded.settings);
  into.resources.push(...embedded.resources);
  into.calls.push(...embedded.calls);
  into.loops.push(...embedded.loops);
  into.guards.push(...embedded.guards);
  into.conditions.push(...embedded.conditions);
  into.handlers.push(...embedded.handlers);
  into.options.push(...embedded.options);
  into.symbols.push(...embedded.symbols);
  into.dependencies.push(...embedded.dependencies);
  draft.blindSpots.push(...embedded.blindSpots);
}

/** White space collapsed, as a fact's key wants it. */
export function collapse(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
