import type { Severity } from './finding.ts';

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
  /** At least one of the people has one of these roles; empty asks for none. */
  readonly roles: readonly string[];
  /** Days until an acknowledgement lapses; undefined: never. */
  readonly days?: number;
}

export interface Person {
  readonly id: string;
  readonly roles: readonly string[];
  /** Principals in allowed_signers and author e-mail addresses. */
  readonly principals: readonly string[];
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
  readonly people: readonly Person[];
  /** Files above this many bytes are a blind spot. */
  readonly maxFileBytes: number;
}
