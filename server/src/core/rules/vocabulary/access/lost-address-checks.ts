import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { isIn, workScopes } from '../code/own-parts.ts';
import { isExtracted, newCallsIn, newGuardsIn } from '../code/scope-changes.ts';

/** Calls that refused an address inside the own network, gone from a function that still asks the address: `assertPublicHost(url)`. */
export function* lostAddressChecks(input: RuleInput): Iterable<Call> {
  const { after } = input;
  if (after === undefined) return;
  for (const call of input.removed.calls) {
    if (call.kind !== 'call' || !asksAddress(call) || call.scope === '' || isExtracted(input, call)) continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined) continue;
    const parts = workScopes(after, scope);
    const now = after.calls.filter((other) => isIn(parts, other.scope));
    if (!now.some(asksServer) || now.some(asksAddress)) continue;
    // It may be asked by another name, of a host that is compared, or by what makes the request.
    const isAskedAnew =
      newCallsIn(input, call.scope).some(({ callee }) =>
        /\b(?:safe|ssrf|guarded|public|allow\w*|check\w*|assert\w*|ensure\w*|valid\w*|verif\w*)\b/.test(words(callee)),
      ) || newGuardsIn(input, call.scope).some(({ test }) => /\b(?:host|hostname|url|address|ip|origin|domain|netloc)\b/.test(words(test)));
    if (!isAskedAnew) yield call;
  }
}

const ADDRESS =
  /\b(?:ssrf|(?:public|private|internal|local|loopback|external|safe|allowed|allow listed|whitelisted|trusted|permitted) (?:host|hostname|url|uri|address|ip|ips|network|target|domain|endpoint|addr|destination)s?|(?:host|hostname|url|uri|address|ip|target|endpoint|destination) (?:is )?(?:public|safe|allowed|external|not private|not internal)|not (?:private|internal|local|loopback)|(?:require|assert|ensure|check|must be) public)\b/;

function asksAddress({ callee }: Call): boolean {
  const name = words(lastName(callee));
  return (
    /^(?:assert|ensure|require|check|verify|validate|reject|refuse|forbid|block|guard|deny|must|ssrf)\b/.test(name) &&
    ADDRESS.test(name) &&
    !/\b(?:render|show|format|log)\b/.test(name)
  );
}

function asksServer({ callee, kind }: Call): boolean {
  if (kind === 'decorator') return false;
  return (
    /^(?:fetch|got|axios|ky|undici|needle|superagent|urlopen|urllib\.request\.urlopen|request|node_fetch)$/.test(callee) ||
    /^(?:axios|got|ky|requests|httpx|aiohttp|http|https|client|session|http_client|httpClient|HttpClient|reqwest|restTemplate|webClient|urllib\d?|undici|agent)\.(?:get|post|put|head|patch|request|send|exchange|execute|stream|Get|Post|Head|Do|sendAsync|getForObject|getForEntity|urlopen|fetch|delete)$/.test(
      callee.replace(/^(?:this|self|[a-z]{1,2})\./, ''),
    ) ||
    /^(?:openConnection|openStream|NewRequest|NewRequestWithContext)$/.test(lastName(callee))
  );
}
