import type { Call, Fact, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver, words } from '../code/call-names.ts';
import { scopeAtLine } from '../code/code-text.ts';
import { hasScope, within } from '../code/counterpart.ts';
import { onlyIn } from '../code/fact-keys.ts';
import { keepOfBoth } from '../code/kept.ts';
import { newBodiesOf } from '../code/new-bodies.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { assignedMarks, isMark, isMarkColumn, setColumns, setsMark } from './delete-marks.ts';
import { deletesRow } from './row-deletes.ts';

/** Where this hunk no longer marks a row: an assignment, a setter, a call that says so by its name, an update of the column. */
export function marksIn(input: RuleInput): readonly Pick<Fact, 'scope'>[] {
  const { removed, hunk, before } = input;
  const { start, lines } = hunk.before;
  const assigned = assignedMarks(before, start, start + lines - 1).map(({ line }) => ({ scope: scopeAtLine(before, line) }));
  return removed.options.length + removed.calls.length === 0
    ? []
    : [...removed.options.filter(isMark), ...removed.calls.filter(setsMark), ...(input.removed.calls.length > 0 ? assigned : [])];
}

/** In a new function, of this file or of one that is read with it, which a function asks now that marked the row before. */
export function isWorkOfMark(input: RuleInput, call: Call): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined || call.scope === '' || hasScope(before, call.scope) || !deletesRow(call)) return false;
  const isHere = ({ scope }: Fact): boolean => within(scope, call.scope);
  // It marks the row and takes what hangs on it.
  if (after.options.some((option) => isHere(option) && isMark(option)) || after.calls.some((other) => isHere(other) && setsMark(other)))
    return false;
  return lostMarks(before, after).some((scope) => isWorkOf(input, scope, call.scope));
}

/** A function is new, and an old one asks it now and did not before. */
export function isWorkOf(input: RuleInput, old: string, part: string): boolean {
  if (input.before === undefined || old === '' || part === '' || hasScope(input.before, part)) return false;
  return newCallsIn(input, old).some(({ callee }) => lastName(callee) === lastName(part));
}

/** Functions of the old side that marked a row and do not any more. */
const lostMarks = keepOfBoth((before: SourceFacts, after: SourceFacts): readonly string[] => {
  const marks = [...onlyIn(before.options, after.options).filter(isMark), ...onlyIn(before.calls, after.calls).filter(setsMark)];
  return [...new Set(marks.map(({ scope }) => scope))].filter((scope) => scope !== '');
});

/** What the call is named after came with the change, marks the row and takes none: `repository.delete` that sets `deletedAt`. */
export function isOwnMark(input: RuleInput, call: Call): boolean {
  const bodies = newBodiesOf(input, call.callee);
  return (
    bodies.length > 0 &&
    bodies.every(({ facts, place }) => {
      // A function that makes the method is handed what it does: `softly((where) => drafts.update({ where, data: { deletedAt } }))`.
      const maker = receiver(place.name);
      const made = /^[a-z]/.test(maker) ? facts.calls.filter(({ callee }) => callee === maker).map(({ range }) => range) : [];
      const inside = ({ range }: Fact): boolean =>
        (place.startLine <= range.start.line && range.end.line <= place.endLine) ||
        made.some(({ start, end }) => start.line <= range.start.line && range.end.line <= end.line);
      const calls = facts.calls.filter(inside);
      const marks = facts.options.some((option) => inside(option) && isMark(option)) || calls.some(setsMark);
      const assigned = assignedMarks(facts, place.startLine, place.endLine).length > 0;
      const updates = facts.statements.some((one) => inside(one) && one.verb === 'update' && setColumns(one).some(isMarkColumn));
      const takes = calls.some(deletesRow) || facts.statements.some((one) => inside(one) && one.verb === 'delete');
      return (marks || assigned || updates) && !takes;
    })
  );
}

/**
 * A new function with a part of the old name that went into a type: `closeLocker(db, id)` and `Lockers.close(id)`; or the step of it that
 * a framework asks for: `destroy` and `perform_destroy` of one view.
 */
export function isRenamed({ before }: RuleInput, old: string, fresh: string): boolean {
  const [was, is] = [words(lastName(old)).split(' '), words(lastName(fresh)).split(' ')];
  const isNew = fresh !== '' && before?.scopes.some(({ name }) => name === fresh) === false;
  if (isNew && is.join(' ') === `perform ${was.join(' ')}` && receiver(fresh) === receiver(old)) return true;
  return isNew && is.some((word) => word.length > 3 && was[0] === word) && is.every((word) => was.includes(word));
}
