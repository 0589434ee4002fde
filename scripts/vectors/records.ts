import { printEnvelope } from '../../server/src/core/attest/dsse.ts';
import { readRecord } from '../../server/src/core/attest/records.ts';
import { sealStatement } from '../../server/src/core/attest/seal.ts';
import { writeStatement } from '../../server/src/core/attest/write-statement.ts';
import type { Envelope, Statement } from '../../server/src/core/model/statement.ts';
import {
  digestOf,
  makeAcknowledgement,
  makeContext,
  makeFinding,
  makeKey,
  makeSigner,
  sealAnything,
  skSigner,
} from '../../test/support/attest.ts';

/** One line of a carrier and what a reader must make of it. The keys are throw-away keys of test/support/attest.ts. */
export interface RecordVector {
  readonly name: string;
  readonly why: string;
  readonly expect:
    | { readonly kind: 'record'; readonly signatureValid: boolean; readonly presence: string; readonly publicKey: string }
    | { readonly kind: 'junk'; readonly reason: string };
  readonly line: string;
}

/** Every vector, good ones first; each bad one has one thing wrong with it. */
export async function makeRecordVectors(): Promise<readonly RecordVector[]> {
  const key = makeKey(1);
  const acknowledgement = makeAcknowledgement([makeFinding('a')]);
  const context = (more = {}) => makeContext(makeSigner(key).publicKey, { nonce: '00'.repeat(16), ...more });
  const statement = writeStatement(acknowledgement, context());
  const good = await sealStatement(statement, makeSigner(key));
  const other = await sealStatement(writeStatement(makeAcknowledgement([makeFinding('b')]), context()), makeSigner(key));
  const byOther: Envelope = JSON.parse(await sealAnything(statement, makeKey(2)));
  const seal = (changed: unknown): Promise<string> => sealAnything(changed, key);
  const { sshsig: _, ...rawOnly } = good;
  const touched = async (flags: number): Promise<string> => {
    const signer = skSigner(key, flags);
    return printEnvelope(await sealStatement(writeStatement(acknowledgement, { ...context(), publicKey: signer.publicKey }), signer));
  };
  const text = JSON.stringify(statement);
  const line = printEnvelope(good);
  const made: readonly (readonly [name: string, why: string, line: string])[] = [
    ['good-raw-and-sshsig', 'both signatures are there and hold', line],
    ['good-raw-only', 'a plain DSSE envelope suffices; the statement names its key', printEnvelope(rawOnly)],
    ['good-sshsig-only', 'an SSH signature suffices', printEnvelope({ ...good, signatures: [] })],
    [
      'good-url-safe-base64',
      'a reader takes both alphabets (DSSE v1.0.2)',
      printEnvelope({ ...good, payload: urlSafe(good.payload), signatures: good.signatures.map(({ sig }) => ({ sig: urlSafe(sig) })) }),
    ],
    [
      'good-unknown-fields',
      'unknown fields are ignored, in the envelope and in the predicate',
      await seal({ ...statement, later: true, predicate: { ...Object(statement.predicate), later: {} } }),
    ],
    [
      'good-repeated-signature',
      'one key that signs twice is one signature',
      printEnvelope({ ...good, signatures: [...good.signatures, ...good.signatures] }),
    ],
    ['good-sk-untouched', 'a hardware signature with flags 0 holds and proves no presence', await touched(0)],
    ['good-sk-touched', 'flags 1: somebody touched it', await touched(1)],
    ['good-sk-verified', 'flags 5: somebody touched it and was verified', await touched(5)],
    [
      'good-rejected',
      'a rejection is a record like another',
      printEnvelope(await sealStatement(writeStatement({ ...acknowledgement, decision: 'rejected' }, context()), makeSigner(key))),
    ],
    ['bad-other-statement', 'the signatures are of another statement of the same key', printEnvelope({ ...other, payload: good.payload })],
    ['bad-other-key', 'the statement names a key that did not sign it', printEnvelope(byOther)],
    ['bad-two-keys', 'raw signature and SSH signature are of two keys', printEnvelope({ ...good, signatures: byOther.signatures })],
    [
      'bad-one-of-two',
      'one raw signature holds, a second does not',
      printEnvelope({ ...good, signatures: [...good.signatures, ...other.signatures] }),
    ],
    ['bad-payload-type', 'the payload type is signed too', printEnvelope({ ...good, payloadType: 'application/vnd.in-toto.other+json' })],
    [
      'bad-one-byte',
      'one byte of the payload is another',
      printEnvelope({ ...good, payload: Buffer.from(text.replace('moved to', 'moved to!')).toString('base64') }),
    ],
    ['junk-no-json', 'the line is cut short', line.slice(0, 200)],
    ['junk-repeated-key', 'an object names a key twice', `${line.slice(0, -1)},"payload":"AAAA"}`],
    [
      'junk-repeated-key-in-payload',
      'the statement names a key twice',
      await sealAnything(text.replace('"decision":', '"decision":"rejected","decision":'), key),
    ],
    ['junk-loose-base64', 'bits beyond the last byte are set', printEnvelope({ ...good, payload: 'AB==' })],
    ['junk-unsigned', 'there is no signature', printEnvelope({ ...rawOnly, signatures: [] })],
    [
      'junk-git-namespace',
      'the SSH signature is one of a git commit',
      printEnvelope({ ...good, sshsig: inNamespace(good.sshsig ?? '', 'git') }),
    ],
    ['junk-other-document', 'the payload is no Statement v1', await seal({ ...statement, _type: 'https://in-toto.io/Statement/v0.1' })],
    [
      'junk-other-predicate',
      'the predicate is another',
      await seal({ ...statement, predicateType: 'https://slsa.dev/verification_summary/v1' }),
    ],
    [
      'junk-unknown-decision',
      'an unknown decision is never an acknowledgement',
      await seal(withPredicate(statement, { decision: 'approved' })),
    ],
    ['junk-agent-channel', 'a channel that no person sits at', await seal(withPredicate(statement, { interaction: { channel: 'mcp' } }))],
    [
      'junk-other-subject',
      'subjects and findings differ',
      await seal({ ...statement, subject: [{ name: 'x', digest: { sha256: digestOf('b') } }] }),
    ],
    ['junk-no-time', 'acknowledgedAt is no time', await seal(withPredicate(statement, { acknowledgedAt: 'now' }))],
  ];
  return made.map(([name, why, one]) => ({ name, why, expect: expectationOf(name, one), line: one }));
}

/** What the reader of this checkout says; a vector whose name says otherwise is not written. */
function expectationOf(name: string, line: string): RecordVector['expect'] {
  const reading = readRecord(line);
  const kind = reading.kind === 'junk' ? 'junk' : reading.record.signatureValid ? 'good' : 'bad';
  if (!name.startsWith(`${kind}-`)) throw new Error(`expected ${name}, found ${kind}`);
  if (reading.kind === 'junk') return reading;
  const { signatureValid, presence, publicKey } = reading.record;
  return { kind: 'record', signatureValid, presence, publicKey };
}

function withPredicate(statement: Statement, change: object): unknown {
  return { ...statement, predicate: { ...Object(statement.predicate), ...change } };
}

function urlSafe(base64: string): string {
  return Buffer.from(base64, 'base64').toString('base64url');
}

/** The same armour with another namespace in it. */
function inNamespace(armour: string, namespace: string): string {
  const blob = Buffer.from(armour.split('\n').slice(1, -2).join(''), 'base64').toString('latin1');
  const length = (text: string): string => `\0\0\0${String.fromCharCode(text.length)}${text}`;
  const changed = Buffer.from(blob.replace(length('brakeline-ack'), length(namespace)), 'latin1').toString('base64');
  return `-----BEGIN SSH SIGNATURE-----\n${changed}\n-----END SSH SIGNATURE-----\n`;
}
