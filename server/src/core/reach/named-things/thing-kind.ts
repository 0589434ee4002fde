import type { NamedThing, ThingPlace } from '../../model/named-thing.ts';
import type { RepoPath } from '../../model/tree.ts';

/** What stands around one mention of a name. */
export interface Mention {
  readonly path: RepoPath;
  readonly text: string;
  /** The form of the name that stands here. */
  readonly form: string;
  /** UTF-16 offset of the form. */
  readonly at: number;
  /** The text of its line up to the form, and behind it. */
  readonly before: string;
  readonly after: string;
}

/**
 * One kind of named thing: under which names it goes, in which files, and what a mention there is. Invariant: `judge` leaves a mention
 * out only where it cannot mean the thing (test/reach/named-things.test.ts).
 */
export interface ThingKind {
  /** Every spelling under which files may know it. */
  forms(thing: NamedThing): readonly string[];
  /** What a mention looks like, where it is more than a form at word borders; its first group is the name. Global. */
  pattern?(thing: NamedThing): RegExp;
  /** Endings of files that may speak of it; `''` is every file. */
  readonly extensions: readonly string[];
  /** Undefined where the mention is of something else. */
  judge(mention: Mention, thing: NamedThing): ThingPlace['kind'] | undefined;
  /** True where a constant that is given the name stands for it. */
  readonly followsConstants?: true;
}

export const CODE: readonly string[] = [
  ...['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.vue', '.svelte'],
  ...['.py', '.pyi', '.go', '.java', '.kt', '.kts', '.groovy', '.scala', '.rs', '.rb', '.php', '.cs', '.swift', '.ex', '.exs', '.dart'],
];

export const DOCUMENTS: readonly string[] = ['.yaml', '.yml', '.json', '.toml', '.xml', '.properties', '.ini', '.conf', '.cfg', '.tpl'];

/** The last part of a dotted name, without quotes: `orders` of `public."orders"`. */
export function lastPart(name: string): string {
  return (name.split('.').at(-1) ?? name).replace(/["'`[\]]/g, '');
}
