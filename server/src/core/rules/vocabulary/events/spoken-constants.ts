import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, literal } from '../code/call-names.ts';
import { changedOptions } from '../code/option-changes.ts';
import { PROGRAM_FILES } from '../code/program-files.ts';
import { carriesEvent } from './event-names.ts';
import type { RenamedEvent } from './renamed-events.ts';

/** More files than this that speak of a constant's name say that it is a common one. */
const MOST_FILES = 12;

/**
 * A constant whose text changed and by which somebody sends or takes: `emit(VISIT_BOOKED, …)`, `publish(Channel.VISITS, …)`. Whoever takes it
 * by its name too goes along; only one who still says the old text is left behind.
 */
export function* spokenConstants(input: RuleInput): Iterable<RenamedEvent> {
  for (const { before, after } of changedOptions(input)) {
    const [old, now] = [literal(before.value), literal(after.value)];
    if (old === undefined || now === undefined || after.callee !== '' || !/^[A-Z]\w{3,}$/.test(after.name)) continue;
    if (isSpoken(input, after.name)) yield { old, now, range: after.range, isGuessed: true };
  }
}

function isSpoken({ after, path, trees, factsAt }: RuleInput, name: string): boolean {
  const isIts = (call: Call): boolean =>
    carriesEvent(call) && call.args.some((argument) => lastName(argument.replace(/^\w+\s*[=:]\s*/, '')) === name);
  if (after?.calls.some(isIts) === true) return true;
  const files = trees.after.mentioning(name, PROGRAM_FILES).filter((file) => file !== path);
  return files.length <= MOST_FILES && files.some((file) => factsAt('after', file)?.calls.some(isIts) === true);
}
