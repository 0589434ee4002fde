import type { Severity } from './finding.ts';

/** `overridden` says that the change was shipped unreviewed, and why: it covers nothing (core/verify/overrides.ts). */
export type Decision = 'acknowledged' | 'rejected' | 'revoked' | 'overridden';

/** What one person decided about the findings of one hunk, as they were shown. */
export interface Acknowledgement {
  readonly decision: Decision;
  readonly hunkId: string;
  readonly findings: readonly AcknowledgedFinding[];
  readonly by: { readonly id: string; readonly name?: string };
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly validUntil?: string;
  /** The branch that the change goes into, `refs/heads/main`; where it is named, the decision counts for no other. */
  readonly targetRef?: string;
  readonly reason: string;
  readonly confirmedDependents: readonly string[];
  readonly channel: 'editor' | 'cli-tty';
}

export interface AcknowledgedFinding {
  readonly fingerprint: string;
  /** How many equal findings this one decision covers. */
  readonly count: number;
  readonly rule: string;
  readonly ruleVersion: string;
  readonly severity: Severity;
  readonly path: string;
  readonly scope: string;
  /** Git blob ids of the file as it was shown; audit only, never a match key. */
  readonly beforeBlob?: string;
  readonly afterBlob?: string;
  readonly lines: string;
  readonly references: number | null;
  readonly files: number | null;
}
