export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
export const PREDICATE_TYPE = 'https://brakeline.dev/attestation/hunk-acknowledgement/v0.1';

/** The words that a person certifies by acknowledging. They are signed, so a change of them is a change of this text and no other. */
export const STATEMENT_TEXT = 'I have read this change and I accept its effect.';

/** What whoever rejects says instead; the reason says why. */
export const REJECTION_TEXT = 'I have read this change and I do not accept its effect.';

/** What whoever takes back an earlier record of their own says instead, whatever that said. */
export const REVOCATION_TEXT = 'I take back what I said of this change before.';

/** What whoever overrides says instead: nobody has read it. */
export const OVERRIDE_TEXT = 'This change is shipped unreviewed, for the reason that is given.';

/**
 * The serialised form of an acknowledgement: docs/predicate/v0.1.md explains each field. Fields are only ever added, and each
 * is optional to a reader unless docs/predicate/v0.1.md says otherwise.
 */
export interface Predicate {
  readonly repository: { readonly id?: string };
  readonly context?: { readonly targetRef: string };
  readonly base?: { readonly digest: { readonly gitCommit: string } };
  readonly decision: string;
  readonly hunk: string;
  readonly findings: readonly PredicateFinding[];
  readonly ruleset: { readonly digest: { readonly sha256: string } };
  readonly policy: { readonly digest: { readonly sha256: string } };
  readonly acknowledgedBy: { readonly id: string; readonly name?: string; readonly publicKey: string; readonly keyFingerprint: string };
  readonly acknowledgedAt: string;
  readonly validUntil?: string;
  readonly statementText: string;
  readonly reason: string;
  readonly confirmedDependents: readonly string[];
  readonly interaction: { readonly channel: string; readonly gesture: 'single-hunk'; readonly presence: string };
  readonly authorship: { readonly kind: string; readonly evidence: string; readonly tool?: string };
  readonly nonce: string;
  readonly producer: { readonly name: string; readonly version: string };
}

export interface PredicateFinding {
  readonly fingerprint: string;
  readonly count: number;
  readonly ruleId: string;
  readonly ruleVersion: string;
  readonly severity: string;
  readonly path: string;
  readonly scope: string;
  readonly before?: { readonly digest: { readonly gitBlob: string } };
  readonly after?: { readonly digest: { readonly gitBlob: string } };
  readonly linesAtAck: string;
  readonly blastRadius: { readonly references: number | null; readonly files: number | null };
}
