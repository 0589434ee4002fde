import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { shorten } from '../vocabulary/code/call-names.ts';
import { rangeOfLine, tokensOn } from '../vocabulary/code/code-text.ts';
import { calleesOf } from '../vocabulary/code/facts-by-place.ts';
import { ownBody } from '../vocabulary/code/own-wrappers.ts';
import { cameAlong } from '../vocabulary/code/scope-changes.ts';
import { tokenTexts } from '../vocabulary/code/token-lines.ts';
import { deleted, MUTATION, requested } from '../vocabulary/deletes/cloud-calls.ts';
import { lostLifetimes } from '../vocabulary/deletes/lost-lifetimes.ts';
import { widenedPrefixes } from '../vocabulary/deletes/widened-prefixes.ts';
import { freedSelections } from '../vocabulary/guards/freed-selections.ts';
import { freedWork } from '../vocabulary/guards/freed-work.ts';
import { deletesInCloud } from '../vocabulary/shell/cloud-commands.ts';
import { commandsInSettings } from '../vocabulary/shell/commands-in-settings.ts';
import { innerCommands } from '../vocabulary/shell/inner-commands.ts';
import { keepsItsChoice } from '../vocabulary/shell/kept-choices.ts';
import { wasRunAlike } from '../vocabulary/shell/reworded-commands.ts';
import { spawnedCommands } from '../vocabulary/shell/spawned.ts';

/**
 * ## What it sees
 * A call of a cloud's interface, or a GraphQL mutation of it, that deletes something that holds data: a volume, a bucket or its
 * objects, a table, a database,
 * a key, a project. The same where the function that chooses what goes leaves out less than it did, or lists below a shorter prefix.
 * A term without an end that a store was made with, and that is left out or blank now.
 *
 * ## Why it matters
 * The interface asks nobody. A volume goes with its backups in seconds, and the token in use may reach more than was meant.
 *
 * ## When it is fine
 * Throw-away environments that a test made. Deleting one object by its key is not flagged.
 *
 * ## What it misses
 * A client whose names do not say what they delete.
 */
export default defineRule({
  id: 'destroy/cloud-api-delete',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'medium',
  title: 'A cloud resource with data is deleted',
  reads: ['calls', 'commands', 'guards', 'conditions', 'options', 'settings', 'tokens'],
  evidence: [{ title: 'PocketOS: a volume deleted in nine seconds, 2026-04', url: 'https://rentry.co/5rme2sea' }],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<number>();
    for (const call of input.added.calls) {
      const what = deleted(call) ?? requested(call, input.after) ?? deletedWithin(call, input);
      if (what === undefined || flagged.has(call.range.start.line) || cameAlong(input, call) || keepsItsChoice(input, call)) continue;
      flagged.add(call.range.start.line);
      yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(what, 40)}\` deletes a store and what is in it`) };
    }
    for (const { side, range, test, calls } of freedWork(input)) {
      const what = calls.map(deleted).find((name) => name !== undefined);
      if (what !== undefined) yield { side, range, message: fitMessage(`${quote(what, 26)} no longer asks for ${quote(test, 26)}`) };
    }
    for (const { guard, call } of freedSelections(input, (call) => deleted(call) !== undefined))
      yield {
        side: 'before',
        range: guard.range,
        severity: 'high',
        message: fitMessage(`${quote(deleted(call) ?? '', 26)} also takes what ${quote(guard.test, 30)} left out`),
      };
    for (const command of [...input.added.commands, ...spawnedCommands(input.added), ...commandsInSettings(input)].flatMap((one) => [
      one,
      ...innerCommands(one),
    ])) {
      const found = deletesInCloud(command, input.path, input.removed.commands);
      if (found !== undefined && !wasRunAlike(input, command))
        yield {
          side: 'after',
          range: command.range,
          ...found,
          message: fitMessage(`${quote(command.written, 44)} deletes what holds data`),
        };
    }
    for (const { range, now } of widenedPrefixes(input, (call) => deleted(call) !== undefined))
      yield {
        side: 'after',
        range,
        severity: 'high',
        message: fitMessage(`the prefix ${quote(now, 24)} also takes what the longer one left alone`),
      };
    for (const { side, range, was } of lostLifetimes(input))
      yield { side, range, severity: 'high', message: fitMessage(`no longer said to stay, and may end by itself: ${quote(was, 28)}`) };
    yield* mutations(input, flagged);
  },
});

/** A mutation that stands in a constant, and is sent by a call that says nothing of it. */
function* mutations(input: RuleInput, flagged: ReadonlySet<number>): Iterable<FindingDraft> {
  const { start, lines } = input.hunk.after;
  for (const { text, line } of tokensOn(input.after, start, start + lines - 1)) {
    if (!/^["'`]\s*mutation\b/.test(text) || (input.before !== undefined && tokenTexts(input.before).has(text)) || flagged.has(line))
      continue;
    const what = MUTATION.exec(text)?.[0].replace(/(?<!\s)\s*\($/, '');
    if (what !== undefined)
      yield {
        side: 'after',
        range: rangeOfLine(input, 'after', line),
        message: fitMessage(`${quote(what, 40)} deletes a store and what is in it`),
      };
  }
}

/** The project's own function does it. */
function deletedWithin(call: Call, input: RuleInput): string | undefined {
  if (deleted(call) !== undefined || (input.before !== undefined && calleesOf(input.before.calls).has(call.callee))) return undefined;
  const found = ownBody(input, call)?.calls.some((inner) => (deleted(inner) ?? requested(inner, input.after)) !== undefined);
  return found === true ? call.callee : undefined;
}
