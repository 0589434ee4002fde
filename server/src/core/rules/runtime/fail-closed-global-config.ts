import type { Call, Guard, Handler, Loop, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { tokensOn } from '../vocabulary/code/code-text.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { onlyIn } from '../vocabulary/code/fact-keys.ts';
import { isIn, partScopes } from '../vocabulary/code/own-parts.ts';
import { isTestScope } from '../vocabulary/code/test-cases.ts';
import { tokensOf, wordsIn } from '../vocabulary/code/token-lines.ts';
import { lostGuards } from '../vocabulary/guards/lost-guards.ts';

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
  severity: 'high',
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
      if (scope === undefined || isTestScope(scope) || stillFallsBack(input, scope, handler) || givesBackInPart(input, handler, scope))
        continue;
      flagged.add(handler.scope);
      yield {
        side: 'before',
        range: handler.range,
        message: fitMessage(`\`${shorten(scope, 34)}\` no longer goes on with the last good configuration`),
        ...(AGAIN.test(words(lastName(handler.scope))) ? {} : severityOf(input, handler.scope, scope)),
      };
    }
    for (const guard of lostGuards(input, isSizeCheck)) {
      const scope = counterpartScope(input, guard.scope);
      if (scope === undefined || flagged.has(guard.scope) || isTestScope(scope) || !isRefresh(input, guard.scope)) continue;
      flagged.add(guard.scope);
      yield {
        side: 'before',
        range: guard.range,
        message: fitMessage(`\`${shorten(guard.test, 30)}\` no longer keeps out what \`${shorten(scope, 24)}\` must not take`),
        ...severityOf(input, guard.scope, scope),
      };
    }
    yield* stops(input);
    yield* takenAsItComes(input);
    for (const option of input.removed.options) {
      if (!LAST_GOOD.test(words(`${option.name} ${option.value}`)) || flagged.has(option.scope) || !isRefresh(input, option.scope))
        continue;
      const scope = counterpartScope(input, option.scope);
      if (scope === undefined || LAST_GOOD.test(wordsIn(input.after, scope))) continue;
      flagged.add(option.scope);
      yield {
        side: 'before',
        range: option.range,
        message: fitMessage(`\`${shorten(option.name, 26)}\` is no longer kept as the last good of \`${shorten(scope, 24)}\``),
        ...severityOf(input, option.scope, scope),
      };
    }
  },
});

/** What a handler of another hunk of the file guarded stands in a call of this one now, with nothing around it. */
function* takenAsItComes(input: RuleInput): Iterable<FindingDraft> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined || input.added.calls.length === 0) return;
  const end = hunk.before.start + hunk.before.lines;
  for (const handler of onlyIn(before.handlers, after.handlers)) {
    const { line } = handler.range.start;
    if ((line >= hunk.before.start && line < end) || !fallsBack(handler) || !isRefresh(input, handler.scope)) continue;
    const scope = counterpartScope(input, handler.scope);
    if (scope === undefined || isTestScope(scope) || stillFallsBack(input, scope, handler) || givesBackInPart(input, handler, scope))
      continue;
    const call = input.added.calls.find(
      ({ scope: own, callee, args }) =>
        own === scope && handler.guarded.some((guarded) => guarded === callee || args.some((argument) => argument.includes(`${guarded}(`))),
    );
    if (call === undefined) continue;
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(`what \`${shorten(call.callee, 26)}\` cannot read is no longer survived by \`${shorten(scope, 24)}\``),
      ...severityOf(input, handler.scope, scope),
    };
    return;
  }
}

const STOPS =
  /^(log|logger|slog|glog|klog|zap|zerolog|logrus)\.(Fatal|Fatalf|Fatalln|Panic|Panicf|Panicln|Exit)$|^(panic|panic!|os\.Exit|sys\.exit|os\._exit|exit|process\.exit|process\.abort|System\.exit|std::process::exit|process::exit|Runtime\.getRuntime\(\)\.halt)$/;

/** The process ends in a new function that takes what is pushed, where the old one went on. */
function* stops(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined || !input.added.calls.some(({ callee }) => STOPS.test(callee))) return;
  const isTaken = (facts: NonNullable<typeof before>, scope: string): boolean =>
    GLOBAL.test(words(`${scope} ${input.path} ${tokensOf(facts, scope)}`));
  const stopsIn = (facts: NonNullable<typeof before>): number =>
    facts.calls.filter((call) => STOPS.test(call.callee) && comesAgain(facts, call)).length;
  const wentOn =
    before.scopes.some(
      ({ name }) =>
        AGAIN.test(words(lastName(name))) &&
        isTaken(before, name) &&
        /\bcontinue\b|\breturn\b/.test(tokensOf(before, name)) &&
        // Who asks for it again and again may be another function, and says so.
        (LAST_GOOD.test(wordsIn(before, name)) || LAST_GOOD.test(wordsIn(before, ''))),
    ) || before.loops.some((loop) => goesRoundWithTheOld(before, loop));
  if (!wentOn || stopsIn(after) <= stopsIn(before)) return;
  for (const call of input.added.calls) {
    if (!STOPS.test(call.callee) || !comesAgain(after, call) || !isTaken(after, call.scope) || isTestScope(call.scope)) continue;
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 20)}\` ends the process where \`${shorten(call.scope, 24)}\` kept the last good one`),
    };
    return;
  }
}

/** The call runs again and again: by the name of its function, in a loop, or in a function that a loop calls. */
function comesAgain(facts: SourceFacts, { scope, range }: Call): boolean {
  if (AGAIN_OR_FETCHES.test(words(lastName(scope)))) return true;
  const holds = ({ body }: Loop, line: number): boolean => body.startLine <= line && line <= body.endLine;
  return facts.loops.some(
    (loop) =>
      // `Run` says nothing of it; that it calls `reload` in a loop does.
      (loop.scope === scope &&
        holds(loop, range.start.line) &&
        facts.calls.some((call) => call.scope === scope && AGAIN.test(words(lastName(call.callee))))) ||
      (scope !== '' &&
        loop.scope !== scope &&
        facts.calls.some(
          (call) => call.scope === loop.scope && holds(loop, call.range.start.line) && lastName(call.callee) === lastName(scope),
        )),
  );
}

/** A loop that goes on to its next round with what it had, and says so: `continue` behind "keeping the current rules". */
function goesRoundWithTheOld(facts: SourceFacts, { body }: Loop): boolean {
  const text = tokensOn(facts, body.startLine, body.endLine)
    .map((token) => token.text)
    .join(' ');
  return /\bcontinue\b/.test(text) && LAST_GOOD.test(words(text)) && GLOBAL.test(words(text));
}

const LAST_GOOD =
  /\b(last good|last one that|last working|keep the current|keeping the current|keeping the previous|keeping previous|keeping current|keeping old|last known good|last valid|previous config|previous rules|prev config|old config|fallback|known good|last known|last config|cached config|current rules|stale)\b/;
const GLOBAL =
  /\b(config|configuration|rules?|ruleset|features?|policy|policies|flags?|killswitch|kill switch|model|signatures?|block ?list|allow ?list|deny ?list|black ?list|white ?list|ip ?list|networks|routes|routing table|quota|quotas|limits|thresholds|experiments?|toggles?|switches|certificates|keyset|jwks|upstreams|backends|endpoints|catalog|entitlements|tariffs?|manifest|channel file|definitions)\b/;
const FETCHES =
  /\b(reload|refresh|poll|watch|sync|fetch|load|update|apply|pull|subscribe|on change|on message|hot reload|rotate|swap|install|receive|handle)\b/;

/** A function that takes what is pushed again and again, by its name and what it works on. */
function isRefresh(input: RuleInput, scope: string): boolean {
  const name = words(lastName(scope));
  const where = words(`${scope} ${input.path}`);
  // What somebody does on a page is no configuration that everybody gets.
  if (/^handle [a-z]/.test(name) && /\.[jt]sx$/.test(input.path)) return false;
  if (/\b(main|bootstrap|start|init|setup|migrate|cli|test)\b/.test(name)) return false;
  if (FETCHES.test(name) && GLOBAL.test(where)) return true;
  // The name says that it comes again, or a message that the last good one is kept; the body says of what.
  const body = wordsIn(input.before, scope);
  // `currentRules()` is asked by whoever needs them; that it keeps the last good ones says that they are read again.
  if (GLOBAL.test(name) && LAST_GOOD.test(body)) return true;
  // `Run` says nothing of it; its loop without an end does.
  const goesOn = FETCHES.test(name) || input.before?.loops.some((loop) => loop.endless && loop.scope === scope) === true;
  return GLOBAL.test(body) && (AGAIN.test(name) || (goesOn && LAST_GOOD.test(body)));
}

const AGAIN = /\b(reload|refresh|poll|watch|hot reload|resync|on change|on update|on push|swap|reconcile)\b/;
const AGAIN_OR_FETCHES = new RegExp(`${AGAIN.source}|${FETCHES.source}`);

/** What came in is larger than it may be, or nothing at all. */
function isSizeCheck({ test, exit }: Guard): boolean {
  // One that throws is a bound like any other.
  if (exit === 'throw') return false;
  return /\b(len\([\w.]+\)|\.(length|size|byteLength|len\(\)|size\(\)|length\(\)))\s*(>|>=|==|===)\s*\(?[\w.]+|\bis_empty\(\)|\bisEmpty\(\)/.test(
    test,
  );
}

/** It ends the process now, or kept the last good one in so many words; otherwise the name alone says so. */
function severityOf(input: RuleInput, old: string, scope: string): { readonly severity?: 'medium' } {
  const stops = (side: 'before' | 'after', name: string): number =>
    tokensOf(input[side], name).match(/\b(panic|unwrap\(|expect\(|throw|raise|exit\(|Fatal|abort)/g)?.length ?? 0;
  const isSure = stops('after', scope) > stops('before', old) || LAST_GOOD.test(wordsIn(input.before, old));
  return isSure ? {} : { severity: 'medium' };
}

function fallsBack(handler: Handler): boolean {
  return handler.outcome !== 'rethrows' && handler.guarded.length > 0;
}

/** A function of the file that this one calls gives something back where the same call failed: `let Ok(text) = env::var(…) else { return Ok(DEFAULT) }`. */
function givesBackInPart({ after }: RuleInput, { guarded }: Handler, scope: string): boolean {
  if (after === undefined || scope === '') return false;
  const parts = partScopes(after, scope);
  return after.guards.some(
    ({ exit, test, scope: own }) => exit === 'return' && isIn(parts, own) && guarded.some((callee) => test.includes(`${callee}(`)),
  );
}

function sharesWork({ guarded }: Handler, lost: Handler): boolean {
  return guarded.some((callee) => lost.guarded.includes(callee));
}

function stillFallsBack(input: RuleInput, scope: string, lost?: Handler): boolean {
  // A part of it that came with the change reads what it read, and goes on.
  const parts = input.after === undefined || scope === '' ? [] : partScopes(input.after, scope);
  if (
    lost !== undefined &&
    input.after?.handlers.some((handler) => isIn(parts, handler.scope) && fallsBack(handler) && sharesWork(handler, lost))
  )
    return true;
  if (input.after?.handlers.some((handler) => within(handler.scope, scope) && fallsBack(handler)) === true) return true;
  // `current.rules` is a part of something, `currentRules` a name for what is kept.
  return LAST_GOOD.test(words(tokensOf(input.after, scope).replaceAll('.', ' of ')));
}
