import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { encodePublicKey } from '../../core/attest/ssh-key.ts';
import { writeSshsig } from '../../core/attest/write-sshsig.ts';
import type { Signer } from '../../core/model/statement.ts';
import { AppError } from '../app-error.ts';
import type { Environment } from './choose.ts';
import { type KeyFile, openKeyFile } from './key-file.ts';

const KEY: KeyFile = {
  name: 'export-p256.key',
  kind: 'a P-256',
  make: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  accepts: (key) => key.asymmetricKeyDetails?.namedCurve === 'prime256v1',
};

/**
 * The export key of this user: P-256, the one kind that every Sigstore and DSSE verifier reads, made on first use
 * (key-file.ts). It signs renderings for other tools, not decisions: a statement names the key of whoever decided, and signed
 * by this one it counts for nothing in a verification (test/attest/export.test.ts). It proves the account and no presence.
 */
export async function openExportKey(environment: Environment): Promise<Signer> {
  const { path, privateKey } = await openKeyFile(environment, KEY);
  const publicKey = encodePublicKey(createPublicKey(privateKey));
  if (publicKey === undefined) throw new AppError('key-refused', `expected a P-256 key in ${path}, found another kind`);
  return {
    label: `export key ${path}`,
    publicKey,
    presence: 'none',
    sign: async (pae) => ({ raw: sign('sha256', pae, privateKey).toString('base64'), sshsig: writeSshsig(privateKey, pae) }),
  };
}
