import type { AssessedHunk } from '../../core/model/assessment.ts';
import type { FindingCoverage } from '../../core/verify/coverage.ts';
import type { Review, ReviewRequest } from '../../host/session.ts';
import { requestCommand } from '../reporters/remedy.ts';
import { byRisk, plural } from '../reporters/review-report.ts';

/** What a change waits for, seen by one person. */
export interface Waiting {
  /** Hunks that the policy asks somebody about and that this person has not answered for, most severe first. */
  readonly hunks: readonly AssessedHunk[];
  /** How many they have answered for that wait for somebody else: a second person, or one who is not the author. */
  readonly others: number;
}

/** `own` is the name that this person signs with; undefined where they have no key yet, and so have answered for nothing. */
export function waitingFor({ coverage, byBase, assessment }: Review, own: string | undefined): Waiting {
  const open = coverage.findings.filter(isWaiting);
  const asked = new Set(open.filter(({ counted }) => own === undefined || !counted.includes(own)).map(({ hunkId }) => hunkId));
  const answered = new Set(coverage.findings.filter(({ by, counted }) => by.length + counted.length > 0).map(({ hunkId }) => hunkId));
  const left = new Set([...open, ...(byBase()?.findings ?? []).filter(isWaiting)].map(({ hunkId }) => hunkId));
  return {
    hunks: byRisk(assessment.hunks.filter(({ id }) => asked.has(id))),
    others: assessment.hunks.filter(({ id }) => left.has(id) && answered.has(id) && !asked.has(id)).length,
  };
}

/** Whether the policy asks somebody about a finding, and what there is does not suffice. */
export function isWaiting({ required, acknowledged }: FindingCoverage): boolean {
  return required && !acknowledged;
}

/** Said where nothing is left for this person; what is left for another is told with how to ask them. */
export function nothingWaits(waiting: Waiting, request: ReviewRequest): string {
  return waiting.others === 0 ? 'no hunk waits for a person\n' : `no hunk waits for you\n${forOthers(waiting, request)}`;
}

/** How somebody else is asked about what this person has answered for. */
export function forOthers({ others }: Waiting, request: ReviewRequest): string {
  return `${plural(others, 'hunk')} wait${others === 1 ? 's' : ''} for somebody else: ${requestCommand(request)}\n`;
}
