import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { readWire, wirePositive, wireString, wireUint32 } from '../../server/src/core/attest/wire.ts';

/**
 * A security key in software, for tests: what an authenticator signs, with any flags and counter it is told to (OpenSSH
 * PROTOCOL.u2f). That this can be written at all is why a policy has to enrol hardware: ssh-keygen takes its signatures.
 */
export interface SecurityKey {
  /** `sk-ssh-ed25519@openssh.com AAAA…` */
  readonly line: string;
  readonly blob: Buffer;
  /** The signature blob over what SSHSIG signs in place of the message. */
  signBlob(data: Uint8Array): Buffer;
}

export function securityKey(key: KeyObject, flags: number, counter = 7, application = 'ssh:'): SecurityKey {
  const isEd25519 = key.asymmetricKeyType === 'ed25519';
  const type = isEd25519 ? 'sk-ssh-ed25519@openssh.com' : 'sk-ecdsa-sha2-nistp256@openssh.com';
  const { x = '', y = '' } = createPublicKey(key).export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  const body = isEd25519 ? wireString(Buffer.from(x, 'base64url')) : Buffer.concat([wireString('nistp256'), wireString(point)]);
  const blob = Buffer.concat([wireString(type), body, wireString(application)]);
  const tail = Buffer.concat([Buffer.of(flags), wireUint32(counter)]);
  const signBlob = (data: Uint8Array): Buffer => {
    const composed = Buffer.concat([sha256(application), tail, sha256(data)]);
    const raw = isEd25519 ? sign(null, composed, key) : ecdsa(sign('sha256', composed, { key, dsaEncoding: 'ieee-p1363' }));
    return Buffer.concat([wireString(type), wireString(raw), tail]);
  };
  return { line: `${type} ${blob.toString('base64')}`, blob, signBlob };
}

function ecdsa(points: Buffer): Buffer {
  return Buffer.concat([wirePositive(points.subarray(0, 32)), wirePositive(points.subarray(32))]);
}

function sha256(bytes: string | Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** A running agent (draft-miller-ssh-agent) that holds these keys; the real ssh-keygen asks it through `SSH_AUTH_SOCK`. */
export function startAgent(socket: string, keys: readonly SecurityKey[]): Promise<Server> {
  const server = createServer((connection) => {
    let pending = Buffer.alloc(0);
    connection.on('error', () => undefined);
    connection.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      for (let end = messageEnd(pending); end !== undefined && end <= pending.length; end = messageEnd(pending)) {
        connection.write(wireString(answerTo(pending.subarray(4, end), keys)));
        pending = pending.subarray(end);
      }
    });
  });
  return new Promise((resolve) => server.listen(socket, () => resolve(server)));
}

function messageEnd(pending: Buffer): number | undefined {
  return pending.length < 4 ? undefined : 4 + pending.readUInt32BE(0);
}

const [FAILURE, REQUEST_IDENTITIES, IDENTITIES, SIGN_REQUEST, SIGNATURE] = [5, 11, 12, 13, 14];

function answerTo(message: Buffer, keys: readonly SecurityKey[]): Buffer {
  const wire = readWire(message);
  const type = wire.byte();
  if (type === REQUEST_IDENTITIES) {
    const listed = keys.flatMap(({ blob }) => [wireString(blob), wireString('security key')]);
    return Buffer.concat([Buffer.of(IDENTITIES), wireUint32(keys.length), ...listed]);
  }
  const [asked, data] = [wire.string(), wire.string()];
  const key = type === SIGN_REQUEST ? keys.find(({ blob }) => asked?.equals(blob)) : undefined;
  if (key === undefined || data === undefined) return Buffer.of(FAILURE);
  return Buffer.concat([Buffer.of(SIGNATURE), wireString(key.signBlob(data))]);
}
