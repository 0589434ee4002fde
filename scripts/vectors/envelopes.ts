import { PAYLOAD_TYPE, parseEnvelope } from '../../server/src/core/attest/dsse.ts';

/** A line, and what a reader takes out of it before any signature is checked. */
export interface EnvelopeVector {
  readonly name: string;
  readonly why: string;
  readonly line: string;
  readonly expect:
    | { readonly kind: 'envelope'; readonly payloadType: string; readonly payload: string; readonly signatures: readonly string[] }
    | { readonly kind: 'junk'; readonly reason: string };
}

/** Each junk one has one thing wrong with it. */
export function makeEnvelopeVectors(): readonly EnvelopeVector[] {
  const bytes = Buffer.from([0xfb, 0xef, 0xff, 0x7b]);
  const envelope = { payloadType: PAYLOAD_TYPE, payload: bytes.toString('base64'), signatures: [{ keyid: 'k', sig: 'AAEC' }] };
  const with_ = (change: object): string => JSON.stringify({ ...envelope, ...change });
  const text = JSON.stringify(envelope);
  const made: readonly (readonly [string, string, string])[] = [
    ['good-standard-base64', 'the standard alphabet', text],
    ['good-url-safe-base64', 'the URL-safe alphabet', with_({ payload: bytes.toString('base64url') })],
    ['good-no-padding', 'padding may be left out', with_({ payload: bytes.toString('base64').replace(/=+$/, '') })],
    ['good-no-keyid', 'a keyid is optional', with_({ signatures: [{ sig: 'AAEC' }] })],
    ['good-unknown-fields', 'unknown fields are ignored', with_({ later: {}, signatures: [{ sig: 'AAEC', later: 1 }] })],
    ['good-two-signatures', 'signatures keep their order', with_({ signatures: [{ sig: 'AAEC' }, { sig: 'AwQF' }] })],
    ['good-white-space', 'JSON may hold white space', JSON.stringify(envelope, null, 1)],
    ['good-other-in-toto-type', 'a type of in-toto that names its predicate', with_({ payloadType: 'application/vnd.in-toto.svr+json' })],
    ['junk-not-json', 'no JSON', text.slice(0, -1)],
    ['junk-two-lines', 'two envelopes are not one', `${text}${text}`],
    ['junk-list', 'a list', `[${text}]`],
    ['junk-payload-type', 'a type that is none of in-toto', with_({ payloadType: 'application/json' })],
    ['junk-no-payload-type', 'no type', with_({ payloadType: undefined })],
    ['junk-no-payload', 'no payload', with_({ payload: undefined })],
    ['junk-empty-payload', 'an empty payload', with_({ payload: '' })],
    ['junk-mixed-alphabets', 'one text is in one alphabet', with_({ payload: '+_AA' })],
    ['junk-loose-bits', 'bits beyond the last byte are zero', with_({ payload: 'AB==' })],
    ['junk-white-space-in-base64', 'base64 holds no white space', with_({ payload: '++//\\nAAAA' })],
    ['junk-half-padding', 'padding is whole or none', with_({ payload: 'AA=' })],
    ['junk-no-signatures', 'nobody signed', with_({ signatures: [] })],
    ['junk-signatures-object', 'signatures are a list', with_({ signatures: { sig: 'AAEC' } })],
    ['junk-no-sig', 'a signature without bytes', with_({ signatures: [{ keyid: 'k' }] })],
    ['junk-many-signatures', 'more than 16 signatures', with_({ signatures: Array.from({ length: 17 }, () => ({ sig: 'AAEC' })) })],
    ['junk-repeated-key', 'an object names a key twice', `${text.slice(0, -1)},"payload":"AAAA"}`],
    ['junk-repeated-key-escaped', 'an escape does not make another key of it', `${text.slice(0, -1)},"p\\u0061yload":"AAAA"}`],
    ['junk-repeated-key-inside', 'nor may a signature', text.replace('"keyid":"k"', '"keyid":"k","keyid":"l"')],
    ['junk-sshsig-type', 'sshsig is text', with_({ sshsig: 1 })],
  ];
  return made.map(([name, why, line]) => vector(name, why, line));
}

function vector(name: string, why: string, line: string): EnvelopeVector {
  const parsed = parseEnvelope(line);
  if ((parsed.kind === 'envelope') !== name.startsWith('good-')) throw new Error(`expected ${name}, found ${JSON.stringify(parsed)}`);
  if (parsed.kind === 'junk') return { name, why, line, expect: parsed };
  const signatures = parsed.signatures.map((bytes) => bytes.toString('base64'));
  const { payloadType } = parsed.envelope;
  return { name, why, line, expect: { kind: 'envelope', payloadType, payload: parsed.payload.toString('base64'), signatures } };
}
