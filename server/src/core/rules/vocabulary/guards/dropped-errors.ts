import type { Call, Command, Option, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import { newGuardsIn } from '../code/scope-changes.ts';
import { changedCommands } from '../shell/command-parts.ts';
import { callsInside, guardKind } from './guard-kinds.ts';

/** `value, _ := f()` where every other call of `f` in the file looked at its error, and none does any more. */
export function* droppedErrors(input: RuleInput): Iterable<FindingDraft> {
  if (!/^(go|rust)$/.test(input.after?.language ?? '')) return;
  const looks = (side: 'before' | 'after', callee: string): boolean =>
    input[side]?.handlers.some(
      (other) => other.outcome !== 'swallows' && other.guarded.some((name) => lastName(name) === lastName(callee)),
    ) ?? false;
  for (const handler of input.added.handlers) {
    const [callee] = handler.guarded;
    if (handler.outcome !== 'swallows' || callee === undefined || handler.range.end.line > handler.range.start.line) continue;
    if (!looks('before', callee) || looks('after', callee) || input.before?.scopes.some(({ name }) => name === handler.scope) === true)
      continue;
    yield { side: 'after', range: handler.range, message: fitMessage(`the error of \`${shorten(callee, 34)}\` is dropped`) };
  }
}

/** `curl --fail` that takes an error page for an answer now. */
export function* unheardAnswers(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedCommands(input)) {
    const fails = (command: Command): boolean =>
      command.words.some(
        ({ text }) => /^(--fail(-with-body|-early)?|-[a-eg-zA-Z]*f[a-zA-Z]*|--check-status)$/.test(text) && !text.startsWith('--form'),
      );
    if (!/^(curl|http|https|xh)$/.test(after.name) || !fails(before) || fails(after)) continue;
    if (/%\{(http_code|response_code)\}/.test(after.written) || after.pipedFrom !== undefined) continue;
    yield { side: 'after', range: after.range, message: fitMessage(`\`${shorten(after.written, 38)}\` takes an error page for an answer`) };
  }
}

/** `true`, `status < 500`, `s >= 200`, `status >= 100 && status < 600`: what is no success passes as well. */
const TAKES_ALL = /^(?:true|\(?\w+ >= [12]00\)?(?: && \(?\w+ < [5-9]\d\d\)?)?|\(?\w+ <=? [5-9]\d\d\)?)$/;

/** A client that threw by itself and is told not to: `validateStatus: () => true`, `throwHttpErrors: false`. */
export function* takesAllAnswers(input: RuleInput): Iterable<FindingDraft> {
  const isTold = ({ name, value, range }: Option, facts: SourceFacts | undefined): boolean => {
    if (/^(validateStatus|validate_status|isOk|isSuccess)$/.test(name)) {
      const answers = facts?.conditions.filter((other) => other.kind === 'answers' && within(other.scope, name)) ?? [];
      const own = answers.filter((other) => other.range.start.line >= range.start.line && other.range.end.line <= range.end.line);
      return /^(null|undefined|false)$/.test(value) || (own.length > 0 && own.every(({ test }) => TAKES_ALL.test(test)));
    }
    if (/^(throwHttpErrors|throwOnError|throw_on_error|raise_for_status|raiseForStatus|throwOnHttpError)$/.test(name))
      return /^(false|False)$/.test(value);
    return name === 'ignoreResponseError' && value === 'true';
  };
  for (const option of input.added.options) {
    // What it says to begin with is no change, and neither is a client that is new.
    if (!isTold(option, input.after) || option.callee === '') continue;
    const isOld = (other: Call): boolean => other.callee === option.callee;
    if (input.before?.calls.some(isOld) !== true || input.before.options.some((other) => other.key === option.key)) continue;
    const was = input.before.options.find(({ name, callee }) => name === option.name && callee === option.callee);
    if (was !== undefined && isTold(was, input.before)) continue;
    // aiohttp raises only where it is told to.
    if (was === undefined && /^raise_for_status$/.test(option.name)) continue;
    const asks = newGuardsIn(input, '').some((guard) => guardKind(guard, callsInside(guard, input.after?.calls ?? [])) === 'error');
    const counts = (calls: readonly Call[]): number => calls.filter(isOld).length;
    if (asks || counts(input.before.calls) < counts(input.after?.calls ?? [])) continue;
    yield {
      side: 'after',
      range: option.range,
      message: fitMessage(`\`${shorten(option.callee, 22)}\` takes every answer for a good one: \`${shorten(option.name, 18)}\``),
    };
  }
}
