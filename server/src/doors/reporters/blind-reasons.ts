import type { BlindReason } from '../../core/model/tree.ts';

/** What each blind spot means, in the words of docs/blind-spots.md (test/doors/reporters/blind-reasons.test.ts). */
export const BLIND_REASONS: Readonly<Record<BlindReason, string>> = {
  binary: 'the file is binary: it holds a NUL byte, or an attribute says so',
  'too-large': 'the file is larger than the limit of the policy',
  'not-utf8': 'the file is not valid UTF-8',
  symlink: 'the path is a symbolic link, which is never followed',
  submodule: 'the path is a submodule, another repository',
  generated: 'the base commit marks the file as generated, or it is a lock file or a minified script',
  vendored: 'the base commit marks the file as vendored',
  filtered: 'git stores another text than the disk holds: a filter, ident or encoding attribute',
  'missing-object': 'the repository does not hold the object, as in a partial clone',
  unreadable: 'the file vanished while it was read, or may not be read',
  'parse-error': 'a part of the file does not parse, or is deeper or longer than is read; the rest was analysed',
  'too-complex': 'the change made the file deeper or longer than is read; it was not analysed, or only in part',
  'stray-line-end': 'the change put a line end into a line that other readers see, and what follows it may be code',
  'no-language': 'no language of Brakeline reads this kind of file',
  'grammar-missing': 'the grammar for this kind of file could not be loaded',
  'rule-crashed': 'a rule failed on this file; the others were applied',
  'rules-not-read': 'a file of team rules could not be read; its rules were not applied',
  'diff-capped': 'the two sides differ so much that the comparison was cut short',
  'pairs-capped': 'more files of the change took code from one another than are read together; each was analysed by itself',
  'calls-capped': 'more new functions speak of what others lost than are followed to their calls; these were believed',
  'reach-capped': 'there are more dependents than are counted',
};
