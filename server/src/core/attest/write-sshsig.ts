import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import { NAMESPACE } from '../model/statement.ts';
import { encodePublicKey } from './ssh-key.ts';
import { ARMOUR_BEGIN, ARMOUR_END, MAGIC, sshsigMessage } from './sshsig.ts';
import { wireString, wireUint32 } from './wire.ts';

/**
 * An armoured SSHSIG over `message` in our namespace, made with an ed25519 key that we hold; the form that
 * `ssh-keygen -Y verify` reads. It stands apart from sshsig.ts so that the verifier reaches no code that signs (law 6).
 */
export function writeSshsig(privateKey: KeyObject, message: Uint8Array): string {
  if (privateKey.asymmetricKeyType !== 'ed25519')
    throw new TypeError(`expected an ed25519 key, found ${privateKey.asymmetricKeyType ?? 'none'}`);
  const line = encodePublicKey(createPublicKey(privateKey)) ?? '';
  const signature = sign(null, sshsigMessage(NAMESPACE, Buffer.alloc(0), 'sha512', message), privateKey);
  return armourSshsig(line, 'sha512', Buffer.concat([wireString('ssh-ed25519'), wireString(signature)]));
}

/** Puts a finished signature blob into SSHSIG and its armour. */
export function armourSshsig(publicKey: string, hash: 'sha256' | 'sha512', signatureBlob: Uint8Array): string {
  const keyBlob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
  const parts = [wireString(keyBlob), wireString(NAMESPACE), wireString(''), wireString(hash), wireString(signatureBlob)];
  const base64 = Buffer.concat([Buffer.from(MAGIC), wireUint32(1), ...parts]).toString('base64');
  return [ARMOUR_BEGIN, ...(base64.match(/.{1,70}/g) ?? []), ARMOUR_END, ''].join('\n');
}
