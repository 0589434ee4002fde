import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { tokensOf } from '../code/token-lines.ts';

/** What a function of another file that is named here now, in front of this one, asks for with the same `?.`, and refuses without. */
export function isAskedInFront(input: RuleInput, scope: string, text: string): boolean {
  const { before, after, path, trees } = input;
  if (before === undefined || after === undefined) return false;
  const asked = text.replace(/\.([\w$]+)$/, '?.$1');
  const refusing = input.addedElsewhere().guards.filter(({ exit }) => exit === 'throw' || exit === 'answer');
  const owners = new Set(refusing.flatMap(({ scope: inner }) => inner.split('.')));
  return [...owners].some((owner) => {
    if (owner.length < 3 || !isPutInFront(before, after, owner, scope)) return false;
    return trees.after
      .mentioning(owner, ['.ts', '.tsx', '.js', '.mjs', '.cjs'])
      .filter((other) => other !== path)
      .slice(0, 12)
      .some((other) => tokensOf(input.factsAt('after', other), owner).includes(asked));
  });
}

/** One of the things that the call is handed which is handed this function as well, or that is put in front of everything. */
function isPutInFront(before: SourceFacts, after: SourceFacts, owner: string, scope: string): boolean {
  const names = (facts: SourceFacts): readonly Call[] =>
    facts.calls.filter(({ args }) => args.some((text) => text === owner || text.startsWith(`${owner}(`)));
  const at = scope.indexOf('(');
  const address = at < 0 ? undefined : scope.slice(at + 2, -2);
  return names(after)
    .filter((call) => !names(before).some(({ key }) => key === call.key))
    .some(
      ({ callee, args }) =>
        /(^|\.)(use|all|addHook)$/.test(callee) ||
        (address !== undefined && scope.slice(0, at).endsWith(callee) && args[0]?.slice(1, -1) === address),
    );
}
