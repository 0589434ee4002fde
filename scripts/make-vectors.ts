import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeEnvelopeVectors } from './vectors/envelopes.ts';
import { makeFingerprintVectors } from './vectors/fingerprints.ts';
import { makePaeVectors } from './vectors/pae.ts';
import { makeRecordVectors } from './vectors/records.ts';
import { makeSshsigVectors } from './vectors/sshsig.ts';
import { makeStatementVectors } from './vectors/statements.ts';

/** Where vectors lie, for others too: test/vectors/README.md says how to use them. */
export const FOLDER = 'test/vectors';

/** Writes the folders of test/vectors anew. Keys and signatures are alike every time, so files change only when a format does. */
export async function main(): Promise<void> {
  const vectors = await makeVectors();
  for (const folder of new Set([...vectors.keys()].map((file) => path.dirname(file))))
    rmSync(path.join(FOLDER, folder), { recursive: true, force: true });
  for (const [file, text] of vectors) {
    mkdirSync(path.dirname(path.join(FOLDER, file)), { recursive: true });
    writeFileSync(path.join(FOLDER, file), text);
  }
  console.log(`${vectors.size} vectors written to ${FOLDER}`);
}

/** Every vector's text by its path in the folder, `records/good-raw-only.json`. */
export async function makeVectors(): Promise<ReadonlyMap<string, string>> {
  const folders: Readonly<Record<string, readonly { readonly name: string }[]>> = {
    envelopes: makeEnvelopeVectors(),
    fingerprints: makeFingerprintVectors(),
    pae: makePaeVectors(),
    records: await makeRecordVectors(),
    sshsig: makeSshsigVectors(),
    statements: makeStatementVectors(),
  };
  return new Map(
    Object.entries(folders).flatMap(([folder, vectors]) =>
      vectors.map((vector) => [`${folder}/${vector.name}.json`, `${JSON.stringify(vector, null, 2)}\n`] as const),
    ),
  );
}
