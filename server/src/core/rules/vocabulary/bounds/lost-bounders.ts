import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { keysOf } from '../code/fact-keys.ts';
import { changedOptions } from '../code/option-changes.ts';
import { isExtracted, newCallsIn, newGuardsIn } from '../code/scope-changes.ts';
import { isTestScope } from '../code/test-cases.ts';
import { KNOWN } from '../load/limits-in-code.ts';

/** A call that bounds what comes in: `http.MaxBytesReader`, `depthLimit(8)`, `DefaultBodyLimit::max`, and an option that does. */
export function* lostBounders(input: RuleInput): Iterable<FindingDraft> {
  const names = (side: 'before' | 'after'): readonly string[] =>
    input[side]?.calls.filter(isBounder).map((call) => lastName(call.callee)) ?? [];
  for (const call of input.removed.calls) {
    if (!isBounder(call) || isTestScope(call.scope) || counterpartScope(input, call.scope) === undefined) continue;
    if (names('after').length >= names('before').length || newCallsIn(input, call.scope).some(isBounder) || isExtracted(input, call))
      continue;
    if (input.addedElsewhere().calls.some(isBounder) || newGuardsIn(input, call.scope).some((guard) => guard.compares)) continue;
    if (isOptionNow(input, call)) continue;
    // What it held back is taken as it comes, in another hunk perhaps.
    const taker = newCallsIn(input, call.scope).find(({ args }) =>
      args.some((argument) => argument.length > 2 && call.args.includes(argument)),
    );
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 34)}\` no longer bounds \`${shorten(call.scope, 22) || 'the module'}\``),
      ...(taker === undefined ? {} : { alsoAt: { side: 'after' as const, range: taker.range } }),
    };
  }
  for (const option of input.removed.options) {
    if (!BOUNDING_OPTION.test(option.name) || option.callee === '' || isTestScope(option.scope)) continue;
    const stays =
      input.after?.calls.some((call) => call.callee === option.callee && counterpartScope(input, option.scope) === call.scope) === true;
    const isLeft = (options: readonly { readonly name: string }[] | undefined): boolean =>
      options?.some((other) => BOUNDING_OPTION.test(other.name)) === true;
    if (!stays || isLeft(input.after?.options) || isLeft(input.addedElsewhere().options)) continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(
        `\`${shorten(option.name, 26)}: ${shorten(option.value, 12)}\` no longer bounds \`${shorten(option.callee, 24)}\``,
      ),
    };
  }
}

/** The same bound is an option of another library now: `depthLimit(7)` and `new ApolloArmor({ maxDepth: { n: 7 } })`. */
function isOptionNow({ before, after }: RuleInput, { callee }: Call): boolean {
  if (before === undefined || after === undefined) return false;
  const old = keysOf(before.options);
  const subjects = words(callee).match(/\b(?:depth|body|size|length|complexity|cost|alias|aliases|tokens|payload)\b/g) ?? [];
  return after.options.some(
    ({ name, value, key }) =>
      !old.has(key) &&
      BOUNDING_OPTION.test(name) &&
      !/^(?:0|false|null|undefined|Infinity)$|enabled: false/.test(value) &&
      subjects.some((word) => words(name).split(' ').includes(word)),
  );
}

/** Bounds of what comes in that are ten times what they were, or none: `MAX_CONTENT_LENGTH`, `fileSize`. */
export function* grownBounders(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    if (!BOUNDING_OPTION.test(after.name) && !BOUNDING_SETTING.test(after.name)) continue;
    const [was, is] = [numberIn(before.value, input.before), numberIn(after.value, input.after)];
    const isOff = /^(?:None|null|nil|undefined|Infinity|-1|false|0)$/.test(after.value.trim());
    // The rule on limits tells of names and numbers that it knows.
    if (was === undefined || was <= 0 || isTestScope(after.scope)) continue;
    if (KNOWN.test(words(after.name)) && !(isOff && BOUNDING_SETTING.test(after.name))) continue;
    if (!isOff && (is === undefined || is < was * 10 || BOUNDING_SETTING.test(after.name) || /^max/i.test(after.name))) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`\`${shorten(after.name, 28)}\` went from ${shorten(before.value, 16)} to ${shorten(after.value, 18)}`),
    };
  }
  for (const option of input.removed.options) {
    if (
      !BOUNDING_SETTING.test(option.name) ||
      option.callee !== '' ||
      option.scope !== '' ||
      numberIn(option.value, input.before) === undefined
    )
      continue;
    const stays = (options: readonly { readonly name: string }[] | undefined): boolean =>
      options?.some(({ name }) => name === option.name) === true;
    if (input.after === undefined || stays(input.after.options) || stays(input.addedElsewhere().options)) continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(`\`${shorten(option.name, 28)}\` no longer bounds what comes in`),
    };
  }
}

/** Of Flask and Django, set by their names. */
const BOUNDING_SETTING = /^(?:MAX_CONTENT_LENGTH|MAX_FORM_MEMORY_SIZE|DATA_UPLOAD_MAX_MEMORY_SIZE|DATA_UPLOAD_MAX_NUMBER_FIELDS)$/;

const BOUNDING_OPTION =
  /^(bodyLimit|body_limit|maxBodySize|max_body_size|maxBodyLength|maxContentLength|max_content_length|fileSize|maxFileSize|max_file_size|maxPayload|max_payload|maxRequestSize|max_request_size|client_max_size|maxDepth|max_depth|depthLimit|maxAliases|maxTokens|max_query_depth|parameterLimit|maxFields|maxFieldsSize|maxFiles|MaxHeaderBytes|MaxRequestBodySize|BodyLimit|max_message_size|maxMessageSize|maxReceiveMessageLength)$/;

/** By the words of its name. */
export function isBounder(call: Call): boolean {
  // What a link of a chain was handed is a call of its own.
  const said = words(call.callee.replace(/^([^(]*)\(.*\)/s, '$1()'));
  return (
    (call.kind === 'call' || call.kind === 'new') &&
    !/\b(rate|rates|time|calculate|compute|get|error|exceeded|is|has|test)\b/.test(said) &&
    (/\b(max|limit|limits|limited|limiter|cap|capped|bounded)\b.*\b(bytes|body|size|length|depth|complexity|cost|aliases|directives|payload|reader|stream|content|upload|content length)\b/.test(
      said,
    ) ||
      /\b(bytes|body|size|length|depth|complexity|cost|alias|aliases|payload|content length|query)\b.*\b(limit|limiter|max|cap|rule)\b/.test(
        said,
      )) &&
    call.args.length > 0
  );
}
