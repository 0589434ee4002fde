import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseEnvelope, printEnvelope } from '../../server/src/core/attest/dsse.ts';

const base64 = fc
  .uint8Array({ minLength: 1, maxLength: 200 })
  .chain((bytes) => fc.constantFrom(Buffer.from(bytes).toString('base64'), Buffer.from(bytes).toString('base64url')));
const signature = fc.oneof(fc.record({ sig: base64 }), fc.record({ keyid: fc.string(), sig: base64 }));
const signatures = fc.array(signature, { maxLength: 16 });
const common = { payloadType: fc.constantFrom('application/vnd.in-toto+json', 'application/vnd.in-toto.hunk+json'), payload: base64 };
const envelopes = fc.oneof(
  fc.record({ ...common, signatures, sshsig: fc.string({ unit: 'binary' }) }),
  fc.record({ ...common, signatures: fc.array(signature, { minLength: 1, maxLength: 16 }) }),
);

it('parsing what was printed gives the same envelope, on one line', () => {
  fc.assert(
    fc.property(envelopes, (envelope) => {
      const line = printEnvelope(envelope);
      expect(line).not.toContain('\n');
      const parsed = parseEnvelope(line);
      if (parsed.kind === 'junk') throw new Error(parsed.reason);
      expect(parsed.envelope).toEqual(envelope);
      expect(parsed.payload).toEqual(Buffer.from(envelope.payload, 'base64'));
      expect(printEnvelope(parsed.envelope)).toBe(line);
    }),
  );
});
