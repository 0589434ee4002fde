import type { Handler } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { lastName, shorten, words } from '../call-names.ts';
import { counterpartScope, within } from '../counterpart.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { isTestScope } from '../test-cases.ts';
import { tokensOf } from '../token-lines.ts';

/**
 * ## What it sees
 * A function that takes configuration, rules or features which are pushed to the whole fleet, and which lost what kept the last
 * good ones: the fallback in its handler, the copy that it kept, the check of what came in.
 *
 * ## Why it matters
 * Such a file reaches every machine in seconds and past every stage that code goes through. One that cannot be read must cost
 * the new rules, not the service.
 *
 * ## When it is fine
 * Configuration that is read once at the start, where it is better to stop. That is not flagged.
 *
 * ## What it misses
 * A loader that never had a fallback, and one whose name does not say what it loads.
 */
export default defineRule({
  id: 'runtime/fail-closed-global-config',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'low',
  title: 'A bad configuration is no longer survived',
  reads: ['handlers', 'calls', 'options', 'guards', 'conditions'],
  evidence: [
    { title: 'Cloudflare 2025-11-18: a feature file ended the proxies', url: 'https://blog.cloudflare.com/18-november-2025-outage/' },
    { title: 'Cloudflare 2025-12-05: a killswitch and a nil value', url: 'https://blog.cloudflare.com/5-december-2025-outage/' },
    { title: 'Fastly 2021-06-08: one valid configuration', url: 'https://www.fastly.com/blog/summary-of-june-8-outage' },
  ],
  *check(input): Iterable<FindingDraft> {
    if (input.after === undefined) return;
    const flagged = new Set<string>();
    for (const handler of input.removed.handlers) {
      if (!fallsBack(handler) || !isRefresh(input, handler.scope) || flagged.has(handler.scope)) continue;
      const scope = counterpartScope(input, handler.scope);
      if (scope === undefined || isTestScope(scope) || stillFallsBack(input, scope)) continue;
      flagged.add(handler.scope);
      yield {
        side: 'before',
        range: handler.range,
        message: fitMessage(`\`${shorten(scope, 34)}\` no longer goes on with the last good configuration`),
      };
    }
    for (const option of input.removed.options) {
      if (!LAST_GOOD.test(words(`${option.name} ${option.value}`)) || flagged.has(option.scope) || !isRefresh(input, option.scope))
        continue;
      const scope = counterpartScope(input, option.scope);
      if (scope === undefined || LAST_GOOD.test(words(tokensOf(input.after, scope)))) continue;
      flagged.add(option.scope);
      yield {
        side: 'before',
        range: option.range,
        message: fitMessage(`\`${shorten(option.name, 26)}\` is no longer kept as the last good of \`${shorten(scope, 24)}\``),
      };
    }
  },
});

const LAST_GOOD =
  /\b(last good|last known good|last valid|previous config|previous rules|prev config|old config|fallback|known good|last known|last config|cached config|current rules|stale)\b/;
const GLOBAL =
  /\b(config|configuration|rules?|ruleset|features?|policy|policies|flags?|killswitch|kill switch|model|signatures?|blocklist|allowlist|denylist|routes|routing table|quota|quotas|limits|manifest|channel file|definitions)\b/;
const FETCHES =
  /\b(reload|refresh|poll|watch|sync|fetch|load|update|apply|pull|subscribe|on change|on message|hot reload|rotate|swap|install|receive|handle)\b/;

/** A function that takes what is pushed again and again, by its name and what it works on. */
function isRefresh(input: RuleInput, scope: string): boolean {
  const name = words(lastName(scope));
  const where = words(`${scope} ${input.path}`);
  return FETCHES.test(name) && GLOBAL.test(where) && !/\b(main|bootstrap|start|init|setup|migrate|cli|test)\b/.test(name);
}

function fallsBack(handler: Handler): boolean {
  return handler.outcome !== 'rethrows' && handler.guarded.length > 0;
}

function stillFallsBack(input: RuleInput, scope: string): boolean {
  if (input.after?.handlers.some((handler) => within(handler.scope, scope) && fallsBack(handler)) === true) return true;
  return LAST_GOOD.test(words(tokensOf(input.after, scope)));
}
