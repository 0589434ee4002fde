import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { lastName, receiver, shorten, words } from '../call-names.ts';
import { counterpartScope, isExtracted, lostGuards, movedText, newCallsIn, newGuardsIn, within } from '../counterpart.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { callsInside, guardKind, isAccessName } from '../guard-kinds.ts';
import { fitMessage } from '../quote.ts';
import { lostRouteGuards } from '../route-guards.ts';

/**
 * ## What it sees
 * A check of an input that goes away while the input is still used: a schema's `parse`, a `validate` call or middleware, an
 * `if` on the shape of a value that refuses.
 *
 * ## Why it matters
 * What comes from outside is believed as it comes; the failure shows far away, as bad rows or as a crash of the whole fleet.
 *
 * ## When it is fine
 * The check moved to middleware, to a pipe or to a helper in the same change. These are not flagged.
 *
 * ## What it misses
 * A schema that is kept and demands less, and a cast that was there before.
 */
export default defineRule({
  id: 'safeguard/validation-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'An input is no longer validated',
  reads: ['calls', 'guards'],
  evidence: [
    {
      title: 'CrowdStrike 2024-07-19: 21 fields expected, 20 given',
      url: 'https://www.crowdstrike.com/falcon-content-update-remediation-and-guidance-hub/',
    },
    {
      title: 'Reported retail order loss after AI-assisted changes, 2026',
      url: 'https://vibegraveyard.ai/story/amazon-ai-code-retail-outages',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<number>();
    for (const draft of [...routes(input), ...schemas(input), ...conditions(input), ...decorators(input)]) {
      if (flagged.has(draft.range.start.line)) continue;
      flagged.add(draft.range.start.line);
      yield draft;
    }
  },
});

const SCHEMA = /(schema|validator|dto|struct|codec|shape|model|input|body|params|query|payload|z\.\w+\(|joi\.|yup\.|ajv)/i;

function isValidation(call: Call): boolean {
  const name = lastName(call.callee);
  const from = receiver(call.callee);
  if (/^(parse|safeParse|parseAsync|safeParseAsync|validate|validateSync|validateAsync|assert|decode|check|cast|is)$/.test(name))
    return from !== '' && SCHEMA.test(from) && !/^(JSON|url|qs|querystring|path|Date|jwt)$/.test(from);
  return (
    /^(validate|sanitize|sanitise)([A-Z]\w*)?$/.test(name) ||
    /^(assert|check|ensure)(Valid|Input|Schema|Shape|Body|Payload|Params)\w*$/.test(name)
  );
}

function isValidationName(name: string): boolean {
  return /\b(validate|validator|validation|schema|sanitize|celebrate|zod)\b/.test(words(name)) && !isAccessName(name);
}

function* schemas(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    if (call.kind !== 'call' || !isValidation(call) || counterpartScope(input, call.scope) === undefined) continue;
    const now = newCallsIn(input, call.scope);
    if (
      isExtracted(input, call) ||
      now.some(isValidation) ||
      now.some((other) => other.args.some((argument) => isValidationName(argument)))
    )
      continue;
    if (
      newCallsIn(input, '').some(
        (other) =>
          isValidation(other) ||
          isValidationName(other.callee) ||
          (receiver(call.callee) !== '' && other.args.some((argument) => argument.includes(receiver(call.callee)))),
      )
    )
      continue;
    const schema = receiver(call.callee) || call.callee;
    if (
      movedText(input, `(${schema})`, [schema]) ||
      movedText(input, `${schema}.${lastName(call.callee)}`, [schema.split('.')[0] ?? schema])
    )
      continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 32)}\` no longer checks what \`${shorten(call.scope, 18) || 'the module'}\` gets`),
    };
  }
}

function* routes(input: RuleInput): Iterable<FindingDraft> {
  for (const { call, item, route, related } of lostRouteGuards(input, isValidationName)) {
    const name = /^[\w$.]+/.exec(item)?.[0] ?? item;
    if (newCallsIn(input, '').some((other) => isValidation(other) || other.callee.startsWith(name))) continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(item, 28)}\` no longer checks \`${shorten(route, 24)}\``),
      related,
    };
  }
}

function* conditions(input: RuleInput): Iterable<FindingDraft> {
  const before = input.before?.calls ?? [];
  for (const guard of lostGuards(
    input,
    (candidate) =>
      (candidate.exit === 'throw' || candidate.exit === 'answer') && guardKind(candidate, callsInside(candidate, before)) === 'shape',
  )) {
    if (newCallsIn(input, guard.scope).some(isValidation) || callsInside(guard, input.removed.calls).some(isValidation)) continue;
    if (newGuardsIn(input, guard.scope).some((other) => guardKind(other, callsInside(other, input.after?.calls ?? [])) === 'shape'))
      continue;
    yield {
      side: 'before',
      range: guard.range,
      message: fitMessage(`\`${shorten(guard.test, 34)}\` no longer stops \`${shorten(guard.scope, 24) || 'the module'}\``),
    };
  }
}

function* decorators(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    if (
      call.kind !== 'decorator' ||
      !/^(Valid|Validate\w*|UsePipes|Is[A-Z]\w+|Min|Max|MinLength|MaxLength|Length|Matches|NotNull|NotBlank)$/.test(call.callee)
    )
      continue;
    const stays = input.after?.symbols.some((symbol) => symbol.name === call.scope) ?? false;
    const now = input.after?.calls.filter((other) => other.kind === 'decorator' && within(call.scope, other.scope)).length ?? 0;
    const old = input.before?.calls.filter((other) => other.kind === 'decorator' && within(call.scope, other.scope)).length ?? 0;
    if (stays && now < old)
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`@${shorten(call.callee, 24)}\` no longer checks \`${shorten(call.scope, 28)}\``),
      };
  }
}
