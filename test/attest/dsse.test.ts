import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeBase64 } from '../../server/src/core/attest/base64.ts';
import { MOST_ENVELOPE_BYTES, parseEnvelope, preAuthEncoding, printEnvelope } from '../../server/src/core/attest/dsse.ts';
import { parseStrictJson } from '../../server/src/core/attest/strict-json.ts';

const payload = Buffer.from('{"_type":"x"}').toString('base64');
const envelope = { payloadType: 'application/vnd.in-toto+json', payload, signatures: [{ keyid: 'k', sig: 'AAEC' }] };

describe('preAuthEncoding', () => {
  it('is the vector of the specification', () => {
    const pae = preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));
    expect(pae.toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  });

  it('is what the signature of the specification was made over', () => {
    const coordinate = (decimal: string): string =>
      Buffer.from(BigInt(decimal).toString(16).padStart(64, '0'), 'hex').toString('base64url');
    const x = coordinate('46950820868899156662930047687818585632848591499744589407958293238635476079160');
    const y = coordinate('5640078356564379163099075877009565129882514886557779369047442380624545832820');
    const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
    const signature = 'A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==';
    const holds = (type: string): boolean =>
      verify(
        'sha256',
        preAuthEncoding(type, Buffer.from('hello world')),
        { key, dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64'),
      );
    expect(holds('http://example.com/HelloWorld')).toBe(true);
    expect(holds('http://example.com/HelloWorle')).toBe(false);
  });

  it('counts bytes and not characters', () => {
    expect(preAuthEncoding('ä', Buffer.from('ü!')).toString()).toBe('DSSEv1 2 ä 3 ü!');
  });
});

describe('parseEnvelope', () => {
  it('reads standard and URL-safe base64 alike', () => {
    const bytes = Buffer.from([0xfb, 0xff, 0xbe, 1]);
    const standard = parseEnvelope(JSON.stringify({ ...envelope, payload: bytes.toString('base64') }));
    const urlSafe = parseEnvelope(JSON.stringify({ ...envelope, payload: bytes.toString('base64url') }));
    expect(standard).toMatchObject({ kind: 'envelope', payload: bytes });
    expect(urlSafe).toMatchObject({ kind: 'envelope', payload: bytes });
  });

  it('ignores unknown fields', () => {
    expect(parseEnvelope(JSON.stringify({ ...envelope, note: 1 })).kind).toBe('envelope');
  });

  it('reads the payload type of another in-toto predicate, and nothing else', () => {
    expect(parseEnvelope(JSON.stringify({ ...envelope, payloadType: 'application/vnd.in-toto.brakeline+json' })).kind).toBe('envelope');
    expect(parseEnvelope(JSON.stringify({ ...envelope, payloadType: 'application/json' })).kind).toBe('junk');
  });

  it.each([
    ['no JSON', 'x'],
    ['a list', '[]'],
    ['null', 'null'],
    ['no signature', JSON.stringify({ ...envelope, signatures: [] })],
    ['signatures that are no list', JSON.stringify({ ...envelope, signatures: {} })],
    ['a signature without sig', JSON.stringify({ ...envelope, signatures: [{}] })],
    ['an empty payload', JSON.stringify({ ...envelope, payload: '' })],
    ['base64 with loose bits', JSON.stringify({ ...envelope, payload: 'AB==' })],
    ['mixed alphabets', JSON.stringify({ ...envelope, payload: '+_AA' })],
    ['a repeated key', `${JSON.stringify(envelope).slice(0, -1)},"payload":"AAAA"}`],
    ['a repeated key written with an escape', `${JSON.stringify(envelope).slice(0, -1)},"p\\u0061yload":"AAAA"}`],
    ['sshsig of another type', JSON.stringify({ ...envelope, sshsig: 1 })],
    ['too many bytes', JSON.stringify({ ...envelope, more: 'x'.repeat(MOST_ENVELOPE_BYTES) })],
    ['too many signatures', JSON.stringify({ ...envelope, signatures: Array.from({ length: 17 }, () => ({ sig: 'AAEC' })) })],
  ])('calls %s junk', (_, line) => {
    expect(parseEnvelope(line).kind).toBe('junk');
  });

  it('prints one line without blanks', () => {
    expect(printEnvelope({ ...envelope, sshsig: 'a\nb' })).toBe(
      `{"payloadType":"application/vnd.in-toto+json","payload":"${payload}","signatures":[{"keyid":"k","sig":"AAEC"}],"sshsig":"a\\nb"}`,
    );
  });
});

describe('parseStrictJson', () => {
  it.each(['{"a":{"b":1},"c":{"b":2}}', '[{"a":1},{"a":2}]', '{"a":["a","a"],"b":"a"}', '{"a":"\\"a\\":","b":{}}', '"a"', '{}'])(
    'reads %s',
    (text) => {
      expect(parseStrictJson(text)).toEqual({ kind: 'value', value: JSON.parse(text) });
    },
  );

  it.each(['{"a":1,"a":1}', '{"x":{"a":1,"b":[{}],"a":2}}', '[{"a":1,"\\u0061":2}]', '{"a":[1,{"b":1}],"a":2}'])(
    'refuses the repeated key of %s',
    (text) => {
      expect(parseStrictJson(text)).toMatchObject({ kind: 'invalid', reason: expect.stringContaining('"a" twice') });
    },
  );
});

describe('decodeBase64', () => {
  it('reads padding or none', () => {
    expect(decodeBase64('AA==')).toEqual(Buffer.from([0]));
    expect(decodeBase64('AA')).toEqual(Buffer.from([0]));
  });

  it.each(['A', 'A===', 'AA=', 'A A=', 'AA==\n', 'AB', '=', '-+AA'])('refuses %j', (text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });
});
