import type { VerificationResult } from '../model/result.ts';
import type { Statement } from '../model/statement.ts';
import { STATEMENT_TYPE } from './predicate.ts';

export const SVR_TYPE = 'https://in-toto.io/attestation/svr/v0.2';
export const VSA_TYPE = 'https://slsa.dev/verification_summary/v1';

/** Who verified. A new major says that something else is verified than before. */
const VERIFIER = 'https://brakeline.dev/verifier/v0';

/** The one property of a passed verification: everything that asked for a person has one, and nothing stands against it. */
const SVR_PROPERTY = 'BRAKELINE_HUNK_ACK_COVERED';
/** SLSA leaves names of this form to organisations (Source track v1.2). */
const VSA_LEVEL = 'ORG_SOURCE_HUNK_ACK';

/** In-toto's description of a file, as far as a verdict needs it. */
export interface ResourceDescriptor {
  readonly name?: string;
  readonly uri: string;
  readonly digest: Readonly<Record<string, string>>;
}

/** What was verified: everything here was read from the repository and not from its carriers. */
export interface VerdictContext {
  readonly result: Pick<VerificationResult, 'passed'>;
  /** Object ids of the head. */
  readonly headCommit: string;
  readonly headTree: string;
  /** Where the repository lives, `git+https://host/org/name`. */
  readonly resourceUri: string;
  /** The base: policy, signers and rules are its. */
  readonly base: ResourceDescriptor;
  /** Files of the base by which it was judged. */
  readonly policies: readonly ResourceDescriptor[];
  /** SHA-256 (hex) of the report in JSON, which tells every finding and why. */
  readonly reportDigest: string;
  /** RFC 3339, of the caller's clock. */
  readonly verifiedAt: string;
  readonly version: string;
}

/** A Simple Verification Result (in-toto/attestation, svr v0.2). It lists what passed; of a failed verification that is nothing. */
export function writeSvr(context: VerdictContext): Statement {
  const { result, policies, verifiedAt, version } = context;
  return {
    _type: STATEMENT_TYPE,
    subject: subjectsOf(context),
    predicateType: SVR_TYPE,
    predicate: {
      verifier: { id: VERIFIER, version: { brakeline: version }, policies },
      timeCreated: verifiedAt,
      properties: result.passed ? [SVR_PROPERTY] : [],
    },
  };
}

/** A Verification Summary Attestation (slsa.dev/verification_summary/v1). */
export function writeVsa(context: VerdictContext): Statement {
  const { result, base, resourceUri, verifiedAt, version } = context;
  return {
    _type: STATEMENT_TYPE,
    subject: subjectsOf(context),
    predicateType: VSA_TYPE,
    predicate: {
      verifier: { id: VERIFIER, version: { brakeline: version } },
      timeVerified: verifiedAt,
      resourceUri,
      policy: base,
      verificationResult: result.passed ? 'PASSED' : 'FAILED',
      verifiedLevels: [result.passed ? VSA_LEVEL : 'FAILED'],
    },
  };
}

/** The commit, its tree and the report; names are unique, and digests alone are what a verifier matches. */
function subjectsOf({ headCommit, headTree, reportDigest, resourceUri }: VerdictContext): Statement['subject'] {
  return [
    { name: resourceUri, digest: { gitCommit: headCommit } },
    { name: `${resourceUri}#tree`, digest: { gitTree: headTree } },
    { name: 'brakeline-verification.json', digest: { sha256: reportDigest } },
  ];
}
