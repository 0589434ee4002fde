import type { Confidence, RuleId, Severity } from './finding.ts';
import type { BlindSpot, RepoPath } from './tree.ts';

/** When a match of a team's rule counts: it is new, it is gone, or either. */
export const OCCASIONS = ['added', 'removed', 'changed'] as const;
export type Occasion = (typeof OCCASIONS)[number];

/** Languages that team rules can be written for: the grammars that ship. */
export const TEAM_LANGUAGES = ['bash', 'go', 'hcl', 'java', 'javascript', 'python', 'rust', 'tsx', 'typescript'] as const;
export type TeamLanguage = (typeof TEAM_LANGUAGES)[number];

/** What ast-grep is asked: its `rule`, `constraints` and `utils` as plain data. */
export interface MatcherConfig {
  readonly rule: unknown;
  readonly constraints?: unknown;
  readonly utils?: unknown;
}

/** A rule of `.brakeline/rules` in ast-grep's format, with what Brakeline adds to it. */
export interface TeamRule {
  /** `family/team-<id as written>`: no rule that ships starts with `team-`, so none can be shadowed. */
  readonly id: RuleId;
  /** Its major is the first 12 hex digits of SHA-256 over what was written, so that an edited rule asks again. */
  readonly version: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** May name metavariables: `$NAME` stands for the code that it matched. */
  readonly message: string;
  readonly note: string;
  readonly url?: string;
  readonly language: TeamLanguage;
  readonly on: Occasion;
  /** Path patterns; where there are any, only these files are looked at, and the severity holds in tests and examples too. */
  readonly files: readonly string[];
  readonly ignores: readonly string[];
  readonly matcher: MatcherConfig;
  /** Words that every match holds; a text without them need not be parsed. */
  readonly words: readonly string[];
  /** Where it stands; lines are 1-based. */
  readonly path: RepoPath;
  readonly line: number;
}

/** The team rules that judge one change, ready to be asked. */
export interface TeamRules {
  readonly rules: readonly TeamRule[];
  /** Rule files that could not be read: what they would have seen is not known. */
  readonly blindSpots: readonly BlindSpot[];
}
