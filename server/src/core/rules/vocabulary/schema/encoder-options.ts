import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, literal, shorten } from '../code/call-names.ts';
import { changedOptions } from '../code/option-changes.ts';

/** How a library writes everything: naming strategies, dates as numbers, enums as numbers. */
export function* encoderOptions(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    if (
      !/^(propertyNamingStrategy|property_naming_strategy|dateFormat|date_format|serializer|task_serializer|result_serializer|SERIALIZER|CELERY_TASK_SERIALIZER|encoding|valueEncoding|keyEncoding|compression|use_enum_values|alias_generator|transformer|SESSION_SERIALIZER)$/.test(
        after.name,
      )
    )
      continue;
    if (
      /^(encoding|compression|serializer|transformer)$/.test(after.name) &&
      !/redis|cache|queue|kafka|level|store|session|celery|topic|worker/i.test(`${after.callee} ${input.path} ${after.scope}`)
    )
      continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`\`${shorten(after.name, 24)}\` went from ${shorten(before.value, 20)} to ${shorten(after.value, 20)}`),
    };
  }
  for (const call of input.added.calls) {
    if (!/^(setDateFormat|SnakeCase)$/.test(lastName(call.callee))) continue;
    const old = input.removed.calls.find((other) => other.callee === call.callee);
    if (old !== undefined && old.args.join() !== call.args.join() && literal(call.args[0]) !== literal(old.args[0] ?? '-'))
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(
          `\`${shorten(lastName(call.callee), 26)}\` went from ${shorten(old.args.join(', '), 20)} to ${shorten(call.args.join(', '), 20)}`,
        ),
      };
  }
}
