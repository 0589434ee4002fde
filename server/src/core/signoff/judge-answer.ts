import { type AckRecord, readRecord } from '../attest/records.ts';
import type { AssessedHunk, Assessment } from '../model/assessment.ts';
import type { Finding } from '../model/finding.ts';
import type { Policy } from '../model/policy.ts';
import type { TrustMaterial } from '../model/result.ts';
import { namesOf } from '../policy/people.ts';
import { type ChangeAuthor, requirementOf } from '../policy/requirement-of.ts';
import { authorRefusal, requirementObstacles } from '../verify/requirement.ts';
import { authorAmong, personBehind } from './second-person.ts';

/** What an answer is judged against: the change as it stands now, and the policy and signers of its base. */
export interface AnswerCase {
  readonly assessment: Assessment;
  readonly policy: Policy;
  readonly trust: TrustMaterial;
  readonly authors: readonly ChangeAuthor[];
  /** RFC 3339. */
  readonly now: string;
}

/** One record of an answer: taken, or left out with the one reason why. */
export interface JudgedRecord {
  readonly line: string;
  readonly record: AckRecord;
  readonly personId: string;
  readonly refusal?: string;
  /** What it will not be enough for, where it is taken all the same: other findings of its hunk. */
  readonly warnings: readonly string[];
}

export type JudgedAnswer =
  | { readonly kind: 'records'; readonly records: readonly JudgedRecord[] }
  /** A line is no record, or its signature does not hold: the file is not what somebody signed. */
  | { readonly kind: 'damaged'; readonly reason: string };

/** Judges each record by itself: one about lines that have changed since, or that has lapsed, takes no other with it. */
export function judgeAnswer(lines: readonly string[], against: AnswerCase): JudgedAnswer {
  const records: JudgedRecord[] = [];
  for (const [index, line] of lines.entries()) {
    const reading = readRecord(line);
    if (reading.kind === 'junk') return { kind: 'damaged', reason: `line ${index + 1}: ${reading.reason}` };
    if (!reading.record.signatureValid)
      return { kind: 'damaged', reason: `line ${index + 1}: expected a signature of what it says, found one that does not verify` };
    records.push(judge(line, reading.record, against));
  }
  return { kind: 'records', records };
}

function judge(line: string, record: AckRecord, against: AnswerCase): JudgedRecord {
  const { policy, trust, authors, now } = against;
  const { person, obstacles: strange } = personBehind(record, policy, trust, now);
  const judged = { line, record, personId: person.id, warnings: [] };
  const { decision } = record.acknowledgement;
  if (decision === 'overridden') return { ...judged, refusal: 'expected an acknowledgement or a rejection, found an override' };
  const [stranger] = strange;
  if (stranger !== undefined) return { ...judged, refusal: stranger };
  const found = findingsOf(record, against.assessment);
  if (found.length === 0)
    return { ...judged, refusal: 'expected lines of this change, found none of them: they changed since, or belong to another change' };
  if (decision !== 'acknowledged') return judged;
  const author = authorAmong(namesOf(person), authors);
  if (author !== undefined) return { ...judged, refusal: authorRefusal(person.id, author) };
  const obstacles = found.map(({ hunk, finding }) => {
    const requirement = requirementOf(policy, hunk, finding, authors);
    return requirementObstacles(record, person, finding, requirement, trust, { now, authors }).map(({ message }) => message);
  });
  const messages = [...new Set(obstacles.flat())];
  if (obstacles.every((list) => list.length > 0)) return { ...judged, refusal: messages[0] ?? '' };
  return { ...judged, warnings: messages };
}

function findingsOf(record: AckRecord, { hunks }: Assessment): readonly { readonly hunk: AssessedHunk; readonly finding: Finding }[] {
  const signed = new Set(record.acknowledgement.findings.map(({ fingerprint }) => fingerprint));
  return hunks.flatMap((hunk) => hunk.findings.filter(({ fingerprint }) => signed.has(fingerprint)).map((finding) => ({ hunk, finding })));
}
