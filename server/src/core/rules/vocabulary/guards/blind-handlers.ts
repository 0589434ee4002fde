import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { newGuardsIn } from '../code/scope-changes.ts';

/**
 * A client of Spring that threw by itself and is told that nothing is an error: a new `hasError` that answers no, and `retrieve()` that
 * became `exchangeToMono`, which leaves the status to whoever reads the body.
 */
export function* blindHandlers(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined || !/\.(?:java|kt|groovy)$/.test(input.path)) return;
  for (const answer of input.added.conditions) {
    if (answer.kind !== 'answers' || answer.test !== 'false' || lastName(answer.scope) !== 'hasError') continue;
    if (before.scopes.some(({ name }) => lastName(name) === 'hasError') || !/\b(?:RestTemplate|RestClient)/.test(typesIn(input))) continue;
    yield { side: 'after', range: answer.range, message: fitMessage('the client takes every answer for a good one: `hasError` says no') };
  }
  for (const call of input.added.calls) {
    if (!/^exchangeTo(?:Mono|Flux)$/.test(lastName(call.callee))) continue;
    const own = after.calls.filter((other) => within(other.scope, call.scope));
    const asks = own.some(({ callee }) =>
      /^(?:createException|createError|statusCode|onStatus|is[1245]xx\w*|isError)$/.test(lastName(callee)),
    );
    const retrieved = before.calls.some(
      (other) => lastName(other.callee) === 'retrieve' && counterpartScope(input, other.scope) === call.scope,
    );
    if (!retrieved || asks || newGuardsIn(input, call.scope).some(({ test }) => /status/i.test(test))) continue;
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(`\`${shorten(lastName(call.callee), 20)}\` throws on no status, and nobody asks for it`),
    };
  }
}

/** Names of types that the file makes or takes. */
function typesIn({ after }: RuleInput): string {
  return (after?.symbols ?? [])
    .map(({ type, parameters }) => `${type} ${parameters.map((parameter) => parameter.type).join(' ')}`)
    .join(' ');
}
