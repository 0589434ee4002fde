import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';

/** Go's `*os.Root` deletes nothing outside of its folder, whatever it is handed: `root.RemoveAll(id)`, where `root` is one. */
export function isWithinRoot({ callee, scope, args, range }: Call, { after }: RuleInput): boolean {
  const root = receiver(callee);
  if (after?.language !== 'go' || lastName(callee) !== 'RemoveAll' || root === 'os' || args[0] === '"."') return false;
  if (/^os \. OpenRoot \(/.test(boundAbove(after, root, range.start.line) ?? '')) return true;
  const [own = '', field = ''] = root.split('.');
  return after.symbols.some(({ kind, name, type, parameters }) =>
    field === ''
      ? (name === own && type === '*os.Root') ||
        (within(scope, name) && parameters.some((each) => each.type === '*os.Root' && each.name === own))
      : kind === 'property' && type === '*os.Root' && lastName(name) === field,
  );
}
