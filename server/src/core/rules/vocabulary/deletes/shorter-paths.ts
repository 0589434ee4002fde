import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, literal } from '../code/call-names.ts';

/** A path that is put together now without the folders at its end, and the first of those. */
export interface ShorterPath {
  readonly call: Call;
  readonly lost: string;
}

/** `path.join(root, id, 'cache')` that became `path.join(this.root, id)`: the folder above, in a file that deletes folders with all in them. */
export function shorterPaths({ before, after, added }: RuleInput, deletes: (call: Call) => boolean): readonly ShorterPath[] {
  const fresh = added.calls.filter(isJoin);
  if (before === undefined || after === undefined || fresh.length === 0) return [];
  const stays = new Set(after.calls.map(shownPath));
  const longer = new Map<string, string>();
  for (const call of before.calls.filter(isJoin)) {
    const parts = partsOf(call);
    const own = parts.findLastIndex((part) => literal(part) === undefined) + 1;
    if (own > 1 && own < parts.length && !stays.has(shownPath(call))) longer.set(parts.slice(0, own).join(), parts[own] ?? '');
  }
  if (longer.size === 0 || !after.calls.some(deletes) || !before.calls.some(deletes)) return [];
  const known = new Set(before.calls.map(shownPath));
  return fresh.flatMap((call) => {
    const lost = longer.get(partsOf(call).join());
    // What stands elsewhere in the file is joined to it there.
    const isJoined = lost === undefined || known.has(shownPath(call)) || after.tokens.some(({ text }) => literal(text) === literal(lost));
    return isJoined ? [] : [{ call, lost }];
  });
}

function isJoin({ callee, args }: Call): boolean {
  return /^(join|resolve|Join)$/.test(lastName(callee)) && args.length > 1;
}

/** The parts of a path, whoever holds the first of them: `this.root` and `root` are one. */
function partsOf({ args }: Call): readonly string[] {
  return args.map((part) => part.replace(/^(this|self|[a-z])\.(?=\w+$)/, ''));
}

function shownPath(call: Call): string {
  return isJoin(call) ? partsOf(call).join() : '';
}
