import { type AckRecord, readRecord } from '../../core/attest/records.ts';
import { peopleNamed } from '../../core/policy/people.ts';
import { requirementOf } from '../../core/policy/requirement-of.ts';
import type { AskedHunk } from '../../core/signoff/request.ts';
import type { Candidate } from '../../core/signoff/second-person.ts';
import { requirementObstacles } from '../../core/verify/requirement.ts';
import { readLedger } from '../ledger/ledger.ts';
import type { RequestView } from './view-request.ts';

/** Who answers which request, and where. */
export interface Answering {
  /** Where the ledger of this clone lies. */
  readonly commonDir: string;
  readonly own: Candidate;
  readonly view: RequestView;
}

/** A record of whoever answers, with the line that holds it. */
export interface OwnRecord {
  readonly line: string;
  readonly record: AckRecord;
}

/** What this person's key has signed about the findings of the request, in this clone's ledger. */
export async function ownRecords({ commonDir, own, view }: Answering): Promise<readonly OwnRecord[]> {
  const wanted = new Set(view.hunks.flatMap(({ hunk }) => hunk.findings.map(({ fingerprint }) => fingerprint)));
  const { lines } = await readLedger(commonDir);
  return lines.flatMap((line) => {
    const reading = readRecord(line);
    if (reading.kind === 'junk' || !reading.record.signatureValid || reading.record.publicKey !== own.publicKey) return [];
    const { decision, findings } = reading.record.acknowledgement;
    return decision !== 'overridden' && findings.some(({ fingerprint }) => wanted.has(fingerprint))
      ? [{ line, record: reading.record }]
      : [];
  });
}

/** Whether the last that this person signed of a hunk answers for all of it and would still count. */
export function isAnswered(record: AckRecord, { hunk }: AskedHunk, { own, view }: Answering): boolean {
  const { acknowledgement } = record;
  const now = new Date().toISOString();
  if (acknowledgement.decision === 'revoked') return false;
  const signed = new Set(acknowledgement.findings.map(({ fingerprint }) => fingerprint));
  if (hunk.findings.some(({ fingerprint }) => !signed.has(fingerprint))) return false;
  if (acknowledgement.decision === 'rejected') return true;
  const person = peopleNamed([own.by.id], view.policy)[0] ?? { id: own.by.id, roles: [], principals: [own.by.id] };
  return hunk.findings.every((finding) => {
    const requirement = { ...requirementOf(view.policy, hunk, finding, view.authors), self: true };
    return requirementObstacles(record, person, finding, requirement, undefined, { now }).length === 0;
  });
}
