import type { Call, Command, Guard, Option, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, receiver, shorten } from '../vocabulary/code/call-names.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { bodiesAskedBy, type NewBody } from '../vocabulary/code/new-bodies.ts';
import { isIn, partScopes, workScopes } from '../vocabulary/code/own-parts.ts';
import { newCallsIn, newGuardsIn } from '../vocabulary/code/scope-changes.ts';
import { isAwaitedNow } from '../vocabulary/guards/awaited-now.ts';
import { isCheckedBySession } from '../vocabulary/guards/checked-by-session.ts';
import { isCollected } from '../vocabulary/guards/collected-errors.ts';
import { callsInside, guardKind } from '../vocabulary/guards/guard-kinds.ts';
import { checksSame, saysNothing } from '../vocabulary/guards/guard-likeness.ts';
import { lostGuards } from '../vocabulary/guards/lost-guards.ts';
import { lostOwnChecks } from '../vocabulary/guards/lost-own-checks.ts';
import { unaskedAnswers } from '../vocabulary/guards/unasked-answers.ts';
import { changedCommands } from '../vocabulary/shell/command-parts.ts';
import { unheardFailures } from '../vocabulary/shell/script-guards.ts';

/**
 * ## What it sees
 * A check of an answer's status or of an error value (`if (!res.ok) throw`, `raise_for_status()`) that goes away while the
 * call stays, a function of the project around the call that asked it, a new way out in front of it, and a client that is told to
 * throw no more (`validateStatus: () => true`).
 *
 * ## Why it matters
 * A refusal is read as a success: the body of an error page becomes data, and the work goes on.
 *
 * ## When it is fine
 * The call was replaced by one that throws by itself, or the check moved. These are not flagged.
 *
 * ## What it misses
 * A client whose settings, in another file, decide whether it throws.
 */
export default defineRule({
  id: 'safeguard/error-check-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'An error is no longer checked',
  reads: ['guards', 'calls', 'options', 'handlers', 'commands', 'conditions'],
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
      if (
        throwsByItself(input, guard.scope) ||
        checksOtherwise(input, guard.scope, guard) ||
        leftWithItsCall(input, guard) ||
        leftWithItsHandler(input, guard) ||
        isAwaitedNow(input, guard) ||
        isCollected(input, guard)
      )
        continue;
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
    for (const { guard, asked } of unaskedAnswers(input))
      yield {
        side: 'after',
        range: guard.range,
        message: fitMessage(`\`${shorten(guard.test, 24)}\` leaves before \`${shorten(asked, 30)}\` is asked`),
      };
    yield* dropped(input);
    yield* unheard(input);
    yield* takesAll(input);
    for (const command of unheardFailures(input))
      yield {
        side: 'after',
        range: command.range,
        message: fitMessage(`the script goes on when \`${shorten(command.written, 38)}\` fails`),
      };
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
      const moved = calls.length > 0 || scope === undefined ? [] : bodiesAskedBy(input, scope).filter(runsProgram(option.callee));
      if (
        calls.length + moved.length === 0 ||
        still >= old ||
        moved.some(checksIts) ||
        (scope !== undefined && checksOtherwise(input, scope))
      )
        continue;
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

/** A function that runs a program the same way. */
function runsProgram(callee: string): (body: NewBody) => boolean {
  return ({ facts, place }) => facts.calls.some((call) => call.callee === callee && within(call.scope, place.name));
}

function checksIts({ facts, place }: NewBody): boolean {
  const isOwn = ({ scope }: { readonly scope: string }): boolean => within(scope, place.name);
  return (
    facts.options.some((option) => option.name === 'check' && option.value !== 'False' && isOwn(option)) ||
    facts.guards.some((guard) => /returncode/.test(guard.test) && isOwn(guard)) ||
    facts.calls.some((call) => lastName(call.callee) === 'check_returncode' && isOwn(call))
  );
}

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

/** A client that threw by itself and is told not to: `validateStatus: () => true`, `throwHttpErrors: false`. */
function* takesAll(input: RuleInput): Iterable<FindingDraft> {
  const isTold = ({ name, value, range }: Option, facts: SourceFacts | undefined): boolean => {
    if (/^(validateStatus|validate_status|isOk|isSuccess)$/.test(name)) {
      const answers = facts?.conditions.filter((other) => other.kind === 'answers' && within(other.scope, name)) ?? [];
      const own = answers.filter((other) => other.range.start.line >= range.start.line && other.range.end.line <= range.end.line);
      return /^(null|undefined|false)$/.test(value) || (own.length > 0 && own.every(({ test }) => test === 'true'));
    }
    if (/^(throwHttpErrors|throwOnError|throw_on_error|raise_for_status|raiseForStatus|throwOnHttpError)$/.test(name))
      return /^(false|False)$/.test(value);
    return name === 'ignoreResponseError' && value === 'true';
  };
  for (const option of input.added.options) {
    // What it says to begin with is no change, and neither is a client that is new.
    if (!isTold(option, input.after) || option.callee === '') continue;
    const isOld = (other: Call): boolean => other.callee === option.callee;
    if (input.before?.calls.some(isOld) !== true || input.before.options.some((other) => other.key === option.key)) continue;
    const was = input.before.options.find(({ name, callee }) => name === option.name && callee === option.callee);
    if (was !== undefined && isTold(was, input.before)) continue;
    // aiohttp raises only where it is told to.
    if (was === undefined && /^raise_for_status$/.test(option.name)) continue;
    const asks = newGuardsIn(input, '').some((guard) => guardKind(guard, callsInside(guard, input.after?.calls ?? [])) === 'error');
    const counts = (calls: readonly Call[]): number => calls.filter(isOld).length;
    if (asks || counts(input.before.calls) < counts(input.after?.calls ?? [])) continue;
    yield {
      side: 'after',
      range: option.range,
      message: fitMessage(`\`${shorten(option.callee, 22)}\` takes every answer for a good one: \`${shorten(option.name, 18)}\``),
    };
  }
}

/** What the error came from is called here no more. */
function leftWithItsCall(input: RuleInput, guard: Guard): boolean {
  const scope = counterpartScope(input, guard.scope);
  if (guard.checks === undefined || guard.checks.length === 0 || scope === undefined) return false;
  const names = new Set(guard.checks.map(lastName));
  return input.after?.calls.some((call) => within(call.scope, scope) && names.has(lastName(call.callee))) !== true;
}

/** A mark of its own that a handler set, `let failed = false`, and what the handler guarded is done here no more. */
function leftWithItsHandler(input: RuleInput, { test, scope, range }: Guard): boolean {
  const now = counterpartScope(input, scope);
  const { after } = input;
  if (!/^!?[A-Za-z_$][\w$]*$/.test(test) || now === undefined || after === undefined) return false;
  const calls = new Set(after.calls.filter((call) => within(call.scope, now)).map((call) => call.callee));
  return input.removed.handlers.some(
    (handler) =>
      within(handler.scope, scope) &&
      handler.range.end.line < range.start.line &&
      handler.guarded.length > 0 &&
      !handler.guarded.some((callee) => calls.has(callee)),
  );
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
  const fetches = (side: 'before' | 'after', name: string): boolean => {
    const facts = input[side];
    const scopes = facts === undefined ? [] : workScopes(facts, name);
    return facts?.calls.some((call) => isIn(scopes, call.scope) && /^(fetch|window\.fetch|globalThis\.fetch)$/.test(call.callee)) ?? false;
  };
  return fetches('before', scope) && !fetches('after', counterpart);
}

/** The function, or one of its file that it calls now, asks in another way. */
function checksOtherwise(input: RuleInput, scope: string, old?: Guard): boolean {
  const counterpart = counterpartScope(input, scope);
  const scopes = input.after === undefined || counterpart === undefined ? [] : workScopes(input.after, counterpart);
  return (
    newGuardsIn(input, '').some(
      (guard) =>
        isIn(scopes, guard.scope) &&
        guardKind(guard, callsInside(guard, input.after?.calls ?? [])) === 'error' &&
        !(old !== undefined && (isAskedBeside(input, old, guard) || isOfAnother(input, old, guard))),
    ) ||
    newCallsIn(input, '').some(
      (call) =>
        isIn(scopes, call.scope) &&
        /^(assert|ensure|check|expect|throwIf|orThrow|unwrap|raise|error_for_status)/i.test(lastName(call.callee)),
    )
  );
}

/** The new question is, word for word, another one that the old function lost: `!ok` beside an `err != nil` that a helper asks now. */
function isOfAnother({ before }: RuleInput, old: Guard, fresh: Guard): boolean {
  if (!saysNothing(old.test) || fresh.test === old.test || checksSame(old, fresh)) return false;
  return before?.guards.some((other) => other.scope === old.scope && other.test === fresh.test && !checksSame(other, old)) === true;
}

/** `err != nil` of a call that the old function looked at as well, beside the question that is lost: `res.StatusCode != 200`. */
function isAskedBeside({ before }: RuleInput, old: Guard, fresh: Guard): boolean {
  if (saysNothing(old.test) || !saysNothing(fresh.test) || (fresh.checks ?? []).length === 0) return false;
  return before?.guards.some((other) => other.scope === old.scope && saysNothing(other.test) && checksSame(other, fresh)) === true;
}

/** The method of a new class elsewhere asks it, and the function calls that method now: `client.get(path)` of `client = PartnerClient(…)`. */
function isCheckedByClient({ after, before, addedElsewhere }: RuleInput, call: Call, called: ReadonlySet<string>): boolean {
  const makes = (facts: RuleInput['after'], name: string): boolean => facts?.calls.some(({ callee }) => lastName(callee) === name) === true;
  return addedElsewhere().calls.some((other) => {
    const [owner, method] = [lastName(receiver(other.scope)), lastName(other.scope)];
    return (
      lastName(other.callee) === lastName(call.callee) && owner !== '' && called.has(method) && makes(after, owner) && !makes(before, owner)
    );
  });
}

/** The same question is asked in a function of this file that the own one calls now, of an answer under any name. */
function isCheckedByHelper(input: RuleInput, call: Call): boolean {
  const scope = counterpartScope(input, call.scope);
  if (scope === undefined || input.after === undefined) return false;
  const called = new Set(input.after.calls.filter((other) => within(other.scope, scope)).map((other) => lastName(other.callee)));
  // In the function itself, of an answer that has another name now.
  if (newCallsIn(input, call.scope).some((other) => lastName(other.callee) === lastName(call.callee))) return true;
  const parts = scope === '' ? [] : partScopes(input.after, scope);
  if (isCheckedByClient(input, call, called) || isCheckedBySession(input, call)) return true;
  return input.after.calls.some(
    (other) =>
      lastName(other.callee) === lastName(call.callee) &&
      !within(other.scope, scope) &&
      // Called, or handed on by its name: `session.hooks['response'].append(checked)`.
      (other.scope.split('.').some((part) => called.has(part)) || isIn(parts, other.scope)),
  );
}
