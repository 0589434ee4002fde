import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { changedOptions } from '../code/option-changes.ts';
import { changedSettings } from '../settings/settings.ts';
import { isMoney } from './money-names.ts';

/** Columns of an ORM and types of a schema. */
export function* floatColumns(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    const isColumn =
      /\b(DecimalField|Numeric|DECIMAL|Decimal|decimal|numeric|bigint|integer|BigInteger|IntegerField)\b/.test(before.value) &&
      /\b(FloatField|Float|FLOAT|float|double|DOUBLE|real|Double)\b/.test(after.value);
    if (isColumn && isMoney(`${after.name} ${after.scope}`))
      yield { side: 'after', range: after.range, message: fitMessage(`\`${shorten(after.name, 28)}\` is stored as a float`) };
  }
  for (const call of input.added.calls) {
    const name = lastName(call.callee);
    const isField =
      /^(FloatField|Float|Double|REAL)$/.test(name) ||
      (/^(Column|mapped_column)$/.test(name) && call.kind === 'call' && /\b(Float|Double|REAL)\b/.test(call.args.join(' ')));
    if (!isField) continue;
    const isExactField = (other: Call): boolean =>
      /^(DecimalField|Numeric|DECIMAL|IntegerField|BigIntegerField|BigInteger|Integer)$/.test(lastName(other.callee)) ||
      (lastName(other.callee) === name && /\b(Numeric|DECIMAL|Integer|BigInteger)\b/.test(other.args.join(' ')));
    const field =
      input.after?.tokens.find((token) => token.line === call.range.start.line && /^[A-Za-z_]\w*$/.test(token.text))?.text ?? '';
    if (
      input.removed.calls.some((other) => other.scope === call.scope && isExactField(other)) &&
      isMoney(`${field} ${call.args.join(' ')}`)
    )
      yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(field, 28)}\` is stored as a float`) };
  }
  for (const call of input.added.calls) {
    if (
      call.kind !== 'decorator' ||
      !/^(Column|Property|Field)$/.test(lastName(call.callee)) ||
      !/\b(float|double|real|Float)\b/.test(call.args.join(' '))
    )
      continue;
    const old = input.removed.calls.find(
      (other) =>
        other.kind === 'decorator' &&
        other.callee === call.callee &&
        other.scope === call.scope &&
        /\b(decimal|numeric|bigint|int|integer|money)\b/.test(other.args.join(' ')),
    );
    if (old !== undefined && isMoney(`${call.scope} ${input.path}`))
      yield { side: 'after', range: call.range, message: fitMessage(`an amount of \`${shorten(call.scope, 28)}\` is stored as a float`) };
  }
  for (const change of changedSettings(input)) {
    const name = change.path.at(-1) ?? '';
    if (!/^(type|format)$/.test(name) || !isMoney(change.path.slice(-2, -1).join(' '))) continue;
    const [was, is] = [String(change.before?.value ?? ''), String(change.after?.value ?? '')];
    if (change.after === undefined || !/^(integer|int64|int32|string|decimal)$/.test(was) || !/^(number|double|float)$/.test(is)) continue;
    yield {
      side: 'after',
      range: change.after.range,
      message: fitMessage(`\`${shorten(change.path.at(-2) ?? name, 28)}\` was ${was} and is ${is}`),
    };
  }
}
