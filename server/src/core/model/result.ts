import type { Severity } from './finding.ts';

/** Whose signatures count: parsed from `.brakeline/allowed_signers` of the base. */
export interface TrustMaterial {
  readonly signers: readonly TrustedKey[];
  /** Keys that count no more, whatever `signers` says; none where left out. */
  readonly revoked?: RevokedKeys;
}

/** Digests (hex) of public key blobs, as OpenSSH's revocation lists name keys. */
export interface RevokedKeys {
  readonly sha256: readonly string[];
  readonly sha1: readonly string[];
}

export interface TrustedKey {
  readonly principals: readonly string[];
  /** `ssh-ed25519 AAAA…`, without a comment. */
  readonly publicKey: string;
  readonly validAfter?: string;
  readonly validBefore?: string;
}

export type GapCode =
  | 'uncovered'
  | 'stale'
  | 'untrusted-signer'
  | 'bad-signature'
  | 'self-approval'
  | 'wrong-role'
  | 'presence-missing'
  | 'revoked-key'
  | 'wrong-repository'
  | 'wrong-branch'
  | 'reason-missing'
  | 'dependents-unconfirmed'
  | 'expired'
  | 'rejected'
  | 'revoked'
  | 'overridden'
  | 'unverifiable';

/** One thing that stands between a change and PASS, with the command that closes it. */
export interface Gap {
  readonly code: GapCode;
  readonly fingerprint: string;
  readonly path: string;
  /** 1-based line of the new file, as a review names it (core/place.ts). */
  readonly line: number;
  /** 1-based line of the base, where the finding is about text that is gone. */
  readonly removedAt?: number;
  readonly rule: string;
  readonly severity: Severity;
  /** What the rule says of the finding; absent where the gap is of a file or the change as a whole. */
  readonly finding?: string;
  readonly message: string;
  readonly remedy: string;
}

export interface VerificationResult {
  readonly passed: boolean;
  readonly gaps: readonly Gap[];
  /** Findings that asked for somebody and were covered. */
  readonly covered: readonly {
    readonly fingerprint: string;
    readonly rule: string;
    readonly path: string;
    readonly by: readonly string[];
    /** Why, in the words that each of them signed; whoever gave none is not among them. */
    readonly reasons: readonly { readonly by: string; readonly reason: string }[];
  }[];
  /** Junk in the carriers and the like: named, and never a veto. */
  readonly warnings: readonly string[];
}
