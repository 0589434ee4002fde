import type { Call, Command, Guard } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten } from '../vocabulary/code/call-names.ts';
import { counterpartScope, lostGuards, newCallsIn, newGuardsIn, within } from '../vocabulary/code/counterpart.ts';
import { callsInside, guardKind } from '../vocabulary/code/guard-kinds.ts';
import { lostOwnChecks } from '../vocabulary/code/lost-own-checks.ts';
import { changedCommands } from '../vocabulary/shell/command-parts.ts';

/**
 * ## What it sees
 * A check of an answer's status or of an error value (`if (!res.ok) throw`, `raise_for_status()`) that goes away while the
 * call stays, and a function of the project around the call that asked it.
 *
 * ## Why it matters
 * A refusal is read as a success: the body of an error page becomes data, and the work goes on.
 *
 * ## When it is fine
 * The call was replaced by one that throws by itself, or the check moved. These are not flagged.
 *
 * ## What it misses
 * A client whose settings decide whether it throws.
 */
export default defineRule({
  id: 'safeguard/error-check-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'An error is no longer checked',
  reads: ['guards', 'calls', 'options', 'handlers', 'commands'],
  evidence: [
    { title: 'errcheck', url: 'https://github.com/kisielk/errcheck' },
    {
      title: 'Reported retail order loss after AI-assisted changes, 2026',
      url: 'https://vibegraveyard.ai/story/amazon-ai-code-retail-outages',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    const before = input.before?.calls ?? [];
    for (const guard of lostGuards(
      input,
      (candidate) => candidate.exit !== 'break' && guardKind(candidate, callsInside(candidate, before)) === 'error',
    )) {
      if (throwsByItself(input, guard.scope) || checksOtherwise(input, guard.scope) || leftWithItsCall(input, guard)) continue;
      if (/\bnil\b/.test(guard.test) && isHandedOn(input, guard)) continue;
      yield {
        side: 'before',
        range: guard.range,
        message: fitMessage(`\`${shorten(guard.test, 34)}\` is no longer checked in \`${shorten(guard.scope, 18) || 'the module'}\``),
      };
    }
    for (const call of lostOwnChecks(input, 'error')) {
      if (checksOtherwise(input, call.scope) || throwsByItself(input, call.scope)) continue;
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 34)}\` no longer refuses a failure in \`${shorten(call.scope, 20)}\``),
      };
    }
    yield* dropped(input);
    yield* unheard(input);
    for (const option of input.removed.options) {
      if (option.name !== 'check' || option.value !== 'True' || !/(^|\.)(run|subprocess\.\w+)$/.test(option.callee)) continue;
      const scope = counterpartScope(input, option.scope);
      const calls =
        input.after?.calls.filter((call) => scope !== undefined && call.callee === option.callee && within(call.scope, scope)) ?? [];
      const still =
        input.after?.options.filter((other) => other.name === 'check' && other.value === 'True' && other.scope === scope).length ?? 0;
      const old =
        input.before?.options.filter((other) => other.name === 'check' && other.value === 'True' && other.scope === option.scope).length ??
        0;
      if (calls.length === 0 || still >= old || (scope !== undefined && checksOtherwise(input, scope))) continue;
      if (scope !== undefined && input.after?.guards.some((guard) => within(guard.scope, scope) && /returncode/.test(guard.test)) === true)
        continue;
      yield {
        side: 'before',
        range: option.range,
        message: fitMessage(`a failure of \`${shorten(option.callee, 30)}\` is no longer noticed`),
      };
    }
    for (const call of input.removed.calls) {
      if (
        !/^(raise_for_status|error_for_status|error_for_status_ref|raiseForStatus|throwIfError|throwOnError|ensureSuccess\w*|ensureOk|assertOk|expectOk|checkStatus|checkResponse|handleErrors|orThrow|rejectOnError)$/.test(
          lastName(call.callee),
        )
      )
        continue;
      if (counterpartScope(input, call.scope) === undefined || checksOtherwise(input, call.scope) || isCheckedByHelper(input, call))
        continue;
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 34)}\` is no longer asked in \`${shorten(call.scope, 22) || 'the module'}\``),
      };
    }
  },
});

/** `value, _ := f()` where every other call of `f` in the file looked at its error, and none does any more. */
function* dropped(input: RuleInput): Iterable<FindingDraft> {
  if (!/^(go|rust)$/.test(input.after?.language ?? '')) return;
  const looks = (side: 'before' | 'after', callee: string): boolean =>
    input[side]?.handlers.some(
      (other) => other.outcome !== 'swallows' && other.guarded.some((name) => lastName(name) === lastName(callee)),
    ) ?? false;
  for (const handler of input.added.handlers) {
    const [callee] = handler.guarded;
    if (handler.outcome !== 'swallows' || callee === undefined || handler.range.end.line > handler.range.start.line) continue;
    if (!looks('before', callee) || looks('after', callee) || input.before?.scopes.some(({ name }) => name === handler.scope) === true)
      continue;
    yield { side: 'after', range: handler.range, message: fitMessage(`the error of \`${shorten(callee, 34)}\` is dropped`) };
  }
}

/** `curl --fail` that takes an error page for an answer now. */
function* unheard(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedCommands(input)) {
    const fails = (command: Command): boolean =>
      command.words.some(
        ({ text }) => /^(--fail(-with-body|-early)?|-[a-eg-zA-Z]*f[a-zA-Z]*|--check-status)$/.test(text) && !text.startsWith('--form'),
      );
    if (!/^(curl|http|https|xh)$/.test(after.name) || !fails(before) || fails(after)) continue;
    if (/%\{(http_code|response_code)\}/.test(after.written) || after.pipedFrom !== undefined) continue;
    yield { side: 'after', range: after.range, message: fitMessage(`\`${shorten(after.written, 38)}\` takes an error page for an answer`) };
  }
}

/** What the error came from is called here no more. */
function leftWithItsCall(input: RuleInput, guard: Guard): boolean {
  const scope = counterpartScope(input, guard.scope);
  if (guard.checks === undefined || guard.checks.length === 0 || scope === undefined) return false;
  const names = new Set(guard.checks.map(lastName));
  return input.after?.calls.some((call) => within(call.scope, scope) && names.has(lastName(call.callee))) !== true;
}

/** Go: `return err` outside of any condition, new or behind the call that was checked, hands the error to whoever called. */
function isHandedOn(input: RuleInput, guard: Guard): boolean {
  const scope = counterpartScope(input, guard.scope);
  const content = input.trees.after.read(input.path);
  if (scope === undefined || content?.kind !== 'text') return false;
  const error = guard.reads.find((name) => /err/i.test(name)) ?? 'err';
  const lines = content.text.split('\n');
  const names = new RegExp(`\\b${error}\\b`);
  const checked = new Set(guard.checks?.map(lastName));
  const isConditional = (line: number): boolean =>
    input.after?.guards.some((other) => within(other.scope, scope) && other.range.start.line <= line && line <= other.range.end.line) ??
    false;
  const returns = (from: number, to: number): boolean =>
    lines.slice(from - 1, to).some((text, at) => /\breturn\b/.test(text) && names.test(text) && !isConditional(from + at));
  const { start, lines: count } = input.hunk.after;
  return (
    returns(start, start + count - 1) ||
    input.after?.calls.some((call) => {
      const { line } = call.range.start;
      const end = input.after?.scopes.find(({ name, startLine, endLine }) => name === call.scope && startLine <= line && line <= endLine);
      return (
        end !== undefined &&
        within(call.scope, scope) &&
        checked.has(lastName(call.callee)) &&
        (/\breturn [\w.]+\(/.test(lines[line - 1] ?? '') || (names.test(lines[line - 1] ?? '') && returns(line + 1, end.endLine)))
      );
    }) === true
  );
}

/** The request that was checked is another one now: a client that throws on its own, or a helper of the same change. */
function throwsByItself(input: RuleInput, scope: string): boolean {
  const counterpart = counterpartScope(input, scope) ?? scope;
  const fetches = (side: 'before' | 'after', name: string): boolean =>
    input[side]?.calls.some((call) => within(call.scope, name) && /^(fetch|window\.fetch|globalThis\.fetch)$/.test(call.callee)) ?? false;
  return fetches('before', scope) && !fetches('after', counterpart);
}

function checksOtherwise(input: RuleInput, scope: string): boolean {
  return (
    newGuardsIn(input, scope).some((guard) => guardKind(guard, callsInside(guard, input.after?.calls ?? [])) === 'error') ||
    newCallsIn(input, scope).some((call) => /^(assert|ensure|check|expect|throwIf|orThrow|unwrap|raise)/i.test(lastName(call.callee)))
  );
}

/** The same question is asked in a function of this file that the own one calls now, of an answer under any name. */
function isCheckedByHelper(input: RuleInput, call: Call): boolean {
  const scope = counterpartScope(input, call.scope);
  if (scope === undefined || input.after === undefined) return false;
  const called = new Set(input.after.calls.filter((other) => within(other.scope, scope)).map((other) => lastName(other.callee)));
  return input.after.calls.some(
    (other) =>
      lastName(other.callee) === lastName(call.callee) &&
      !within(other.scope, scope) &&
      other.scope.split('.').some((part) => called.has(part)),
  );
}
