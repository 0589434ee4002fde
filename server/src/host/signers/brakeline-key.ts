import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { encodePublicKey } from '../../core/attest/ssh-key.ts';
import { writeSshsig } from '../../core/attest/write-sshsig.ts';
import type { Signer } from '../../core/model/statement.ts';
import { AppError } from '../app-error.ts';
import type { Environment } from './choose.ts';
import { hasKeyFile, type KeyFile, openKeyFile } from './key-file.ts';

const KEY: KeyFile = {
  name: 'brakeline.key',
  kind: 'an ed25519',
  make: () => generateKeyPairSync('ed25519').privateKey,
  accepts: (key) => key.asymmetricKeyType === 'ed25519',
};

/**
 * The Brakeline key of this user: ed25519, made on first use (key-file.ts). It gives a raw DSSE signature and an SSHSIG. It
 * proves the account and no presence of a person.
 */
export async function openBrakelineKey(environment: Environment): Promise<Signer> {
  const { path, privateKey } = await openKeyFile(environment, KEY);
  const publicKey = encodePublicKey(createPublicKey(privateKey));
  if (publicKey === undefined) throw new AppError('key-refused', `expected an ed25519 key in ${path}, found another kind`);
  return {
    label: `Brakeline key ${path}`,
    publicKey,
    presence: 'none',
    sign: async (pae) => ({ raw: sign(null, pae, privateKey).toString('base64'), sshsig: writeSshsig(privateKey, pae) }),
  };
}

/** Whether this user has such a key already, so that a door can say that it is made now. */
export async function hasBrakelineKey(environment: Environment): Promise<boolean> {
  return hasKeyFile(environment, KEY);
}
