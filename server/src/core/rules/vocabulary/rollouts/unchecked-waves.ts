import type { Call, Loop, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';

/**
 * A loop that ships to one ring or region after the other and looked, after each, how that one does: `await waitHealthy(ring)`. The
 * look is gone while it still ships, one after the other or all at once.
 */
export function* uncheckedWaves(input: RuleInput): Generator<FindingDraft> {
  const { before, after, removed } = input;
  if (before === undefined || after === undefined) return;
  const told = new Set<Loop>();
  for (const look of removed.calls) {
    const loop = LOOKS.test(words(lastName(look.callee))) && look.kind === 'call' ? waveAround(before, look) : undefined;
    if (loop === undefined || told.has(loop)) continue;
    const inside = before.calls.filter((call) => isIn(call, loop));
    const ship = inside.find((call) => call !== look && SHIPS.test(words(lastName(call.callee))));
    const scope = counterpartScope(input, look.scope) ?? look.scope;
    const still = after.calls.filter((call) => lastName(call.callee) === lastName(ship?.callee ?? ''));
    if (ship === undefined || still.length === 0) continue;
    // It may look in another way, or in what the loop calls now.
    const looks = (call: Call): boolean => LOOKS.test(words(lastName(call.callee)));
    const known = new Set(before.calls.map(({ key }) => key));
    const places = new Set([scope, ...still.map((call) => call.scope)]);
    if (after.calls.some((call) => looks(call) && (places.has(call.scope) || !known.has(call.key)))) continue;
    told.add(loop);
    yield {
      side: 'before',
      range: look.range,
      message: fitMessage(`\`${shorten(ship.callee, 24)}\` goes on to the next without \`${shorten(look.callee, 26)}\``),
    };
  }
}

const LOOKS =
  /\b(healthy|health|verify|verifies|soak|bake|smoke|probe|analy[sz]e|error rate|ready|stable|stabilise|stabilize|steady|check slo|check metrics|alarms?|canary ok|wait for|await)\b/;
const SHIPS =
  /\b(deploy|push|roll ?out|release|promote|ship|apply|publish|upgrade|install|activate|shift|enable|update|set traffic|send)\b/;
const WAVES =
  /\b(rings?|regions?|waves?|stages?|steps?|cells?|clusters?|zones?|percents?|percentages?|weights?|canary|canaries|batch|batches|hosts?|shards?|sites?|tiers?|pops?|environments?|cohorts?|targets?|phases?|fleets?|datacenters?)\b/;

function waveAround(facts: SourceFacts, call: Call): Loop | undefined {
  return facts.loops.find((loop) => loop.kind !== 'while' && isIn(call, loop) && WAVES.test(words(loop.head)));
}

function isIn({ range }: Call, { body, range: head }: Loop): boolean {
  return range.start.line >= Math.min(head.start.line, body.startLine) && range.end.line <= body.endLine;
}
