import type { Call, Option } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { isWrite, lastName } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { isValidation, isValidationName } from './validators.ts';

/** A write that took named fields of a request, and takes all that the request says. */
export interface WholeBody {
  readonly call: Call;
  readonly range: Range;
}

/** `update(id, { name, locale })` that became `update(id, { ...req.body })`: who calls sets fields that nobody meant to hand out. */
export function* wholeBodies(input: RuleInput): Iterable<WholeBody> {
  const { before, after, added } = input;
  if (before === undefined || after === undefined) return;
  for (const call of added.calls) {
    if (call.kind !== 'call' || !stores(call) || !takesAll(input, call)) continue;
    const old = before.calls.filter((other) => other.callee === call.callee && counterpartScope(input, other.scope) === call.scope);
    const named = old.filter((other) => fieldsOf(other, before.options).length > 0 || /\b(?:pick|only)\b/i.test(other.args.join()));
    if (named.length === 0 || old.some((other) => SPREAD.test(other.args.join()) || other.args.some((one) => RAW.test(one)))) continue;
    // Something new looks at the body first, here or in front of the route.
    const asks = [...newCallsIn(input, named[0]?.scope ?? ''), ...input.addedElsewhere().calls].some(
      (other) => isValidation(other) || isValidationName(other.callee) || other.args.some(isValidationName),
    );
    if (!asks) yield { call, range: call.range };
  }
}

const RAW =
  /^(?:await )?\(?(?:await )?(?:(?:this\.)?(?:req|request|ctx\.request|ctx\.req|c\.req|event)\.(?:body|json\(\)|json|data|POST|form|get_json\(\)|get_json\(force=True\)|query|query_params|params|args)|JSON\.parse\(event\.body(?: \?\? '\{\}'|!)?\)|flask\.request\.json|(?:readBody|getJson)\((?:event|req)\))\)?(?:\.(?:dict|to_dict|copy)\(\)| as \w+)?$/;
const SPREAD = /(?:\.\.\.|\*\*)\(?([\w$.]+(?:\(\))*)\)?/;

function takesAll(input: RuleInput, call: Call): boolean {
  const { args, range } = call;
  const isRaw = (source: string): boolean => {
    if (RAW.test(source)) return true;
    const bound =
      /^[A-Za-z_$]\w*$/.test(source) && input.after !== undefined ? boundAbove(input.after, source, range.start.line) : undefined;
    return bound !== undefined && RAW.test(bound.replace(/ ?([.()=!,]) ?/g, '$1'));
  };
  // `create({ data: req.body })`: the record stands one level down.
  const isNested = fieldsOf(call, input.after?.options ?? []).some(
    ({ name, value }) => /^(?:data|values|doc|fields|attributes|\$set)$/.test(name) && isRaw(value),
  );
  return isNested || args.some((argument) => isRaw(argument) || isRaw(SPREAD.exec(argument)?.[1] ?? ''));
}

/** A write to a store; a message, a log and an answer hold what they hold. */
function stores({ callee }: Call): boolean {
  const name = lastName(callee);
  if (/^(?:json|send|log|info|debug|warn|error|publish|emit|dispatch|enqueue|post|query|execute|push)$/.test(name)) return false;
  return isWrite(callee) || /^(?:assign|merge|findByIdAndUpdate|findOneAndUpdate|updateOne|replaceOne|values|build|fill)$/.test(name);
}

/** Fields that a call is given one by one. */
function fieldsOf(call: Call, options: readonly Option[]): readonly Option[] {
  const { start, end } = call.range;
  return options.filter(
    (option) =>
      option.callee === call.callee &&
      within(option.scope, call.scope) &&
      start.line <= option.range.start.line &&
      option.range.end.line <= end.line,
  );
}
