import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten } from '../vocabulary/code/call-names.ts';
import { rangeOfLine } from '../vocabulary/code/code-text.ts';
import { lenientArms } from '../vocabulary/guards/default-arms.ts';
import { uncheckedBodies } from '../vocabulary/guards/unchecked-bodies.ts';
import { lostDecorators, raisedErrors, undeclaredBodies } from '../vocabulary/validation/declared-checks.ts';
import { lostFieldChecks } from '../vocabulary/validation/field-checks.ts';
import { hollowValidators } from '../vocabulary/validation/hollow-validators.ts';
import { identitySchemas } from '../vocabulary/validation/identity-schemas.ts';
import { lostBinders } from '../vocabulary/validation/lost-binders.ts';
import { lostHooks } from '../vocabulary/validation/lost-hooks.ts';
import { lostSchemas } from '../vocabulary/validation/lost-schemas.ts';
import { openSchemas } from '../vocabulary/validation/open-schemas.ts';
import { lostPipes, lostRouteChecks, lostRouteOptions } from '../vocabulary/validation/route-checks.ts';
import { unreadRefusals } from '../vocabulary/validation/unread-refusals.ts';
import { wholeBodies } from '../vocabulary/validation/whole-bodies.ts';

/**
 * ## What it sees
 * A check of an input that goes away while the input is still used: a schema's `parse`, a `validate` call or middleware, an
 * `if` on the shape of a value that refuses, and the last arm of a choice that refused what is none of its cases. Also a write that
 * took named fields of a request and takes its whole body (`{ ...req.body }`, `**request.data`), and a schema that takes
 * what it does not name or whose refusal nobody reads.
 *
 * ## Why it matters
 * What comes from outside is believed as it comes; the failure shows far away, as bad rows or as a crash of the whole fleet.
 *
 * ## When it is fine
 * The check moved to middleware, to a pipe or to a helper in the same change. These are not flagged.
 *
 * ## What it misses
 * A schema that is kept and demands less, a cast that was there before, and a body that is decoded into the row itself.
 */
export default defineRule({
  id: 'safeguard/validation-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'An input is no longer validated',
  reads: ['calls', 'guards', 'conditions', 'options', 'symbols', 'tokens'],
  evidence: [
    {
      title: 'CrowdStrike 2024-07-19: 21 fields expected, 20 given',
      url: 'https://www.crowdstrike.com/falcon-content-update-remediation-and-guidance-hub/',
    },
    {
      title: 'GitHub 2012-03-04: a public key set by a form field',
      url: 'https://github.blog/2012-03-04-public-key-security-vulnerability-and-mitigation/',
    },
    {
      title: 'Reported retail order loss after AI-assisted changes, 2026',
      url: 'https://vibegraveyard.ai/story/amazon-ai-code-retail-outages',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<number>();
    for (const draft of [
      ...lostRouteChecks(input),
      ...lostRouteOptions(input),
      ...lostPipes(input),
      ...lostSchemas(input),
      ...lostFieldChecks(input),
      ...lostDecorators(input),
      ...undeclaredBodies(input),
      ...raisedErrors(input),
      ...believed(input),
      ...handedOut(input),
      ...lenient(input),
      ...opened(input),
      ...letThrough(input),
      ...readAlone(input),
      ...hollow(input),
      ...unhooked(input),
    ]) {
      if (flagged.has(draft.range.start.line)) continue;
      flagged.add(draft.range.start.line);
      yield draft;
    }
  },
});

/** A schema that takes what it does not name, or whose refusal nobody reads. */
function* opened(input: RuleInput): Iterable<FindingDraft> {
  for (const { side, range, what } of openSchemas(input))
    yield { side, range, severity: 'medium', message: fitMessage(`\`${shorten(what, 34)}\`: fields that nobody named pass`) };
  for (const { side, range, what } of unreadRefusals(input)) yield { side, range, message: fitMessage(`a ${shorten(what, 60)}`) };
}

/** A validator of one's own that asks nothing any more. */
function* hollow(input: RuleInput): Iterable<FindingDraft> {
  for (const { test, range, scope } of hollowValidators(input))
    yield {
      side: 'before',
      range,
      message: fitMessage(`\`${shorten(scope, 28)}\` takes everything: \`${shorten(test, 30)}\` is asked no more`),
    };
}

/** What was refused when one of a class was made. */
function* unhooked(input: RuleInput): Iterable<FindingDraft> {
  for (const { test, range, scope } of lostHooks(input))
    yield {
      side: 'before',
      range,
      message: fitMessage(
        `\`${shorten(test, 34)}\` is asked no more when a \`${shorten(scope.slice(0, scope.lastIndexOf('.')), 22)}\` is made`,
      ),
    };
}

/** What a function of the project read and checked is read without it. */
function* readAlone(input: RuleInput): Iterable<FindingDraft> {
  for (const { callee, range, scope } of lostBinders(input))
    yield {
      side: 'before',
      range,
      message: fitMessage(`\`${shorten(callee, 28)}\` checked what \`${shorten(scope, 26)}\` gets, which reads it by itself now`),
    };
}

/** A place that took a schema and lets everything through. */
function* letThrough(input: RuleInput): Iterable<FindingDraft> {
  for (const { range, what } of identitySchemas(input))
    yield { side: 'after', range, message: fitMessage(`\`${shorten(what, 44)}\` lets everything through`) };
}

/** A body that is only called a type where a schema read it. */
function* believed(input: RuleInput): Iterable<FindingDraft> {
  for (const { range, type } of uncheckedBodies(input))
    yield { side: 'after', range, message: fitMessage(`a body is taken for \`${shorten(type, 30)}\` and no longer checked`) };
}

/** A write of named fields that takes whatever the request says. */
function* handedOut(input: RuleInput): Iterable<FindingDraft> {
  for (const { call, range } of wholeBodies(input))
    yield { side: 'after', range, message: fitMessage(`\`${shorten(call.callee, 30)}\` took named fields, and takes the whole body`) };
}

/** What is none of the cases was refused, and stands for something now. */
function* lenient(input: RuleInput): Iterable<FindingDraft> {
  for (const { line, scope } of lenientArms(input))
    yield {
      side: 'after',
      range: rangeOfLine(input, 'after', line),
      message: fitMessage(`what \`${shorten(lastName(scope), 26)}\` does not know was refused, and is taken now`),
    };
}
