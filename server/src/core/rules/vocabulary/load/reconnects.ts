import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { factsInside } from '../code/facts-by-place.ts';
import { isPause } from './retries.ts';

/** Functions that ask for a connection again. */
const CONNECTS =
  /\b(connect|reconnect|subscribe|resubscribe|dial)\b|\b(open|reopen|start|listen)\b.*\b(socket|stream|connection|channel|feed)\b/;
/** Where a connection that ended is told of. */
const ENDED =
  /(onclose|onerror|ondisconnect|on_close|on_error|on_disconnect|OnClose|OnDisconnect|\((['"])(close|disconnect|end|error|closed|disconnected)\2\))$/;

/** A connection that was asked for anew after a pause when it ended, and is asked for at once now: all who lost it come at the same time. */
export function* reconnectedAtOnce({ removed, before, after }: RuleInput): Iterable<FindingDraft> {
  if (before === undefined || after === undefined) return;
  for (const pause of removed.calls) {
    if (!isPause(pause.callee) || !ENDED.test(pause.scope)) continue;
    const again = connectedBy(before, pause);
    if (again === undefined || after.calls.some((call) => isPause(call.callee))) continue;
    const now = after.calls.find(({ callee, scope }) => callee === again && ENDED.test(scope));
    if (now !== undefined)
      yield {
        side: 'after',
        range: now.range,
        message: fitMessage(`\`${shorten(again, 30)}\` runs at once when the connection ends, without a pause`),
      };
  }
}

/** What the function that is handed to a timer calls, or its name where it is handed by that. */
function connectedBy({ calls }: SourceFacts, pause: Call): string | undefined {
  const inside = factsInside(calls, pause.range).find((call) => call !== pause && CONNECTS.test(words(lastName(call.callee))));
  return inside?.callee ?? pause.args.find((argument) => /^[\w.]+$/.test(argument) && CONNECTS.test(words(lastName(argument))));
}
