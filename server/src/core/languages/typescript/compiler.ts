import type { ts } from 'ts-morph';

/** The compiler's API as ts-morph carries it. */
export type Compiler = typeof ts;

let loaded: Compiler | undefined;

/** Loads the compiler once. Dynamic, so that nothing that merely starts Brakeline pays for it (test/tidy.test.ts). */
export async function loadCompiler(): Promise<void> {
  loaded ??= (await import('ts-morph')).ts;
}

/** The compiler, or undefined where no door has prepared the language. */
export function compiler(): Compiler | undefined {
  return loaded;
}
