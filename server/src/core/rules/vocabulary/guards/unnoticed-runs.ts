import type { Guard } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { bodiesAskedBy, type NewBody } from '../code/new-bodies.ts';
import { checksOtherwise } from './errors-asked-otherwise.ts';

/** Python's `subprocess.run(…, check=True)` that runs on without it, here or in a function that took the run over. */
export function* unnoticedRuns(input: RuleInput): Iterable<FindingDraft> {
  for (const option of input.removed.options) {
    if (option.name !== 'check' || option.value !== 'True' || !/(^|\.)(run|subprocess\.\w+)$/.test(option.callee)) continue;
    const scope = counterpartScope(input, option.scope);
    const calls =
      input.after?.calls.filter((call) => scope !== undefined && call.callee === option.callee && within(call.scope, scope)) ?? [];
    const still =
      input.after?.options.filter((other) => other.name === 'check' && other.value === 'True' && other.scope === scope).length ?? 0;
    const old =
      input.before?.options.filter((other) => other.name === 'check' && other.value === 'True' && other.scope === option.scope).length ?? 0;
    const moved = calls.length > 0 || scope === undefined ? [] : bodiesAskedBy(input, scope).filter(runsProgram(option.callee));
    if (
      calls.length + moved.length === 0 ||
      still >= old ||
      moved.some(checksIts) ||
      (scope !== undefined && checksOtherwise(input, scope))
    )
      continue;
    if (scope !== undefined && input.after?.guards.some((guard) => within(guard.scope, scope) && /returncode/.test(guard.test)) === true)
      continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(`a failure of \`${shorten(option.callee, 30)}\` is no longer noticed`),
    };
  }
}

/** True where how a program ended was asked, and the run raises by itself now: `check=True`, here or in the function that runs it. */
export function isRunChecked(input: RuleInput, { test, scope }: Guard): boolean {
  const now = counterpartScope(input, scope);
  if (now === undefined || input.after === undefined || !/^[\w.]+\.returncode(?: (?:!=|>|<) 0)?$/.test(test)) return false;
  const { after } = input;
  const isTold = after.options.some((option) => option.name === 'check' && option.value === 'True' && within(option.scope, now));
  return isTold || bodiesAskedBy(input, now).some((body) => checksIts(body) && !forgives(body));
}

/** Its handler goes on where the program failed. */
function forgives({ facts, place }: NewBody): boolean {
  return facts.handlers.some(({ scope, outcome }) => within(scope, place.name) && outcome !== 'rethrows');
}

/** A function that runs a program the same way. */
function runsProgram(callee: string): (body: NewBody) => boolean {
  return ({ facts, place }) => facts.calls.some((call) => call.callee === callee && within(call.scope, place.name));
}

/** What it runs is asked how it ended. */
function checksIts({ facts, place }: NewBody): boolean {
  const isOwn = ({ scope }: { readonly scope: string }): boolean => within(scope, place.name);
  return (
    facts.options.some((option) => option.name === 'check' && option.value !== 'False' && isOwn(option)) ||
    facts.guards.some((guard) => /returncode/.test(guard.test) && isOwn(guard)) ||
    facts.calls.some((call) => lastName(call.callee) === 'check_returncode' && isOwn(call))
  );
}
