import type { Severity } from '../../../model/finding.ts';
import type { Range } from '../../../model/range.ts';

/** What a policy gives too much of: where it stands, and the words for it. */
export interface WideGrant {
  readonly range: Range;
  readonly severity: Severity;
  readonly message: string;
}

/** The same of one setting, before the finding of its statement is chosen. */
export interface Judgement {
  readonly severity: Severity;
  readonly message: string;
  /** One finding per statement. */
  readonly about: string;
}
