import type { Condition, Guard } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { shorten, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';

/** Who gets the new thing first: a share of a hash, a ring, a channel of early takers. */
const RING =
  /\b(bucket|buckets|percent|percentage|pct|rollout|canary|cohort|cohorts|ring|rings|wave|early|beta|insider|insiders|preview|staged|dogfood|share|ramp|fraction|slot|in rollout|is eligible|opted in|pilot)\b/;
/** A comparison with a share, a call that answers for one, or a ring by its name. */
const CHOOSES =
  /%\s?\d|\b(bucket|hash|crc32|murmur|fnv|slot|rand)\w{0,20}\(|\b(in|is|has)_?(rollout|canary|ring|cohort|wave|bucket|beta|pilot)|(percent|percentage|pct|rollout|share|bucket|slot|ramp|fraction)s?\)?\s?[<>]|[<>]=?\s?[\w.]{0,40}(percent|percentage|pct|rollout|share|bucket|slot|ramp|fraction)|['"](early|beta|canary|internal|dogfood|insiders?|ring-?\d|pilot|staging)['"]/i;
/** What is given out, to machines or to people: that alone has stages. */
const RELEASES =
  /\b(version|versions|release|releases|bundle|bundles|publish|publisher|rollout|deploy|update|updates|channel|canary|assign|generation|upgrade|artifact|artifacts|config|rules|engine|backend|model|firmware|agent|agents|manifest|variant|new)\b/;

type Gate = Guard | Condition;

/** A condition that chose who gets the new version, in a function that now chooses by nothing of the kind. */
export function* lostRings(input: RuleInput): Generator<FindingDraft> {
  const { before, after, removed, path } = input;
  if (before === undefined || after === undefined) return;
  const gates: readonly Gate[] = [...removed.guards, ...removed.conditions];
  const told = new Set<string>();
  for (const gate of gates) {
    const scope = counterpartScope(input, gate.scope);
    if (scope === undefined || told.has(scope) || !isRing(gate) || !RELEASES.test(words(`${gate.scope} ${path} ${gate.test}`))) continue;
    const left = [...after.guards, ...after.conditions].filter((other) => within(other.scope, scope));
    if (left.some(isRing) || asksElsewhere(input, scope)) continue;
    told.add(scope);
    const instead = [...input.added.guards, ...input.added.conditions].find((other) => within(other.scope, scope));
    yield {
      side: instead === undefined ? 'before' : 'after',
      range: instead?.range ?? gate.range,
      message: fitMessage(`nothing chooses who comes first: ${quote(shorten(gate.test, 44), 46)} is gone`),
    };
  }
}

function isRing({ test }: Gate): boolean {
  return RING.test(words(test)) && CHOOSES.test(test);
}

/** A function that is called instead may ask for the share. */
function asksElsewhere(input: RuleInput, scope: string): boolean {
  const old = new Set(input.before?.calls.map((call) => call.callee));
  return (
    input.after?.calls.some(
      (call) => within(call.scope, scope) && !old.has(call.callee) && RING.test(words(`${call.callee} ${call.args.join(' ')}`)),
    ) === true
  );
}
