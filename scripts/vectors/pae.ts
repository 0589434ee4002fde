import { PAYLOAD_TYPE, preAuthEncoding } from '../../server/src/core/attest/dsse.ts';

/** A payload with its type, and what somebody claims to be the bytes that are signed. */
export interface PaeVector {
  readonly name: string;
  readonly why: string;
  readonly payloadType: string;
  /** Base64, as `claimed` is. */
  readonly payload: string;
  readonly claimed: string;
  readonly expect: { readonly holds: boolean; readonly pae: string };
}

/** The first is the vector of the DSSE specification (protocol.md, v1.0.2). */
export function makePaeVectors(): readonly PaeVector[] {
  const hello = Buffer.from('hello world');
  const type = 'http://example.com/HelloWorld';
  const statement = Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}');
  const good = (name: string, why: string, payloadType: string, payload: Buffer, claimed: string | Buffer): PaeVector =>
    vector(`good-${name}`, why, payloadType, payload, claimed);
  const bad = (name: string, why: string, claimed: string, payloadType = type, payload = hello): PaeVector =>
    vector(`bad-${name}`, why, payloadType, payload, claimed);
  return [
    good('specification', 'the vector of the specification', type, hello, 'DSSEv1 29 http://example.com/HelloWorld 11 hello world'),
    good('empty-payload', 'nothing has the length 0', type, Buffer.alloc(0), 'DSSEv1 29 http://example.com/HelloWorld 0 '),
    good(
      'statement',
      'the payload type of every statement',
      PAYLOAD_TYPE,
      statement,
      `DSSEv1 28 ${PAYLOAD_TYPE} 43 ${statement.toString()}`,
    ),
    good('bytes-not-characters', 'lengths count UTF-8 bytes', 'ä', Buffer.from('ü!'), 'DSSEv1 2 ä 3 ü!'),
    good(
      'any-bytes',
      'a payload may hold any bytes',
      'x',
      Buffer.from([0, 10, 32, 255]),
      Buffer.concat([Buffer.from('DSSEv1 1 x 4 '), Buffer.from([0, 10, 32, 255])]),
    ),
    bad('character-lengths', 'lengths count bytes and not characters', 'DSSEv1 1 ä 2 ü!', 'ä', Buffer.from('ü!')),
    bad(
      'base64-payload',
      'the payload is signed as it is, not as the envelope writes it',
      'DSSEv1 29 http://example.com/HelloWorld 16 aGVsbG8gd29ybGQ=',
    ),
    bad('leading-zero', 'lengths have no leading zeros', 'DSSEv1 029 http://example.com/HelloWorld 11 hello world'),
    bad('two-blanks', 'one blank stands between parts', 'DSSEv1 29  http://example.com/HelloWorld 11 hello world'),
    bad('no-version', 'the version is signed', '29 http://example.com/HelloWorld 11 hello world'),
    bad('no-type', 'the payload type is signed', 'DSSEv1 0  11 hello world'),
    bad('line-end', 'no line end follows', 'DSSEv1 29 http://example.com/HelloWorld 11 hello world\n'),
  ];
}

function vector(name: string, why: string, payloadType: string, payload: Buffer, claimed: string | Buffer): PaeVector {
  const pae = preAuthEncoding(payloadType, payload);
  const holds = pae.equals(Buffer.from(claimed));
  if (holds !== name.startsWith('good-')) throw new Error(`expected ${name}, found ${pae.toString()}`);
  const base64 = (bytes: string | Buffer): string => Buffer.from(bytes).toString('base64');
  return { name, why, payloadType, payload: base64(payload), claimed: base64(claimed), expect: { holds, pae: base64(pae) } };
}
