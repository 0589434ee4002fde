/** A place in a file: path from the top of the repository, line and character from 1 (UTF-16 units). */
export interface Place {
  readonly path: string;
  readonly line: number;
  readonly character: number;
}

/** A name that a file declares and exports; the place is that of the name. */
export interface ExportedSymbol extends Place {
  readonly name: string;
}

export interface OracleAnswer {
  readonly symbol: ExportedSymbol;
  /** Names of its declarations. */
  readonly declared: readonly Place[];
  /** Every other place in code, imports and re-exports included. */
  readonly places: readonly Place[];
  /** Those of `places` (`path:line:character`) that a search for references does not list: see processes/checker-links.ts. */
  readonly linked: readonly string[];
}

export interface OracleReport {
  readonly files: number;
  /** How many there were to draw from. */
  readonly symbols: number;
  readonly answers: readonly OracleAnswer[];
}
