import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { tokenTexts } from '../code/token-lines.ts';

/** tenacity and backoff of Python try for ever where they are told neither a count nor a time: a loop of five tries that became `@retry()`. */
export function* endlessLibraries({ added, before, after, path }: RuleInput): Iterable<FindingDraft> {
  if (after === undefined || !path.endsWith('.py')) return;
  for (const call of added.calls) {
    if (!isEndless(after, call) || before?.calls.some((old) => old.scope === call.scope && old.callee === call.callee) === true) continue;
    const message = fitMessage(`\`${shorten(call.callee, 30)}\` has no end: \`stop\` or a count of tries is missing`);
    yield { side: 'after', range: call.range, message };
  }
}

function isEndless(facts: SourceFacts, { callee, args }: Call): boolean {
  const isTenacity = /^(?:tenacity\.)?(?:retry|Retrying|AsyncRetrying)$/.test(callee) && tokenTexts(facts).has('tenacity');
  const isBackoff = /^(?:backoff\.)?on_(?:exception|predicate)$/.test(callee) && tokenTexts(facts).has('backoff');
  if (!isTenacity && !isBackoff) return false;
  // What is handed on as a whole, or under a name, may hold the bound; what waits for an answer is ended by it.
  const said = args.join();
  if (/\*\*|\bstop\w*|\bmax_(?:tries|time)\b|\bretry_if_(?:not_)?result\b/.test(said)) return /\bstop_never\b|\bstop=None\b/.test(said);
  return lastName(callee) !== 'on_predicate';
}
