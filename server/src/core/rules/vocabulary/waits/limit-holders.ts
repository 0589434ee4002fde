import type { RuleInput } from '../../define.ts';
import { changedCode } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { bodiesAskedBy } from '../code/new-bodies.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { isLimit, isUnlimited } from './time-limits.ts';

/** The call that had the limit, or the literal of a type. */
export function holderStays(input: RuleInput, callee: string, scope: string): boolean {
  if (input.after?.calls.some((call) => call.callee === callee && within(call.scope, scope)) === true) return true;
  // It went into a function that came with the change.
  if (
    bodiesAskedBy(input, scope).some(({ facts, place }) =>
      facts.calls.some((call) => call.callee === callee && within(call.scope, place.name)),
    )
  )
    return true;
  const content = input.trees.after.read(input.path);
  return content?.kind === 'text' && content.text.includes(`${callee}{`);
}

/** The client with a limit became one that comes without any: `http.DefaultClient`, `axios.create()`, `Client::new()`. */
export function isDefaultClient(input: RuleInput, callee: string, scope: string): boolean {
  if (newCallsIn(input, scope).some((call) => /timeout|abort|deadline|wait_for/i.test(call.callee))) return false;
  if (!/client|session|http|axios|agent|got|ky|fetch|request|undici|template/i.test(callee) || hasLimit(input, scope)) return false;
  // A rewrite is cut into several hunks: the new client may stand in the next one.
  const fresh = newCallsIn(input, scope).map(({ kind, callee }) => `${kind === 'new' ? 'new ' : ''}${callee.replaceAll('.', ' . ')} (`);
  const text = `${changedCode(input, 'after').text} ; ${fresh.join(' ; ')}`;
  return /\bhttp \. (DefaultClient|DefaultTransport|Get|Post|PostForm|Head)\b|\b(http \. )?Client \{ \}|\bClient (::|\.) new \( \)|\breqwest :: get\b|\bHttpClient \. newHttpClient \( \)|\bnew (OkHttpClient|RestTemplate|HttpClient|SimpleClientHttpRequestFactory) \( \)|\bRestClient \. create \(|\bWebClient \. create \(|\b(requests|httpx|aiohttp) \. (?:(Session|Client|AsyncClient|ClientSession)\b|(get|post|put|delete|patch|request) \()|\baxios \. (create \( \)|get|post|put|delete|patch|request)|[=:(] axios [;,)]|\bfetch \(/.test(
    text,
  );
}

/** Go: `http.ListenAndServe(addr, handler)` in place of an `http.Server` with limits, which waits for a slow client as long as that likes. */
export function isPlainServer(input: RuleInput, callee: string, scope: string): boolean {
  return (
    /(?:^|\.)http\.Server$/.test(callee) &&
    newCallsIn(input, scope).some((call) => /^http\.(?:ListenAndServe|ListenAndServeTLS|Serve|ServeTLS)$/.test(call.callee))
  );
}

/** Whether the new side limits a wait in what became of a function. */
export function hasLimit(input: RuleInput, scope: string): boolean {
  const counterpart = counterpartScope(input, scope);
  return (
    input.after?.options.some(
      (option) => isLimit(option) && !isUnlimited(option.value) && counterpart !== undefined && within(option.scope, counterpart),
    ) ?? false
  );
}
