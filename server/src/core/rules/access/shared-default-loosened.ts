import type { Option } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { isAccessName } from '../vocabulary/code/guard-kinds.ts';
import { changedOptions } from '../vocabulary/code/option-changes.ts';
import { fanIn, severityByFanIn } from '../vocabulary/contract/contract-callers.ts';

/**
 * ## What it sees
 * The default of a parameter or an option of a shared function that changes to the weaker value: `optional = true`,
 * `verify = false`, `strict = false`.
 *
 * ## Why it matters
 * Every caller that leaves the option out changes with it, and none of their files is in the change.
 *
 * ## When it is fine
 * Nobody imports the function. That is not flagged.
 *
 * ## What it misses
 * A default that is computed, and one that is set in another file.
 */
export default defineRule({
  id: 'access/shared-default-loosened',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'medium',
  title: 'A shared default became the weaker one',
  reads: ['options'],
  evidence: [
    {
      title: 'Reported retail order loss after high-blast-radius changes, 2026',
      url: 'https://vibegraveyard.ai/story/amazon-ai-code-retail-outages',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const { before, after } of changedOptions(input)) {
      if (!isWeaker(after.name, before.value, after.value) || !isDefault(after)) continue;
      const owner = after.scope.split('.')[0] ?? '';
      const symbol =
        input.before?.symbols.find((other) => other.exported && (other.name === after.scope || other.name === owner)) ??
        input.before?.symbols.find((other) => other.exported && after.scope === '' && other.kind === 'function');
      if (symbol === undefined) continue;
      const radius = input.reach.of(symbol);
      if (radius === null || radius.files === 0) continue;
      // A guard of access is one wherever it is used; of other functions the reach decides.
      const isGuard = isAccessName(lastName(symbol.name)) && radius.references > 2;
      const severity = isGuard || severityByFanIn(radius) !== 'medium' ? 'critical' : 'high';
      yield {
        side: 'after',
        range: after.range,
        message: fitMessage(`\`${shorten(after.name, 20)}\` is \`${after.value}\` by default now; ${fanIn(radius)}`),
        radius,
        severity,
      };
    }
  },
});

/** The default of a parameter, or what a function that gives the defaults builds: `DefaultOptions`. */
function isDefault({ callee, scope }: Option): boolean {
  return callee === '' || /default/i.test(lastName(scope));
}

const SAFE =
  /\b(strict|verify|verified|secure|required|require|requires|enforce|enforced|validate|authenticated|auth|authorize|check|checked|sanitize|escape|http only|read only|signed|encrypt|encrypted|protected|guarded)\b/;
const UNSAFE =
  /\b(optional|allow|allowed|skip|disable|disabled|ignore|insecure|public|anonymous|unsafe|bypass|permissive|trust|lax|open|unauthenticated)\b/;

function isWeaker(name: string, before: string, after: string): boolean {
  const text = words(name);
  const [old, now] = [before.toLowerCase(), after.toLowerCase()];
  if (UNSAFE.test(text)) return old === 'false' && now === 'true';
  return SAFE.test(text) && old === 'true' && now === 'false';
}
