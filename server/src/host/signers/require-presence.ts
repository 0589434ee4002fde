import { readRecord } from '../../core/attest/records.ts';
import { keyFingerprint } from '../../core/attest/ssh-key.ts';
import type { Policy, Presence } from '../../core/model/policy.ts';
import type { Signer } from '../../core/model/statement.ts';
import { isHardware } from '../../core/policy/people.ts';
import { provesPresence } from '../../core/policy/stricter.ts';
import { AppError } from '../app-error.ts';

/**
 * Refuses a key that cannot prove the presence that the policy asks, before anybody is asked to touch anything: what it signed
 * would count nowhere. Errors: `key-refused`.
 */
export function requireHardware(signer: Signer, asked: Presence, policy: Policy): void {
  const refusal = hardwareRefusal(signer, asked, policy);
  if (refusal !== undefined) throw new AppError('key-refused', refusal);
}

/** Why a key will not do, for a door that says so before it asks a person anything; undefined where it may. */
export function hardwareRefusal(signer: Signer, asked: Presence, policy: Policy): string | undefined {
  if (asked === 'none') return undefined;
  const fingerprint = keyFingerprint(signer.publicKey);
  if (signer.presence !== 'none' && policy.people.some((person) => isHardware(person, fingerprint))) return undefined;
  return `expected a key that the policy lists as hardware (it asks for presence: ${asked}), found ${signer.label} (${fingerprint})`;
}

/** Reads back what the signature proves: a key that was made without the need of a touch signs without one. Errors: `key-refused`. */
export function requirePresence(line: string, asked: Presence): void {
  if (asked === 'none') return;
  const reading = readRecord(line);
  const proven = reading.kind === 'record' ? reading.record.presence : 'none';
  if (!provesPresence(proven, asked))
    throw new AppError(
      'key-refused',
      `expected a signature that proves presence: ${asked}, found one that proves ${proven}; nothing was kept`,
    );
}
