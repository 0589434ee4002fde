import { sign } from 'node:crypto';
import { checkSshsig, MAGIC, parseSshsig, presenceOf, sshsigMessage } from '../../server/src/core/attest/sshsig.ts';
import { wireString, wireUint32 } from '../../server/src/core/attest/wire.ts';
import { NAMESPACE } from '../../server/src/core/model/statement.ts';
import { makeKey, publicLine, skSshsig } from '../../test/support/attest.ts';

/** An armoured signature, the message it is said to be over, and what a reader makes of both. */
export interface SshsigVector {
  readonly name: string;
  readonly why: string;
  readonly armour: string;
  /** Base64. */
  readonly message: string;
  readonly expect:
    | { readonly kind: 'sshsig'; readonly holds: boolean; readonly publicKey: string; readonly presence: string }
    | { readonly kind: 'unreadable'; readonly reason: string };
}

/** What a signature is put together from; each vector changes one of them. */
interface Parts {
  readonly magic: string;
  readonly version: number;
  readonly key: Buffer;
  readonly namespace: string;
  readonly hash: string;
  readonly signature: Buffer;
  readonly after: Buffer;
}

const MESSAGE = Buffer.from('DSSEv1 4 type 5 hello');
const KEY = makeKey(1);
const BLOB = Buffer.from(publicLine(KEY).split(' ')[1] ?? '', 'base64');

/** Made once by ssh-keygen with a key that nobody has kept: ECDSA takes a new number for each signature. */
const ECDSA = [
  '-----BEGIN SSH SIGNATURE-----',
  'U1NIU0lHAAAAAQAAAGgAAAATZWNkc2Etc2hhMi1uaXN0cDI1NgAAAAhuaXN0cDI1NgAAAE',
  'EEOtjgje5F5Gz+UHbn8XLdN9hg4dW7jyJiDDfv7jywoHWbX4cMvQVqsSsWmJOLG+j5QQVJ',
  '9UDdVX//b77fW8wENAAAAA1icmFrZWxpbmUtYWNrAAAAAAAAAAZzaGE1MTIAAABkAAAAE2',
  'VjZHNhLXNoYTItbmlzdHAyNTYAAABJAAAAIEUPHHLl5Vjk3CqwliAlMHFrFcCS7dtJJBu6',
  'ftJGAyT4AAAAIQDyM3Dhawab6GmuafaYXfwmKRh4Sd2N/gwGFkhz8NRr8A==',
  '-----END SSH SIGNATURE-----',
  '',
].join('\n');

/** Each but the good ones has one thing wrong with it. */
export function makeSshsigVectors(): readonly SshsigVector[] {
  const unknown = Buffer.concat([wireString('ssh-dss'), BLOB.subarray(4 + 'ssh-ed25519'.length)]);
  const made: readonly (readonly [string, string, string, Buffer?])[] = [
    ['good-ed25519-sha512', 'what Brakeline writes', armour({})],
    ['good-ed25519-sha256', 'the other hash', armour({ hash: 'sha256', signature: signed('sha256') })],
    ['good-ecdsa-p256', 'numbers in their one form, made once by ssh-keygen', ECDSA],
    ['good-sk-untouched', 'flags 0: it holds and proves nobody’s presence', skSshsig(KEY, MESSAGE, 0)],
    ['good-sk-touched', 'flags 1: somebody touched the key', skSshsig(KEY, MESSAGE, 1)],
    ['good-sk-verified-alone', 'flags 4 without touch prove nothing', skSshsig(KEY, MESSAGE, 4)],
    ['good-sk-verified', 'flags 5: touched, and verified by a PIN or a finger', skSshsig(KEY, MESSAGE, 5)],
    ['bad-other-message', 'another message', armour({}), Buffer.from('DSSEv1 4 type 5 hallo')],
    ['bad-other-key', 'another key signed', armour({ key: Buffer.from(publicLine(makeKey(2)).split(' ')[1] ?? '', 'base64') })],
    ['bad-hash-name', 'the name of the hash is signed', armour({ hash: 'sha256' })],
    ['bad-namespace-signed', 'the namespace is signed: this one was signed for git', armour({ signature: signed('sha512', 'git') })],
    ['bad-sk-flags', 'the flags are signed: these were raised afterwards', raised(skSshsig(KEY, MESSAGE, 0))],
    [
      'bad-plain-message',
      'the bytes of SSHSIG are signed and not the message itself',
      armour({ signature: inner(sign(null, MESSAGE, KEY)) }),
    ],
    ['unreadable-namespace', 'a signature of git', armour({ namespace: 'git', signature: signed('sha512', 'git') })],
    ['unreadable-empty-namespace', 'a namespace is not empty', armour({ namespace: '' })],
    ['unreadable-magic', 'other letters in front', armour({ magic: 'SSHSEG' })],
    ['unreadable-version', 'a higher version', armour({ version: 2 })],
    ['unreadable-hash', 'a hash that is too weak', armour({ hash: 'sha1' })],
    ['unreadable-more-bytes', 'bytes that nobody looked at', armour({ after: Buffer.of(0) })],
    ['unreadable-key-type', 'a kind of key that is none of ours', armour({ key: unknown })],
    [
      'unreadable-signature-type',
      'the signature says another kind than its key',
      armour({ signature: inner(Buffer.alloc(64), 'ssh-rsa') }),
    ],
    ['unreadable-web-key', 'a hardware key that was made for a web site', skSshsig(KEY, MESSAGE, 1, 'https://example.invalid')],
    ['unreadable-armour', 'no armour', armour({}).split('\n').slice(1).join('\n')],
    ['unreadable-two-armours', 'two signatures are not one', `${armour({})}${armour({})}`],
  ];
  return made.map(([name, why, one, message = MESSAGE]) => vector(name, why, one, message));
}

function armour(change: Partial<Parts>): string {
  const plain = {
    magic: MAGIC,
    version: 1,
    key: BLOB,
    namespace: NAMESPACE,
    hash: 'sha512',
    signature: signed('sha512'),
    after: Buffer.alloc(0),
  };
  const { magic, version, key, namespace, hash, signature, after } = { ...plain, ...change };
  const fields = [wireString(key), wireString(namespace), wireString(''), wireString(hash), wireString(signature)];
  return armoured(Buffer.concat([Buffer.from(magic), wireUint32(version), ...fields, after]));
}

function armoured(blob: Buffer): string {
  return `-----BEGIN SSH SIGNATURE-----\n${(blob.toString('base64').match(/.{1,70}/g) ?? []).join('\n')}\n-----END SSH SIGNATURE-----\n`;
}

function signed(hash: 'sha256' | 'sha512', namespace: string = NAMESPACE): Buffer {
  return inner(sign(null, sshsigMessage(namespace, Buffer.alloc(0), hash, MESSAGE), KEY));
}

function inner(signature: Buffer, type = 'ssh-ed25519'): Buffer {
  return Buffer.concat([wireString(type), wireString(signature)]);
}

/** The same signature with the flag of touch set: the flags byte stands before the counter, at the end. */
function raised(one: string): string {
  const blob = Buffer.from(one.split('\n').slice(1, -2).join(''), 'base64');
  blob[blob.length - 5] = 1;
  return armoured(blob);
}

function vector(name: string, why: string, one: string, message: Buffer): SshsigVector {
  const parsed = parseSshsig(one);
  const holds = parsed.kind === 'sshsig' && checkSshsig(parsed.sshsig, message);
  const kind = parsed.kind === 'unreadable' ? 'unreadable' : holds ? 'good' : 'bad';
  if (!name.startsWith(`${kind}-`)) throw new Error(`expected ${name}, found ${kind}`);
  const about = { name, why, armour: one, message: message.toString('base64') };
  if (parsed.kind === 'unreadable') return { ...about, expect: parsed };
  return {
    ...about,
    expect: { kind: 'sshsig', holds, publicKey: parsed.sshsig.publicKey.line, presence: holds ? presenceOf(parsed.sshsig) : 'none' },
  };
}
