import type { FileFacts, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { keepOf } from '../code/kept.ts';
import { ASKS, type LostBound } from './lost-bounds.ts';
import { isSend, sendIn } from './sends.ts';

/**
 * What a filter asked of each of those who got a message, and what nothing in the change speaks of any more: `rows.filter((row) =>
 * !row.unsubscribed_at && !row.bounced_at)`, whose columns went with it.
 */
export function* lostSelections(input: RuleInput): Iterable<LostBound> {
  const { before, after, removed } = input;
  if (before === undefined || after === undefined) return;
  for (const { kind, test, reads, scope: old, range } of removed.conditions) {
    if (kind !== 'answers' || old === '' || !ASKS.test(words(test))) continue;
    const scope = counterpartScope(input, old);
    const send = scope === undefined ? undefined : sendIn(input, scope);
    if (scope === undefined || send === undefined || !before.calls.some((call) => within(call.scope, old) && isSend(call))) continue;
    const names = reads.filter((name) => ASKS.test(words(name)));
    const said = saidInFunctions(after);
    const lost = names.find(
      (name) => ![...said].some((text) => text.includes(words(name))) && !isSaidElsewhere(input.addedElsewhere(), name),
    );
    if (lost === undefined) continue;
    yield {
      scope,
      draft: {
        side: 'before',
        range,
        message: fitMessage(`\`${shorten(lost, 26)}\` is asked no more of who gets \`${shorten(send.callee, 22)}\``),
      },
    };
  }
}

/** Words that functions of a file say, and no type alone. */
const saidInFunctions = keepOf(({ tokens, symbols }: SourceFacts): ReadonlySet<string> => {
  const types = symbols.filter(({ kind }) => kind === 'interface' || kind === 'type');
  const isOfType = (line: number): boolean => types.some(({ range }) => range.start.line <= line && line <= range.end.line);
  return new Set(tokens.filter(({ line }) => !isOfType(line)).map(({ text }) => words(text)));
});

/** Another file of the change selects by it now, in code or in a query. */
function isSaidElsewhere({ conditions, guards, options, statements, calls }: FileFacts, name: string): boolean {
  const own = words(name);
  const says = (text: string): boolean => words(text).includes(own);
  return (
    [...conditions, ...guards].some(({ test }) => says(test)) ||
    options.some((option) => says(`${option.name} ${option.value}`)) ||
    statements.some(({ key }) => says(key)) ||
    calls.some(({ args }) => args.some(says))
  );
}
