import type { AssessedHunk } from '../../core/model/assessment.ts';
import type { Gap } from '../../core/model/result.ts';
import type { FindingCoverage } from '../../core/verify/coverage.ts';
import type { Review, ReviewRequest } from '../../host/session.ts';
import { requestCommand } from '../reporters/remedy.ts';
import { byRisk, plural, shortFingerprint } from '../reporters/review-report.ts';
import { printable } from '../reporters/terminal.ts';
import type { CommandContext } from './command.ts';
import { writeHung } from './list-rows.ts';

/** What a change waits for, seen by one person. */
export interface Waiting {
  /** Hunks that the policy asks somebody about and that this person has not answered for, most severe first. */
  readonly hunks: readonly AssessedHunk[];
  /** How many they have answered for that wait for somebody else: a second person, or one who is not the author. */
  readonly others: number;
  /** Rejections that stand: whatever else is answered, somebody must change the hunk or take them back. */
  readonly rejections: readonly Gap[];
}

/** `own` is the name that this person signs with; undefined where they have no key yet, and so have answered for nothing. */
export function waitingFor({ coverage, byBase, assessment }: Review, own: string | undefined): Waiting {
  const open = coverage.findings.filter(isWaiting);
  const asked = new Set(open.filter(({ counted }) => own === undefined || !counted.includes(own)).map(({ hunkId }) => hunkId));
  const answered = new Set(coverage.findings.filter(({ by, counted }) => by.length + counted.length > 0).map(({ hunkId }) => hunkId));
  const left = new Set([...open, ...(byBase()?.findings ?? []).filter(isWaiting)].map(({ hunkId }) => hunkId));
  const rejections = coverage.gaps.filter(({ code }) => code === 'rejected');
  const rejected = new Set(rejections.map(({ fingerprint }) => fingerprint));
  const isRejected = ({ findings }: AssessedHunk): boolean => findings.some(({ fingerprint }) => rejected.has(fingerprint));
  return {
    rejections: [...new Map(rejections.map((gap) => [`${gap.fingerprint} ${gap.message}`, gap])).values()],
    hunks: byRisk(assessment.hunks.filter(({ id }) => asked.has(id))),
    others: assessment.hunks.filter((hunk) => left.has(hunk.id) && answered.has(hunk.id) && !asked.has(hunk.id) && !isRejected(hunk))
      .length,
  };
}

/** Whether the policy asks somebody about a finding, and what there is does not suffice. */
export function isWaiting({ required, acknowledged }: FindingCoverage): boolean {
  return required && !acknowledged;
}

/** Said where nothing is left for this person; what is left for another is told with how to ask them. */
export function nothingWaits(waiting: Waiting, request: ReviewRequest): string {
  if (waiting.others === 0) return waiting.rejections.length === 0 ? 'no hunk waits for a person\n' : 'no hunk waits for you\n';
  return `no hunk waits for you\n${forOthers(waiting, request)}`;
}

/** How somebody else is asked about what this person has answered for. */
export function forOthers({ others }: Waiting, request: ReviewRequest): string {
  return `${plural(others, 'hunk')} wait${others === 1 ? 's' : ''} for somebody else: ${requestCommand(request)}\n`;
}

/** Who rejected what, and why: an answer does not lift it. */
export function tellRejections(rejections: readonly Gap[], context: CommandContext): void {
  for (const { fingerprint, message } of rejections)
    writeHung(context.out, context, `${shortFingerprint(fingerprint)}  rejected  `, printable(message), 2);
  if (rejections.length > 0) context.out.write('change what is rejected, or ask whoever rejected it to take that back\n');
}
