import type { Call, Condition, Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';

/** A mark by which something was kept from deletion, asked no more while the file goes on deleting. */
export interface LostRetention {
  readonly asked: Guard | Condition;
  /** The mark, as written: `legalHold`. */
  readonly mark: string;
  /** What deletes now. */
  readonly work: Call;
}

/**
 * Conditions on a mark (`if (key.retain) return false`, `if row.legal_hold: continue`, `if (!backup.pinned) await remove(backup)`) that
 * left something out of what a file deletes. The mark itself stays: other files still set it. None where the file or another one of the
 * change asks for it in its place, or where a query by its name picks what may go.
 */
export function lostRetentions(input: RuleInput): readonly LostRetention[] {
  const { before, after, removed, path, trees } = input;
  if (before === undefined || after === undefined) return [];
  const asked = [...removed.guards.filter(({ exit }) => exit === 'return' || exit === 'break'), ...removed.conditions];
  if (!asked.some((one) => markIn(one) !== undefined)) return [];
  const old = new Set(before.calls.map(({ callee }) => callee));
  const work = after.calls.find((call) => deletes(call) && old.has(call.callee));
  if (work === undefined) return [];
  const extension = path.slice(path.lastIndexOf('.'));
  return asked.flatMap((one): readonly LostRetention[] => {
    const mark = markIn(one);
    if (mark === undefined || speaksOf(after, mark) || isPickedBy(input, mark)) return [];
    return trees.after.mentioning(mark, [extension]).some((other) => other !== path) ? [{ asked: one, mark, work }] : [];
  });
}

/** A field of something: what is held by its bare name may be an option of the call. */
function markIn({ test, reads }: Guard | Condition): string | undefined {
  return reads.find(
    (name) => MARK.test(words(name)) && [`.${name}`, `.${name}()`, `["${name}"]`, `['${name}']`].some((field) => test.includes(field)),
  );
}

const MARK =
  /^(?:(?:is|has|on|under) )?(?:retain(?:ed)?|preserved?|pinned|protected|keep|kept|(?:legal |litigation )?hold|held|legal hold|permanent|do not (?:delete|remove)|no (?:delete|purge)|delete protected|undeletable|immutable)(?: until| forever)?$/;

function deletes({ callee }: Call): boolean {
  return /^(?:remove|delete|destroy|purge|revoke|evict|drop|prune|retire|terminate|wipe|unlink|rmtree)\b/.test(words(lastName(callee)));
}

function speaksOf({ tokens }: SourceFacts, mark: string): boolean {
  return tokens.some(({ text }) => text === mark || text === `'${mark}'` || text === `"${mark}"`);
}

/** `store.listRemovable()`, `unpinned(rows)`; or the mark is asked in another file of the change. */
function isPickedBy({ before, after, addedElsewhere }: RuleInput, mark: string): boolean {
  const elsewhere = addedElsewhere();
  const old = new Set(before?.calls.map(({ key }) => key));
  const fresh = after?.calls.filter(({ key }) => !old.has(key)) ?? [];
  const stem =
    words(mark)
      .split(' ')
      .at(-1)
      ?.replace(/(?:ed|d)$/, '') ?? mark;
  return (
    [...fresh, ...elsewhere.calls].some(({ callee, args }) => {
      const text = words(`${callee} ${args.join(' ')}`);
      return (
        text.includes(stem) ||
        /\b(?:removable|deletable|purgeable|disposable|expendable|eligible|may (?:go|delete|remove)|can (?:be )?(?:delete|remove)d?)\b/.test(
          text,
        )
      );
    }) || [...elsewhere.guards, ...elsewhere.conditions].some(({ reads }) => reads.includes(mark))
  );
}
