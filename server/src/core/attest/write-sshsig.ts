import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import { NAMESPACE } from '../model/statement.ts';
import { encodePublicKey } from './ssh-key.ts';
import { ARMOUR_BEGIN, ARMOUR_END, MAGIC, sshsigMessage } from './sshsig.ts';
import { wirePositive, wireString, wireUint32 } from './wire.ts';

/**
 * An armoured SSHSIG over `message` in our namespace, made with an ed25519 or P-256 key that we hold; the form that
 * `ssh-keygen -Y verify` reads. It stands apart from sshsig.ts so that the verifier reaches no code that signs (law 6).
 */
export function writeSshsig(privateKey: KeyObject, message: Uint8Array): string {
  const line = encodePublicKey(createPublicKey(privateKey)) ?? '';
  const type = line.split(' ')[0] ?? '';
  const signed = sshsigMessage(NAMESPACE, Buffer.alloc(0), 'sha512', message);
  const signature = type === 'ecdsa-sha2-nistp256' ? signP256(privateKey, signed) : signEd25519(privateKey, signed);
  return armourSshsig(line, 'sha512', Buffer.concat([wireString(type), wireString(signature)]));
}

function signEd25519(privateKey: KeyObject, signed: Uint8Array): Buffer {
  if (privateKey.asymmetricKeyType !== 'ed25519')
    throw new TypeError(`expected an ed25519 or a P-256 key, found ${privateKey.asymmetricKeyType ?? 'none'}`);
  return sign(null, signed, privateKey);
}

/** The two numbers of the signature, each in its one form (RFC 5656, section 3.1.2). */
function signP256(privateKey: KeyObject, signed: Uint8Array): Buffer {
  const points = sign('sha256', signed, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return Buffer.concat([wirePositive(points.subarray(0, 32)), wirePositive(points.subarray(32))]);
}

/** Puts a finished signature blob into SSHSIG and its armour. */
export function armourSshsig(publicKey: string, hash: 'sha256' | 'sha512', signatureBlob: Uint8Array): string {
  const keyBlob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
  const parts = [wireString(keyBlob), wireString(NAMESPACE), wireString(''), wireString(hash), wireString(signatureBlob)];
  const base64 = Buffer.concat([Buffer.from(MAGIC), wireUint32(1), ...parts]).toString('base64');
  return [ARMOUR_BEGIN, ...(base64.match(/.{1,70}/g) ?? []), ARMOUR_END, ''].join('\n');
}
