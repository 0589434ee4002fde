import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { bindingsOnce } from '../code/bindings.ts';
import { lastName, receiver, shorten, words } from '../code/call-names.ts';
import { changedLines } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { mayMention } from '../code/mentions.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { tokensOf } from '../code/token-lines.ts';
import { UNDER_WAY } from '../load/shared-flights.ts';

/**
 * Loads that a loader put together for all who asked in one turn and that each of them makes for itself now: `users.load(id)` of a
 * `DataLoader` that became `db.user.findUnique(…)`.
 */
export function* lostLoaders(input: RuleInput): Generator<FindingDraft> {
  const { before } = input;
  if (
    before === undefined ||
    input.removed.calls.length === 0 ||
    !['DataLoader', 'dataloader', 'loaders', 'dataloaders'].some((word) => mayMention(before, word))
  )
    return;
  for (const call of input.removed.calls) {
    if (!/^(?:load|loadMany|load_many|Load|LoadMany|LoadAll)$/.test(lastName(call.callee)) || !isLoader(input, receiver(call.callee)))
      continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || call.scope === '') continue;
    const now = newCallsIn(input, call.scope);
    const isLoaded = (other: Call): boolean => /^(?:load|Load)/.test(lastName(other.callee)) || /loader|batch/i.test(other.callee);
    const direct = now.find((other) => ASKS.test(lastName(other.callee)) && other.callee.includes('.') && other.args.length > 0);
    if (direct === undefined || now.some(isLoaded)) continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(direct.callee, 26)}\` asks once for each; \`${shorten(call.callee, 26)}\` asked for all at once`),
    };
  }
}

const ASKS = /^(?:(?:find|get|fetch|by|read|query|select|load|one)(?:[A-Z_]\w*)?|first|Find\w*|Get\w*|Fetch\w*|QueryRow\w*)$/;

function isLoader({ before }: RuleInput, name: string): boolean {
  if (/\bloaders?\b/.test(words(name))) return true;
  const made = before === undefined ? undefined : bindingsOnce(before).get(name);
  return made !== undefined && /^(?:new )?(?:\w+ \. )?DataLoader\b/.test(made);
}

/**
 * Work that was under way and that a second asker waited for, kept in a field: `this.pending ??= this.fetch()`. The file knows no such
 * field any more, and the function still does the work.
 */
export function* lostFields(input: RuleInput): Generator<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  for (const { line, scope, text } of changedLines(input, 'before')) {
    const [, field = '', work = ''] = KEEPS.exec(text) ?? [];
    if (field === '' || !UNDER_WAY.test(words(field)) || mayMention(after, field)) continue;
    const now = counterpartScope(input, scope);
    if (now === undefined || now === '' || !tokensOf(after, now).includes(`${work}(`)) continue;
    const joins = (call: Call): boolean => /\b(?:once|single|shared?|memo\w*|coalesce|dedupe|lock|mutex|flight)\b/.test(words(call.callee));
    const isNamedAnew = changedLines(input, 'after').some((other) => {
      const [, name = '', same] = KEEPS.exec(other.text) ?? [];
      return same === work && UNDER_WAY.test(words(name));
    });
    if (isNamedAnew || newCallsIn(input, scope).some(joins)) continue;
    yield {
      side: 'before',
      range: rangeOfLine(input, 'before', line),
      message: fitMessage(`\`${shorten(field, 24)}\` no longer joins those who ask for the same`),
    };
  }
}

/** `this.pending ??= this.fetch()`, `self._refreshing = asyncio.ensure_future(self._load())`. */
const KEEPS =
  /^(?:if ?\(!(?:this|self)\.[#\w]+\) ?)?(?:this|self)\.([#\w]+)(?:\?\?=|\|\|=|=)(?:asyncio\.(?:ensure_future|create_task)\()?(?:this|self)\.([#\w]+)\(/;
