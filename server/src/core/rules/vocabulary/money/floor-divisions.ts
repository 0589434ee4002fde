import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName } from '../code/call-names.ts';
import { changedCode, codeOfScope, countOf, rangeOfLine, scopeAtLine } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { isMoney, isNoMoney } from './money-names.ts';

/** What is divided on the new lines, by what, and what the answer is called. */
function namesOfDivisions({ hunk }: RuleInput): ReadonlySet<string> {
  return new Set(hunk.added.filter((line) => line.includes('/')).flatMap((line) => line.match(/[A-Za-z_]\w*/g) ?? []));
}

/** Python's `//` of an amount that became `/`: the one slash more decides whether cents stay whole. */
export function* floorDivisions(input: RuleInput): Iterable<FindingDraft> {
  if (!input.path.endsWith('.py')) return;
  const old = changedCode(input, 'before');
  const at = old.text.indexOf(' // ');
  if (at < 0) return;
  const line = old.lineAt(at + 1);
  const scope = scopeAtLine(input.before, line);
  const counterpart = counterpartScope(input, scope);
  if (counterpart === undefined) return;
  const was = codeOfScope(input.before, scope).text;
  const is = codeOfScope(input.after, counterpart).text;
  const near = `${scope} ${old.text.slice(Math.max(0, at - 80), at + 80)} ${input.path}`;
  if (!isMoney(near) || isNoMoney(old.text.slice(Math.max(0, at - 60), at + 60))) return;
  if (countOf(is, / \/\/ /g) >= countOf(was, / \/\/ /g) || countOf(is, / \/ /g) <= countOf(was, / \/ /g)) return;
  const divided = namesOfDivisions(input);
  const isWhole = newCallsIn(input, scope).some(
    ({ callee, args }) =>
      /^(int|floor|divmod|round|quantize|trunc)$/.test(lastName(callee)) &&
      [callee, ...args].some((text) => (text.match(/[A-Za-z_]\w*/g) ?? []).some((name) => divided.has(name))),
  );
  if (isWhole) return;
  yield {
    side: 'before',
    range: rangeOfLine(input, 'before', line),
    message: fitMessage(`\`//\` became \`/\`: the amount is no longer whole`),
  };
}
