import type { Call } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { changedOptions } from '../code/option-changes.ts';

/** A server for the machine itself that answers to others now. */
export interface WiderListener {
  readonly range: Range;
  readonly was: string;
  readonly now: string;
}

const LISTENS =
  /^(?:listen\w*|Listen\w*|serve\w*|Serve\w*|bind|Bind|run|run_app|start|start_server|create_server|createServer|HTTPServer|ThreadingHTTPServer|start_http_server|InetSocketAddress|SocketAddr)$/;
const HOST =
  /^(?:host|hostname|addr|address|bind|bind_?addr(?:ess)?|listen_?addr(?:ess)?|interface|metrics_?addr(?:ess)?|debug_?addr(?:ess)?)$/i;
const OWN = /(?:^|['"`/@])(?:127\.0\.0\.1|localhost|\[?::1\]?)(?=[:'"`/]|$)/;
const ANY = /(?:^|['"`])(?:0\.0\.0\.0|\[?::\]?|\*)(?=[:'"`]|$)|^['"`]:\d+['"`]$/;

/** Of these nobody but the machine itself was to ask; a service for others listens to others. */
const INWARD =
  /\b(?:admin|internal|debug|debugger|metrics|management|pprof|profil\w*|console|inspector|control|rpc|ops|diagnostics|devtools|repl|actuator|queue|redis|database|db|worker|sidecar|agent|exporter|health)\b/;

/** Calls and options that named the own machine, of a server that is called after an inner purpose. */
export function* widerListeners(input: RuleInput): Generator<WiderListener> {
  const name = (text: string): boolean => INWARD.test(words(text));
  for (const { before, after } of changedOptions(input))
    if (
      HOST.test(after.name) &&
      OWN.test(before.value) &&
      ANY.test(after.value) &&
      name(`${input.path.replace(/\.\w+$/, '')} ${after.scope} ${after.callee} ${after.name} ${after.key}`)
    )
      yield { range: after.range, was: before.value, now: after.value };
  for (const call of input.added.calls) {
    const now = placeIn(call, ANY);
    if (now === undefined) continue;
    const old = input.removed.calls.find((other) => other.callee === call.callee && placeIn(other, OWN) !== undefined);
    if (old !== undefined && name(`${input.path.replace(/\.\w+$/, '')} ${call.scope} ${call.callee} ${call.args.join(' ')}`))
      yield { range: call.range, was: placeIn(old, OWN) ?? '', now };
  }
}

function placeIn({ callee, args }: Call, place: RegExp): string | undefined {
  return LISTENS.test(lastName(callee)) ? args.find((argument) => place.test(argument)) : undefined;
}
