import type { Option, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';

/**
 * A client that called a function for each answer, which threw where that was an error, and calls it no more:
 * `httpx.Client(event_hooks={'response': [raise_on_error]})`, `got.extend({ hooks: { afterResponse: [refuse] } })`.
 */
export function* unhookedChecks(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  const told = new Set<number>();
  for (const option of input.removed.options) {
    if (!HOOKS.test(option.name) || option.callee === '' || told.has(option.range.start.line)) continue;
    const check = namesIn(option).find((name) => refuses(before, name));
    if (check === undefined || !after.calls.some(({ callee }) => callee === option.callee)) continue;
    if (after.options.some((other) => HOOKS.test(other.name) && namesIn(other).some((name) => refuses(after, name)))) continue;
    if (after.calls.some(({ callee, scope }) => RAISES.test(lastName(callee)) && !within(scope, check))) continue;
    told.add(option.range.start.line);
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(`\`${shorten(option.callee, 26)}\` no longer hands its answers to \`${shorten(check, 26)}\``),
    };
  }
}

const HOOKS = /^(?:event_hooks|hooks|response|afterResponse|after_response|onResponse|on_response|response_hook|responseInterceptors?)$/;
const RAISES = /^(?:raise_for_status|error_for_status|throwOnError|raise_on_error|raise_on_4xx_5xx|raiseForStatus)$/;

function namesIn({ value }: Option): readonly string[] {
  return (value.match(/[A-Za-z_$][\w$.]*/g) ?? []).filter((word) => !/^(?:response|request)$/.test(word)).map(lastName);
}

/** A function of the file that throws where an answer is an error; one of a name that says so. */
function refuses(facts: SourceFacts, name: string): boolean {
  return (
    RAISES.test(name) ||
    facts.calls.some(({ callee, scope }) => lastName(scope) === name && RAISES.test(lastName(callee))) ||
    facts.guards.some(({ scope, exit, test }) => lastName(scope) === name && exit === 'throw' && /status|\.ok\b|error/i.test(test))
  );
}
