import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';

/** Go's `*os.Root` deletes nothing outside of its folder, whatever it is handed: `root.RemoveAll(id)`. */
export function isWithinRoot({ callee, scope, args }: Call, { after }: RuleInput): boolean {
  const root = receiver(callee);
  if (after?.language !== 'go' || lastName(callee) !== 'RemoveAll' || root === 'os' || args[0] === '"."') return false;
  return (
    after.calls.some((other) => other.callee === 'os.OpenRoot' && within(scope, other.scope)) ||
    after.symbols.some(({ name, type, parameters }) =>
      [{ name: lastName(name), type }, ...parameters].some((each) => each.type === '*os.Root' && each.name === lastName(root)),
    )
  );
}
