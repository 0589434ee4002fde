import type { NamedThing } from './named-thing.ts';
import type { BlastRadius } from './radius.ts';
import type { Range, Side } from './range.ts';
import type { RepoPath } from './tree.ts';

export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];
export type Confidence = 'low' | 'medium' | 'high';

export const FAMILIES = [
  'destroy',
  'access',
  'safeguard',
  'data',
  'deploy',
  'contract',
  'runtime',
  'supply',
  'money',
  'concurrency',
] as const;
export type Family = (typeof FAMILIES)[number];

/** `family/construct`. */
export type RuleId = `${Family}/${string}`;

export interface RelatedLocation {
  readonly path: RepoPath;
  /** 1-based. */
  readonly line: number;
  readonly message: string;
}

/** What a rule says of a hunk, before the engine adds identity and reach. */
export interface FindingDraft {
  /** The side its primary range lies on: a removed guard lies on `before`. */
  readonly side: Side;
  readonly range: Range;
  /** One sentence of at most 80 characters: what changed, old to new where it can be said. No full stop. */
  readonly message: string;
  /** Where the rule's own values do not hold. */
  readonly severity?: Severity;
  readonly confidence?: Confidence;
  /** Where else what is lost was used, or acts now: the finding stands there as well if that is another hunk. */
  readonly alsoAt?: { readonly side: Side; readonly range: Range };
  readonly related?: readonly RelatedLocation[];
  readonly radius?: BlastRadius | null;
  /** What was changed, where others know it by its name: the engine counts who uses it, in the before tree unless said otherwise. */
  readonly things?: readonly NamedThing[];
  readonly thingsIn?: Side;
  /** True where the place is a value that the thing in question takes by its name, and not the thing itself. */
  readonly byName?: true;
  /** True where it costs as much in a test as anywhere: what stands behind it may be no test's. */
  readonly beyondTests?: true;
  /** True where it costs as much in an environment for one branch as anywhere: others run on the same hosts. */
  readonly onSharedHosts?: true;
}

/** One risky thing in one hunk. */
export interface Finding {
  readonly rule: RuleId;
  /** Major version of the rule: a new major asks for a new acknowledgement. */
  readonly ruleVersion: string;
  readonly family: Family;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly fingerprint: string;
  readonly message: string;
  readonly side: Side;
  readonly range: Range;
  readonly scope: string;
  readonly related: readonly RelatedLocation[];
  readonly blastRadius: BlastRadius | null;
  /** The region that the fingerprint covers: the flagged lines and the lines they replace, exact text. */
  readonly region: { readonly removed: string; readonly added: string };
  /** Where a team explains its own rule; rules that ship have a page. */
  readonly url?: string;
}

export function compareSeverity(a: Severity | 'none', b: Severity | 'none'): number {
  return SEVERITIES.indexOf(a as Severity) - SEVERITIES.indexOf(b as Severity);
}
