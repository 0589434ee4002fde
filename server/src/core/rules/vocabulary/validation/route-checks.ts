import type { Call, Option } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lostRouteGuards } from '../access/route-guards.ts';
import { literal, shorten, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { optionPath } from '../code/option-paths.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { isValidation, isValidationName } from './validators.ts';

/** Validating handlers in front of a route that are gone. */
export function* lostRouteChecks(input: RuleInput): Iterable<FindingDraft> {
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

/** `app.useGlobalPipes(new ValidationPipe())` that checked every body, gone from a file that still starts the program. */
export function* lostPipes(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    if (!/\.useGlobalPipes$/.test(call.callee) || !/valid/i.test(call.args.join())) continue;
    const scope = counterpartScope(input, call.scope);
    const isPipe = ({ callee, args }: Call): boolean =>
      /useGlobalPipes$|^APP_PIPE$|Pipe$/.test(callee) || /\bAPP_PIPE\b|Pipe\b/.test(args.join());
    if (scope === undefined || input.after?.calls.some(isPipe) === true || input.addedElsewhere().calls.some(isPipe)) continue;
    if (input.addedElsewhere().options.some(({ value }) => /APP_PIPE|Pipe\b/.test(value))) continue;
    yield { side: 'before', range: call.range, message: fitMessage('no pipe checks the bodies of this program any more') };
  }
}

/** `app.post(path, { schema: { body } }, handler)` that stays without what it checks. */
export function* lostRouteOptions(input: RuleInput): Iterable<FindingDraft> {
  for (const option of input.removed.options) {
    if (
      !CHECKED_PART.test(option.name) ||
      !/\.(get|post|put|patch|delete|route|all|options|handle|register|method|openapi)$|^(createRoute|defineEndpoint|defineRoute|route)$/.test(
        option.callee,
      )
    )
      continue;
    if (/^(\{\s*\}|undefined|null|false|fn|async fn)$/.test(option.value)) continue;
    const path = optionPath(option);
    if (
      !/\b(schema|validate|validation|validator|validators|request|options)\b/.test(words(path)) &&
      !/^(schema|validate|validation|validator)$/.test(option.name)
    )
      continue;
    const scope = counterpartScope(input, option.scope);
    const isRegistered = (side: 'before' | 'after'): readonly string[] =>
      input[side]?.calls.filter((call) => call.callee === option.callee).map((call) => call.args[0] ?? '') ?? [];
    const stays = scope !== undefined && isRegistered('before').some((first) => isRegistered('after').includes(first));
    const isLeft = input.after?.options.some(
      (other) =>
        other.callee === option.callee &&
        (other.scope === scope || isSameRoute(input, option, other)) &&
        (other.name === option.name || (CHECKED_PART.test(other.name) && other.value === option.value)),
    );
    if (!stays || isLeft === true || newCallsIn(input, option.scope).some(isValidation) || input.added.calls.some(isValidation)) continue;
    // Handed on whole: `{ ...createVehicle }`, `schemas.create`.
    if (
      input.added.options.some(
        (other) => other.callee === option.callee && /^(schema|validate)$/.test(other.name) && /^[\w.]+$/.test(other.value),
      )
    )
      continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(
        `\`${shorten(path, 24)}: ${shorten(option.value, 18)}\` no longer checks what \`${shorten(option.callee, 18)}\` gets`,
      ),
    };
  }
}

/** The calls that the two options stand in register the same path. */
function isSameRoute({ before, after }: RuleInput, old: Option, now: Option): boolean {
  const pathOf = (calls: readonly Call[] | undefined, { callee, range }: Option): string | undefined =>
    calls?.find((call) => call.callee === callee && call.range.start.line <= range.start.line && range.end.line <= call.range.end.line)
      ?.args[0];
  const path = pathOf(before?.calls, old);
  return path !== undefined && literal(path) !== undefined && path === pathOf(after?.calls, now);
}

const CHECKED_PART = /^(body|querystring|query|params|headers|payload|schema|validate|validation|validator|validators|requestBody|input)$/;
