import { plural } from './review-report.ts';

/** As much of a blast radius as one line says. */
export interface ReachNumbers {
  readonly references: number;
  readonly files: number;
  readonly packages: number;
  readonly atMost: boolean;
  /** Of the references, those in a file that a test is or reaches; undefined where nobody asked. */
  readonly tested?: number;
}

/**
 * `41 dependents in 12 files and 3 packages, 0 of them tested`, with `at most` in front where the count is an upper bound. What only its
 * own file uses has no dependents that a person would be asked to confirm (core/verify/dependents.ts): `3 uses in its own file`.
 */
export function reachLine({ references, files, packages, atMost, tested }: ReachNumbers): string {
  // The declaring file is none of those counted.
  const isOwn = files === 0 && references > 0;
  const many = packages > 1 ? `${plural(files, 'file')} and ${plural(packages, 'package')}` : plural(files, 'file');
  const counted = isOwn ? `${plural(references, 'use')} in its own file` : `${plural(references, 'dependent')} in ${many}`;
  return `${atMost ? 'at most ' : ''}${counted}${tested === undefined ? '' : `, ${testedText(references, tested)}`}`;
}

/** What a test reaches by imports it need not run: this number, too, is the most that it can be. */
function testedText(references: number, tested: number): string {
  if (references === 1) return tested === 0 ? 'not tested' : 'tested';
  return tested >= references ? 'all of them tested' : `${tested} of them tested`;
}
