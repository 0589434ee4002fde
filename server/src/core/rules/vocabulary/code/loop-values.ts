import type { Call, Loop, SourceFacts } from '../../../model/facts.ts';
import { plain, splitSource } from './argument-text.ts';
import { tokensOn } from './code-text.ts';
import { namedLists } from './named-lists.ts';

/** A loop over more than this is data and no list that a person wrote. */
const MOST_VALUES = 40;

/**
 * The texts that an argument takes in turn, where it is what a loop around the call runs over: `for (const name of OLD)`,
 * `for table, column in PAIRS`, `OLD.forEach((name) => …)`, with a list written there or bound to a name in the file. One row a
 * round, each with the text of the argument at its place; undefined for an argument that no such loop gives. Empty where none does.
 */
export function loopedArguments(call: Call, facts: SourceFacts | undefined): readonly (readonly (string | undefined)[])[] {
  const given = call.args.map((argument) => argument.replace(/^\w+ ?= ?/, ''));
  if (facts === undefined || !given.some((argument) => NAME.test(argument))) return [];
  for (const loop of facts.loops.toReversed()) {
    const isAround = loop.range.start.line <= call.range.start.line && call.range.start.line <= loop.body.endLine;
    if (loop.kind !== 'each' || !isAround) continue;
    const { names, over } = headOf(loop, facts);
    const at = given.map((argument) => names.indexOf(argument));
    const rows = at.some((place) => place >= 0) ? roundsOf(over, facts) : [];
    if (rows.length > 0 && rows.length <= MOST_VALUES) return rows.map((row) => at.map((place) => row[place]));
  }
  return [];
}

const NAME = /^[A-Za-z_]\w*$/;

/** The names that a loop gives and what it runs over: `name in OLD`, `_, name := range old`, `String name : OLD`, `OLD.forEach`. */
function headOf({ head, range }: Loop, facts: SourceFacts): { readonly names: readonly string[]; readonly over: string } {
  const handed = /^(.*)\.(?:forEach|map|flatMap|each|for_each|iter)$/s.exec(head);
  if (handed?.[1] !== undefined) {
    const tokens = tokensOn(facts, range.start.line, range.start.line).map(({ text }) => text);
    const arrow = tokens.indexOf('=>');
    return {
      names: tokens
        .slice(Math.max(0, arrow - 8), Math.max(0, arrow))
        .filter((text) => NAME.test(text))
        .slice(-2),
      over: handed[1],
    };
  }
  const [, given = '', over = ''] = /^(.{1,80}?)\s(?:of|in|:= range|= range|:)\s(.*)$/s.exec(head) ?? [];
  const names = given.replace(/^(const|let|var|final|[A-Z]\w*)\s/, '').replace(/[()[\]&]/g, '');
  return { names: splitSource(names.replace(/^_,/, ''), ','), over };
}

/** The elements of a list, each as the texts that it holds; empty where one of them is no plain text. */
function roundsOf(over: string, facts: SourceFacts): readonly (readonly string[])[] {
  const bare = over.replace(/(\.(filter|values|iter|into_iter|toSorted|slice)\([\w]*\))+$/, '').replace(/^&/, '');
  const bound = NAME.test(bare) ? facts.options.find(({ name, callee }) => name === bare && callee === '')?.value : bare;
  // Not every reader makes an option of a typed list.
  if (bound === undefined) {
    const [named, ...others] = namedLists(facts).filter(({ name }) => name === bare);
    return named === undefined || others.length > 0 ? [] : named.elements.map(({ text }) => [text]);
  }
  const inner = /^(?:\[\]string|(?:vec!|List\.of|Set\.of|Arrays\.asList))?[[({](.*)[\])}]$/s.exec(bound.trim())?.[1];
  const rows = (inner === undefined ? [] : splitSource(inner, ',')).map((element) => {
    const group = /^[[(](.*)[\])]$/s.exec(element)?.[1];
    return group === undefined ? [element] : splitSource(group, ',');
  });
  return rows.every((row) => row.every((text) => /^["'`]/.test(text))) ? rows.map((row) => row.map(plain)) : [];
}
