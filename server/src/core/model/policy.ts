import type { Origin } from './change.ts';
import type { Severity } from './finding.ts';

/** The presence of a person that a signature proves, weakest first. `touch`: somebody touched the key; `verified`: with PIN or finger. */
export const PRESENCES = ['none', 'touch', 'verified'] as const;
export type Presence = (typeof PRESENCES)[number];

/** What a person must give before a finding of one severity counts as acknowledged. */
export interface Requirement {
  /** Unique people who must have acknowledged; 0 asks for nobody. */
  readonly people: number;
  /** True where a reason in words is needed. */
  readonly reason: boolean;
  /** True where the person must confirm the dependents they were shown. */
  readonly confirmDependents: boolean;
  /** True where the author of the commits may be the one who acknowledges. */
  readonly self: boolean;
  /** Groups of roles, each of which must be met: at least one of the people has one of the roles of a group. Empty asks for none. */
  readonly roles: readonly (readonly string[])[];
  /** What each counted signature proves, made by a key that the policy enrols as hardware. */
  readonly presence: Presence;
  /** Days until an acknowledgement lapses; undefined: never. */
  readonly days?: number;
}

export interface Person {
  readonly id: string;
  readonly roles: readonly string[];
  /** Principals in allowed_signers and author e-mail addresses. */
  readonly principals: readonly string[];
  /** Fingerprints, `SHA256:…`, of this person's keys that somebody saw to be hardware; presence is proof for these alone. */
  readonly hardware?: readonly string[];
}

/** A further demand where its conditions hold, all of them: "a senior signs off what an assistant and a junior made". */
export interface Signoff {
  readonly when: {
    /** An author of the change has one of these roles, or is nobody that the policy knows. */
    readonly author?: readonly string[];
    readonly origin?: readonly Origin['kind'][];
    readonly atLeast?: Severity;
    readonly match?: string;
  };
  readonly require: Requirement;
}

/** Findings that ask nobody until a day, so that a team can begin. They are still found, shown and named by a verification. */
export interface Exemption {
  readonly match: string;
  /** Rule ids, or families as `destroy/*`; empty: every rule. */
  readonly rules: readonly string[];
  readonly atMost: Severity;
  /** RFC 3339, UTC: the last instant at which it holds. */
  readonly until: string;
  readonly reason: string;
}

export interface Policy {
  /** SHA-256 (hex) of the file's bytes; of the empty string for the default. */
  readonly digest: string;
  readonly source: 'default' | 'file';
  /** Committed identity of the repository; an acknowledgement of another one does not count here. */
  readonly repositoryId?: string;
  readonly severities: Readonly<Record<Severity, Requirement>>;
  /** Raise only: the least severity of findings under paths that match. */
  readonly paths: readonly { readonly match: string; readonly atLeast: Severity }[];
  readonly signoffs: readonly Signoff[];
  readonly exemptions: readonly Exemption[];
  /** Digests of the shipped rules that a verification may be made with; empty: any. */
  readonly rulesets: readonly string[];
  /** True where an acknowledgement counts only for a change into the branch that it names. */
  readonly bindBranch: boolean;
  readonly people: readonly Person[];
  /** Files above this many bytes are a blind spot. */
  readonly maxFileBytes: number;
}
