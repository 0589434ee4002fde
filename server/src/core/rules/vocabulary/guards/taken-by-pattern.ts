import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { splitSource } from '../code/argument-text.ts';
import { codeOfScope } from '../code/code-text.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { counterpartScope, hasScope } from '../code/counterpart.ts';
import { partScopes } from '../code/own-parts.ts';

/**
 * True where a length that was asked is asked by what takes the parts now, and gives nothing where there are too few of them:
 * `if buf.len() < 4 { return Err(Short) }` that is `let &[version, kind, hi, lo, ..] = buf else { return Err(Short) };`, or
 * `buf.split_first_chunk::<4>().ok_or(Short)?`. Nothing of the list is read by its index beside that.
 */
export function isTakenByPattern(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const [, list, how = '', bound = '', own] = LENGTH.exec(guard.test) ?? [];
  const scope = counterpartScope(input, guard.scope);
  if (after === undefined || after.language !== 'rust' || scope === undefined || scope === '') return false;
  const name = list ?? own;
  const least = list === undefined ? 1 : leastBehind(how, numberIn(bound, before));
  if (name === undefined || least === undefined) return false;
  // What a new function calls the list is its own affair.
  return partScopes(after, scope)
    .filter((part) => part === scope || (before !== undefined && !hasScope(before, part)))
    .some((part) => {
      const { text } = codeOfScope(after, part);
      const known = part === scope ? name : undefined;
      const taken = Math.max(takenByPattern(text, known, how), takenByCall(text, known));
      return taken >= least && !readsBeyond(text, name, taken);
    });
}

const LENGTH = /^(?:([\w.]+)\.len\(\) (<=?|!=|==) ([\w:]+)|([\w.]+)\.is_empty\(\))$/;

/** How many there are at least where the work goes on. */
function leastBehind(how: string, bound: number | undefined): number | undefined {
  if (bound === undefined || how === '==') return how === '==' && bound === 0 ? 1 : undefined;
  return how === '<=' ? bound + 1 : bound;
}

/** Elements that a refutable pattern takes of the list: `let [a, b, ..] = name else`, `let Some([a, b]) = name.first_chunk() else`. */
function takenByPattern(text: string, name: string | undefined, how: string): number {
  const spaced = name?.replaceAll('.', ' . ');
  const patterns = [
    ...text.matchAll(/\blet &? ?\[ ([^=;{}]{1,400}) \] = [&*]? ?([\w. ]{1,80}?)(?: \[ \.\. \]| \. as_(?:slice|ref|bytes) \( \))? else \{/g),
  ];
  return Math.max(
    0,
    ...patterns.map(([, parts = '', from = '']) => {
      if (spaced !== undefined && from !== spaced) return 0;
      const items = splitSource(parts, ',').map((part) => part.trim());
      const isOpen = items.some((item) => /(?:^|@ )\.\.$/.test(item));
      // A length that had to be exact is asked by a pattern without a rest alone.
      return how === '!=' && isOpen ? 0 : items.filter((item) => item !== '' && !/(?:^|@ )\.\.$/.test(item)).length;
    }),
  );
}

/** Elements that a call takes, or answers that there are not so many. Its answer is asked by `?` or by a pattern. */
function takenByCall(text: string, name: string | undefined): number {
  const spaced = name?.replaceAll('.', ' . ');
  const isOf = (from: string | undefined): boolean => spaced === undefined || from === spaced;
  const found = [...text.matchAll(TAKES)].flatMap(([, from, many, index, from2, end]) => {
    if (from !== undefined) return isOf(from) ? [many !== undefined ? Number(many) : Number(index) + 1] : [];
    return isOf(from2) ? [Number(end)] : [];
  });
  return Math.max(0, ...found);
}

const TAKES =
  /\b([a-z]\w*(?: \. \w+)?) \. (?:(?:split_)?(?:first|last)_chunk :: < (\d+) >|get) \( (\d*) ?\)(?= (?:else|\?|\. (?:ok_or|ok_or_else|copied|and_then|context|map)\b))|\b([a-z]\w*(?: \. \w+)?) \. get \( 0? ?\.\. (\d+) \)(?= (?:else|\?|\. (?:ok_or|ok_or_else|and_then|context|map|try_into)\b))/g;

/** The list is still read at an index that nothing has proven: `buf[5]` behind a pattern of four. */
function readsBeyond(text: string, name: string, taken: number): boolean {
  const spaced = name.replaceAll('.', ' . ').replaceAll(' . ', ' \\. ');
  return [...text.matchAll(new RegExp(`(?<![\\w.] ?)${spaced} \\[ ([^\\]]{1,60}) \\]`, 'g'))].some(
    ([, index = '']) => index !== '..' && (!/^\d+$/.test(index) || Number(index) >= taken),
  );
}
