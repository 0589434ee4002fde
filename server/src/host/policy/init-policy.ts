import { randomUUID } from 'node:crypto';
import { NAMESPACE } from '../../core/model/statement.ts';
import { AppError } from '../app-error.ts';

/** Whose key the first line of allowed_signers trusts. */
export interface FirstSigner {
  /** An e-mail address or another name of one person. */
  readonly principal: string;
  /** `ssh-ed25519 AAAA…`. */
  readonly publicKey: string;
}

/** What `brakeline init` writes: a commented policy that holds the default's values, and the first trusted key. */
export interface InitialFiles {
  readonly policy: string;
  readonly allowedSigners: string;
}

/** The files are text for people to edit; they parse, and say nothing but the default (test/host/policy.test.ts). */
export function initPolicy(signer: FirstSigner, repositoryId: string = randomUUID()): InitialFiles {
  if (/[\s",*?!]/.test(signer.principal) || signer.principal === '') {
    throw new AppError('bad-usage', `expected the name of one person without blanks, found ${JSON.stringify(signer.principal)}`);
  }
  return { policy: policyText(repositoryId), allowedSigners: signersText(signer) };
}

function policyText(repositoryId: string): string {
  return `# Brakeline policy. A verification reads this file from the base commit; a head can only make it stricter.
# Unknown keys are errors. What is left out keeps its default, which is what stands here. After an edit: brakeline policy check.
version: 1

# Identity of this repository: an acknowledgement signed for another one does not count here. Never change it.
repository: ${repositoryId}

# Files above this size are not analysed, and are named as blind spots.
maxFileBytes: 1048576

# What a finding of each severity needs before it counts as acknowledged.
#   people             how many different people
#   reason             a reason in words
#   confirmDependents  the dependents that were shown, confirmed
#   self               whether an author of the change may be one of the people
#   roles              at least one of the people has one of these roles
#   presence           none, touch or verified: by a key listed as hardware under people; a key file proves no person
#   days               lapses after this many days
severities:
  low: { people: 0 }
  medium: { people: 0 }
  high: { people: 1, reason: true, self: true }
  critical: { people: 1, reason: true, confirmDependents: true, self: true }

# Findings under these paths have at least this severity. Patterns start at the top of the repository.
#   - match: 'infra/**'
#     atLeast: high
paths: []

# Further demands where all conditions hold. An author whom people does not name counts as one of those named here.
#   - when: { author: [junior, mid], origin: [ai, unknown] }
#     require: { roles: [senior] }
signoffs: []

# Findings that ask nobody until a day, for a team that begins. A change of this file is never exempt.
#   - match: 'legacy/**'
#     until: 2027-03-31
#     reason: why
exemptions: []

# Who people are: roles for the severities above, principals as in allowed_signers and author addresses.
#   - id: github:1234567
#     roles: [senior]
#     principals: [somebody@example.com]
#     hardware: ['SHA256:...']            # keys that somebody saw to be hardware, as ssh-keygen -l prints them
people: []
`;
}

function signersText({ principal, publicKey }: FirstSigner): string {
  return `# Keys whose acknowledgements count, one a line: principals options key (ssh-keygen(1), ALLOWED SIGNERS).
# The namespaces option is mandatory. A verification reads this file from the base commit.
${principal} namespaces="${NAMESPACE}" ${publicKey}
`;
}
