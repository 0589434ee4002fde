import { FACT_KINDS } from './facts/kinds.ts';
import type { Memo } from './facts/memo.ts';
import type { Residue } from './facts/residue.ts';
import type { FileCase, JudgedFile } from './judge-file.ts';
import type { Change } from './model/change.ts';

/** What was said of one file, with all that it was said of beside the file. */
interface Kept {
  readonly circumstances: readonly unknown[];
  readonly residue: Residue;
  readonly judged: JudgedFile;
}

/** By the analysis of a file, which the memo keeps while both its sides stay the same. */
const KEPT = new WeakMap<Memo, WeakMap<FileCase['analysis'], Kept>>();

/**
 * Judges a file, or takes what was said of it: a keystroke in one file of a change judges that file and none of the others. Kept is
 * only what was found in the file itself and in the before tree. A judgement that looked at the after tree or at what other files
 * gained and lost is made anew, and so is one with a part from team rules, from split files or from other repositories
 * (test/properties/warm-equals-cold.test.ts).
 */
export function keepJudged(memo: Memo | undefined, file: FileCase, ruleset: string, judge: (file: FileCase) => JudgedFile): JudgedFile {
  const { analysis, residue, change } = file;
  if (memo === undefined || change.foreign !== undefined || hasOtherDrafts(file)) return judge(file);
  const store = KEPT.get(memo) ?? new WeakMap<FileCase['analysis'], Kept>();
  KEPT.set(memo, store);
  const circumstances = [
    change.before,
    file.policy.digest,
    file.precision,
    file.rules,
    ruleset,
    file.trusted,
    JSON.stringify(change.origin),
  ];
  const known = store.get(analysis);
  if (known?.circumstances.every((each, index) => each === circumstances[index]) === true && isSameResidue(known.residue, residue))
    return known.judged;
  const watched = watch(file);
  const judged = judge(watched.file);
  if (watched.sawOthers()) store.delete(analysis);
  else store.set(analysis, { circumstances, residue, judged });
  return judged;
}

/** Lets go of all judgements: something that no tree shows has changed, such as an answer of the compiler. */
export function forgetJudged(memo: Memo): void {
  KEPT.delete(memo);
}

function hasOtherDrafts({ analysis, takers, splitDrafts, teamDrafts }: FileCase): boolean {
  return takers.length > 0 || analysis.hunks.some((hunk) => splitDrafts(hunk).length > 0 || teamDrafts(hunk).length > 0);
}

/** The same case, which notes whether anything of the change was looked at beside this file. */
function watch(file: FileCase): { readonly file: FileCase; sawOthers(): boolean } {
  let saw = false;
  const noting = <Args extends readonly unknown[], T>(look: (...args: Args) => T): ((...args: Args) => T) => {
    return (...args) => {
      saw = true;
      return look(...args);
    };
  };
  const { change } = file;
  const watchedChange: Change = Object.defineProperty({ ...change }, 'after', {
    get: noting(() => change.after),
    enumerable: true,
  });
  return {
    file: {
      ...file,
      change: watchedChange,
      addedElsewhere: noting(file.addedElsewhere),
      removedElsewhere: noting(file.removedElsewhere),
      factsAt: (side, path) => {
        if (side === 'after') saw = true;
        return file.factsAt(side, path);
      },
    },
    sawOthers: () => saw,
  };
}

function isSameResidue(known: Residue, now: Residue): boolean {
  if (known === now) return true;
  return FACT_KINDS.every((kind) =>
    (['removed', 'added'] as const).every((side) => {
      const [old, fresh] = [known[side][kind], now[side][kind]];
      return old === fresh || (old.length === fresh.length && old.every((fact, index) => fact === fresh[index]));
    }),
  );
}
