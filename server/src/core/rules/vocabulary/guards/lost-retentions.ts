import type { Call, Condition, Fact, Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { surplusOf } from '../code/fact-keys.ts';
import { calleesOf } from '../code/facts-by-place.ts';
import { isIn, workScopes } from '../code/own-parts.ts';

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
 * left something out of what a file deletes. The mark itself stays: other files still set it. None where the function that deletes, what it
 * asks or who asks it reads the mark in another form, or where a query by its name picks what may go.
 */
export function lostRetentions(input: RuleInput): readonly LostRetention[] {
  const { before, after, removed, path, trees } = input;
  if (before === undefined || after === undefined) return [];
  const asked = [...removed.guards.filter(({ exit }) => exit === 'return' || exit === 'break'), ...removed.conditions];
  if (!asked.some((one) => markIn(one) !== undefined)) return [];
  const old = calleesOf(before.calls);
  const deleting = after.calls.filter((call) => deletes(call) && old.has(call.callee));
  if (deleting.length === 0) return [];
  const extension = path.slice(path.lastIndexOf('.'));
  return asked.flatMap((one): readonly LostRetention[] => {
    const mark = markIn(one);
    const scope = counterpartScope(input, one.scope);
    const work = deleting.find((call) => scope !== undefined && within(call.scope, scope)) ?? deleting[0];
    if (mark === undefined || work === undefined) return [];
    const places = placesOf(after, work);
    if (speaksOf(after, mark, places) || isPickedBy(input, mark, work, places)) return [];
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

/** The function that deletes, its parts, and the functions of the file that ask it: where the mark may be asked in another form. */
function placesOf(after: SourceFacts, { scope }: Call): readonly string[] {
  if (scope === '') return [''];
  const asking = after.calls.flatMap((call) => (lastName(call.callee) === lastName(scope) ? [call.scope] : []));
  return [...new Set([...workScopes(after, scope), ...asking.filter((one) => one !== '')])];
}

/** The mark is read in these places, other than to note it or to fetch it. */
function speaksOf(after: SourceFacts, mark: string, places: readonly string[]): boolean {
  const quiet = new Set(
    after.calls.flatMap(({ callee, args, range }) =>
      QUIET.test(words(lastName(callee))) && args.some((argument) => argument.includes(mark)) ? [range.start.line] : [],
    ),
  );
  return after.scopes
    .filter(({ name }) => places.includes(name))
    .concat(places.includes('') ? [{ name: '', startLine: 1, endLine: after.tokens.at(-1)?.line ?? 1 }] : [])
    .some(({ startLine, endLine }) =>
      tokensOn(after, startLine, endLine).some(
        ({ text, line }) => !quiet.has(line) && (text === mark || text === `'${mark}'` || text === `"${mark}"`),
      ),
    );
}

const QUIET = /^(?:log|debug|info|warn|warning|error|print|println|printf|trace|inc|observe|select|only|values|columns|pick)\b/;

/** `store.listRemovable()`, `unpinned(rows)` in these places; or the mark is asked in a function of the change that these ask, or that asks them. */
function isPickedBy(input: RuleInput, mark: string, work: Call, places: readonly string[]): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined) return false;
  const elsewhere = input.addedElsewhere();
  const own = lastName(work.scope);
  const asked = new Set(after.calls.flatMap(({ callee, scope }) => (isIn(places, scope) ? [lastName(callee)] : [])));
  const asking = new Set(elsewhere.calls.flatMap(({ callee, scope }) => (own !== '' && lastName(callee) === own ? [scope] : [])));
  const isNear = ({ scope }: Fact): boolean => asking.has(scope) || scope.split('.').some((part) => asked.has(part));
  const phrase = words(mark).replace(/^(?:is|has|on|under) | (?:until|forever)$/g, '');
  const root = rootOf(phrase.split(' ').at(-1) ?? mark);
  // Whatever deletes speaks of deletion: `do_not_delete` is asked by its whole name alone.
  const isAskedIn = (text: string): boolean =>
    / (?:delete|remove|purge)$|^undeletable$/.test(phrase)
      ? ` ${text} `.includes(` ${phrase} `)
      : text.split(' ').some((word) => rootOf(word) === root);
  const picks = ({ callee, args, use }: Call): boolean => {
    const text = words(`${callee} ${args.join(' ')}`);
    const isAsked = (use !== undefined && use !== 'discarded') || ASSERTS.test(words(lastName(callee)));
    return isAsked && (MAY_GO.test(text) || isAskedIn(text));
  };
  return (
    surplusOf(after.calls, before.calls).some((call) => isIn(places, call.scope) && picks(call)) ||
    elsewhere.calls.some((call) => isNear(call) && picks(call)) ||
    [...elsewhere.guards, ...elsewhere.conditions].some((one) => one.reads.includes(mark) && isNear(one))
  );
}

const ASSERTS = /^(?:assert|ensure|require|check|refuse|reject|forbid|verify|skip|guard)\b/;
const MAY_GO =
  /\b(?:removable|deletable|purgeable|disposable|expendable|eligible|may (?:go|delete|remove)|can (?:be )?(?:delete|remove)d?)\b/;

const IRREGULAR: ReadonlyMap<string, string> = new Map([
  ['held', 'hold'],
  ['kept', 'keep'],
  ['retention', 'retain'],
]);

/** What `retain`, `retained`, `retention` and `unpinned`, `pin`, `pins` have in common. */
function rootOf(word: string): string {
  const own = word.replace(/^un(?=\w{3})/, '');
  const root = (IRREGULAR.get(own) ?? own).replace(/(?:ed|ing|able|ion|s)$/, '');
  return root.replace(/([b-df-hj-np-tv-z])\1$/, '$1').replace(/e$/, '');
}
