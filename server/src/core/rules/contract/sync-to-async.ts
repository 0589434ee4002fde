import type { FindingDraft } from '../../model/finding.ts';
import type { Dependent } from '../../model/radius.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { shorten } from '../vocabulary/code/call-names.ts';
import { symbolsNamed } from '../vocabulary/code/symbols-by-name.ts';
import { changedFunctions, isTheirPlace, reachOf } from '../vocabulary/contract/changed-signatures.ts';
import { fanIn, isEveryCallerUpdated, isImport, isUnused } from '../vocabulary/contract/contract-callers.ts';

/**
 * ## What it sees
 * An exported function that gave its result at once and now gives a promise of it, while callers that do not await it stay.
 *
 * ## Why it matters
 * A promise is always truthy: `if (isAllowed(user))` passes for everybody, silently, at every place that was not changed.
 *
 * ## When it is fine
 * Every caller awaits it already or was changed to; it plainly returned a promise before. These are not flagged.
 *
 * ## What it misses
 * That a function gave another function's promise before without saying so: it counts as synchronous, and is asked about.
 */
export default defineRule({
  id: 'contract/sync-to-async',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'A function became asynchronous under its callers',
  reads: ['symbols'],
  evidence: [{ title: 'typescript-eslint: no-misused-promises', url: 'https://typescript-eslint.io/rules/no-misused-promises/' }],
  *check(input): Iterable<FindingDraft> {
    for (const symbol of changedFunctions(input)) {
      if (symbol.async) continue;
      const now = symbolsNamed(input.after, symbol.name).find((other) => other.kind === symbol.kind && other.async);
      if (now === undefined || !isTheirPlace(input, symbol, now)) continue;
      const radius = reachOf(input, symbol);
      if (radius === null || isUnused(radius)) continue;
      const isWaiting = (line: string): boolean =>
        /\bawait\b|\.then\w*\(|^yield\b|\b(asyncio\.run|run_until_complete|create_task|ensure_future|gather|async_to_sync|run_coroutine_threadsafe|block_on|spawn)\(|\.(join|get|block|subscribe|thenApply|thenCompose|await)\(/.test(
          line,
        );
      const isCall = (line: string, dependent: Dependent): boolean =>
        dependent.message.startsWith('calls ') ||
        (dependent.message.startsWith('mentions ') && line.includes('(') && !isImport(line, dependent));
      if (isEveryCallerUpdated(input, radius, (line, dependent) => isCall(line, dependent) && !isWaiting(line))) continue;
      yield {
        side: 'after',
        range: now.range,
        message: fitMessage(
          `\`${shorten(symbol.name, 26)}\` ${input.before?.language === 'typescript' ? 'returns a promise' : 'is asynchronous'} now; ${fanIn(radius)}`,
        ),
        radius,
        ...(radius.method === 'names' && symbol.kind !== 'function' && radius.files < 5 && input.before?.language !== 'typescript'
          ? { severity: 'high' as const }
          : {}),
      };
    }
  },
});
