import type { Call, Guard, Scope, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { codeOfScope, tokensOn } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { flatten } from '../code/moved-text.ts';
import { asksElsewhere, newCallsIn, newGuardsIn } from '../code/scope-changes.ts';
import { symbolsNamed } from '../code/symbols-by-name.ts';
import { statementsOf } from '../code/top-statements.ts';
import { askedAnew, isTelling } from './same-question.ts';

/**
 * True where a function on the spot that stands in a value of the file asks what the guard asked, and the function names that value and
 * stops at what it answers: a table of rules whose `holds` is asked in a loop, a policy whose `final` decides about the next try. Who asks
 * it may stand in another file of the change, or in a library, which is handed such a function for nothing else.
 */
export function isAskedByTable(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const scope = counterpartScope(input, guard.scope);
  if (before === undefined || after === undefined || scope === undefined || scope === '') return false;
  const said = new Set(codeOfScope(after, scope).text.split(' '));
  return statementsOf(after).some((value) => {
    if (!said.has(value.name) || symbolsNamed(before, value.name).length > 0) return false;
    const predicates = predicatesIn(after, value);
    if (predicates.length === 0) return false;
    const asked = asksOf(input, guard, value.name);
    return asked.some((isRefusal) =>
      predicates.some((text) => {
        const test = isRefusal ? `!(${text})` : text;
        if (flatten(text) === flatten(isRefusal ? unNegated(guard.test) : guard.test)) return true;
        const fresh: Guard = {
          ...guard,
          test,
          range: { start: { line: value.endLine, character: 0 }, end: { line: value.endLine, character: 0 } },
        };
        return isTelling(before, guard) && askedAnew(before, guard, after, [fresh]).length > 0;
      }),
    );
  });
}

function unNegated(test: string): string {
  return /^(?:!|not )/.test(test) ? test.replace(/^(?:!|not )\s*/, '') : `!${test}`;
}

/** How the value is asked: true where its no stops the work, false where its yes does. */
function asksOf(input: RuleInput, guard: Guard, name: string): readonly boolean[] {
  const stops = (fresh: Guard): boolean => fresh.exit === 'throw' || fresh.exit === guard.exit;
  const asks = [...newGuardsIn(input, guard.scope), ...input.addedElsewhere().guards.filter(asksElsewhere(input, guard.scope))].flatMap(
    (fresh) => {
      const [, negation, callee] = /(?:^|&& |and )(!|not )?((?:[\w$]+(?:\.|::))*[\w$]+)\([^()]*\)$/.exec(fresh.test) ?? [];
      return stops(fresh) && callee !== undefined ? [negation !== undefined] : [];
    },
  );
  if (asks.length > 0) return asks;
  const isHanded = ({ callee, args }: Call): boolean => callee.startsWith(`${name}.`) || args.includes(name);
  const handed = newCallsIn(input, guard.scope).filter(isHanded);
  const { symbols } = input.addedElsewhere();
  const isOwn = (call: Call): boolean =>
    [...symbols, ...(input.after?.symbols ?? [])].some((symbol) => lastName(symbol.name) === lastName(call.callee));
  return handed.some((call) => !isOwn(call)) ? [true, false] : [];
}

/** What functions on the spot answer inside of a value: behind `return`, `=>`, Python's `lambda …:`, Rust's `|…|`. */
function predicatesIn(facts: SourceFacts, { startLine, endLine }: Scope): readonly string[] {
  const tokens = tokensOn(facts, startLine, endLine).map(({ text }) => text);
  return tokens.flatMap((text, at): readonly string[] => {
    const isLambda = text === ':' && tokens.slice(Math.max(0, at - 6), at).includes('lambda');
    const isClosure = text === '|' && facts.language === 'rust' && /^\w+$/.test(tokens[at - 1] ?? '');
    if (!(text === 'return' || text === '=>' || isLambda || isClosure) || tokens[at + 1] === '{') return [];
    const answer = expressionFrom(tokens, at + 1);
    return answer === '' ? [] : [answer];
  });
}

const LONGEST = 60;

function expressionFrom(tokens: readonly string[], from: number): string {
  let depth = 0;
  let at = from;
  for (; at < tokens.length && at - from < LONGEST; at += 1) {
    const text = tokens[at] ?? '';
    if (depth === 0 && /^[,;)\]}]$/.test(text)) break;
    if (/^[([{]$/.test(text)) depth += 1;
    if (/^[)\]}]$/.test(text)) depth -= 1;
  }
  return at - from < LONGEST ? tokens.slice(from, at).join(' ') : '';
}
