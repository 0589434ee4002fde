import type { Envelope, Signer, Statement } from '../model/statement.ts';
import { PAYLOAD_TYPE, preAuthEncoding, printEnvelope } from './dsse.ts';
import { readRecord } from './records.ts';
import { keyFingerprint } from './ssh-key.ts';

/**
 * Signs a statement. The envelope is read back and checked before anyone sees it, because an acknowledgement that does not
 * verify would be found out in CI, when the person is gone. Rejects where the signer refuses, or signs with another key than
 * it names.
 */
export async function sealStatement(statement: Statement, signer: Signer): Promise<Envelope> {
  const payload = Buffer.from(JSON.stringify(statement), 'utf8');
  const { raw, sshsig } = await signer.sign(preAuthEncoding(PAYLOAD_TYPE, payload));
  const envelope: Envelope = {
    payloadType: PAYLOAD_TYPE,
    payload: payload.toString('base64'),
    signatures: raw === undefined ? [] : [{ keyid: keyFingerprint(signer.publicKey), sig: raw }],
    ...(sshsig === undefined ? {} : { sshsig }),
  };
  const reading = readRecord(printEnvelope(envelope));
  if (reading.kind === 'junk') throw new Error(`expected a statement and signature that can be read back, found: ${reading.reason}`);
  const { signatureValid, publicKey } = reading.record;
  if (!signatureValid || publicKey !== signer.publicKey) {
    throw new Error(`expected a valid signature by ${signer.label}, found one that does not verify`);
  }
  return envelope;
}
