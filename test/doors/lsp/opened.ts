import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import { makeRepository, type TestRepository } from '../../support/git.ts';
import { type EditorAnswer, startClient, type TestClient } from './client.ts';

const cleanups: (() => unknown)[] = [];

/** Undoes, in reverse order, what a test opened. */
export function later(cleanup: () => unknown): void {
  cleanups.push(cleanup);
}

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export interface Opened {
  readonly client: TestClient;
  readonly repository: TestRepository;
  /** The folder of the Brakeline key that this test's servers sign with. */
  readonly keys: string;
}

/** A repository with one commit of `files`, and a server on it. */
export async function openRepository(
  files: Readonly<Record<string, string>>,
  env: NodeJS.ProcessEnv = {},
  editor?: EditorAnswer,
): Promise<Opened> {
  const repository = makeRepository();
  later(() => repository.dispose());
  for (const [file, text] of Object.entries(files)) repository.write(file, text);
  repository.commit();
  const keys = temporaryFolder('keys');
  return { client: await openClient([repository.dir], { BRAKELINE_CONFIG_HOME: keys, ...env }, editor), repository, keys };
}

export async function openClient(folders: readonly string[], env: NodeJS.ProcessEnv = {}, editor?: EditorAnswer): Promise<TestClient> {
  const client = await startClient(folders, env, undefined, editor);
  later(() => client.stop());
  return client;
}

export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), `brakeline-${name}-`));
  later(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const CLEAN = '#!/bin/sh\nset -eu\nrm -rf ./build\necho done\n';
/** One high finding on line 2, counted from 0. */
export const RISKY = '#!/bin/sh\nset -eu\nrm -rf "$DIR"/\necho done\n';

/** A function with a guard, and files that depend on it. */
export const ORDERS = 'export function findOrder(id: string): string {\n  return id;\n}\n';
export const ORDERS_CHANGED = 'export function findOrder(shop: string, id: string): string {\n  return shop + id;\n}\n';

export function callers(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `src/caller${index}.ts`,
      `import { findOrder } from './orders';\nexport const order${index} = findOrder('${index}');\n`,
    ]),
  );
}
