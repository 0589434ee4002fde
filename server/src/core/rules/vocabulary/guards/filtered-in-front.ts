import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { tokensOf } from '../code/token-lines.ts';
import { negate, type Parts, split } from '../conditions/parts.ts';

/**
 * True where what a loop skipped is left out of the list that it runs over: `if not c.wants: continue` that is
 * `for c in (c for c in all if c.wants)`, the same list under a name, or `all.filter((c) => c.wants)`.
 */
export function isFilteredInFront(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const scope = counterpartScope(input, guard.scope);
  if (before === undefined || after === undefined || scope === undefined || scope === '' || guard.exit !== 'break') return false;
  const { start, end } = guard.range;
  const loop = before.loops.findLast(
    ({ kind, scope: own, body }) => kind === 'each' && own === guard.scope && body.startLine <= start.line && end.line <= body.endLine,
  );
  const [, own = '', list = ''] = /^(?:const |let |var |[\w<>]+ (?=\w+ :))?(\w+) (?:of|in|:) ([\w$.]{1,80})$/.exec(loop?.head ?? '') ?? [];
  if (own === '') return false;
  const text = tokensOf(after, scope);
  // Somebody is still met who was not asked.
  if (text.includes(`in ${list}:`) || text.includes(`of ${list})`) || text.includes(`:${list})`)) return false;
  const wanted = negate(about(guard.test, own));
  return filtersOf(text, list).some(({ name, test, at, isChain }) => {
    if (!covers(about(test, name), wanted)) return false;
    const given = /\b(\w+)=[[({]?[\w$.]*(?: for \w+ in )?$/.exec(text.slice(Math.max(0, at - 120), at))?.[1];
    const heads = after.loops.filter((other) => other.scope === scope && other.kind === 'each').map(({ head }) => head.replace(/\s/g, ''));
    return (
      isChain ||
      heads.some((head) => head.includes(`${list}if${test.replace(/\s/g, '')}`) || head.includes(`of${list}.filter(`)) ||
      (given !== undefined &&
        heads.some((head) => head.endsWith(`in${given}`) || head.endsWith(`of${given}`) || head.endsWith(`:${given}`)))
    );
  });
}

interface Filter {
  /** What one of the list is called. */
  readonly name: string;
  /** What must hold of one that stays. */
  readonly test: string;
  /** Where the list stands in the text. */
  readonly at: number;
  /** True where the work hangs on what is left: `.filter(…).forEach(…)`. */
  readonly isChain: boolean;
}

/** Comprehensions and filters over a list in joined tokens. */
function filtersOf(text: string, list: string): readonly Filter[] {
  const found: Filter[] = [];
  for (let at = text.indexOf(list); at >= 0; at = text.indexOf(list, at + list.length)) {
    const behind = text.slice(at + list.length, at + list.length + 240);
    const kept = /^ if (.+)/.exec(behind)?.[1];
    const name = /\bfor (\w+) in $/.exec(text.slice(Math.max(0, at - 80), at))?.[1];
    if (kept !== undefined && name !== undefined) {
      found.push({ name, test: kept.slice(0, closing(kept)), at, isChain: false });
      continue;
    }
    const [, one = '', asked = ''] = /^(?:\.stream\(\))?\.filter\(\(?(\w+)\)?[=-]>(.+)/.exec(behind) ?? [];
    if (one === '') continue;
    const stop = closing(asked);
    found.push({ name: one, test: asked.slice(0, stop), at, isChain: /^\)\.(?:forEach|map|flatMap)\(/.test(asked.slice(stop)) });
  }
  return found;
}

/** Where the bracket closes that a text stands in. */
function closing(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth -= 1;
    if (depth < 0) return at;
  }
  return text.length;
}

/** A condition with what one of the list is called replaced. */
function about(test: string, name: string): Parts {
  return split(test.replace(/[\w$]+/g, (word, at: number) => (word === name && test[at - 1] !== '.' ? '$one' : word)));
}

/** True where what `kept` asks for is at least what was wanted. */
function covers(kept: Parts, wanted: Parts): boolean {
  const has = wanted.items.every((item) => kept.items.includes(item));
  return (
    has &&
    (kept.items.length === 1 ||
      (kept.all ? wanted.all || wanted.items.length === 1 : !wanted.all && kept.items.length === wanted.items.length))
  );
}
