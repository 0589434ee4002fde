import type { Call, Option } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { quote } from '../../quote.ts';
import { cameAlong } from '../code/scope-changes.ts';
import { isReadOnly, wasNarrow } from './policy-actions.ts';
import type { WideGrant } from './wide-grant.ts';

/** `new PolicyStatement({ actions: ['*'], resources: ['*'] })` and managed policies of CDK. */
export function* wideConstructs(input: RuleInput): Generator<WideGrant> {
  for (const option of input.added.options) {
    const name = partOf(option);
    if (name === undefined) continue;
    const beside = (name: StatementPart): string =>
      input.after?.options.find(
        (other) =>
          partOf(other) === name && other.callee === option.callee && Math.abs(other.range.start.line - option.range.start.line) <= 6,
      )?.value ?? '';
    if (/DENY/i.test(beside('effect')) || name === 'effect') continue;
    const everywhere = /['"]\*['"]/.test(name === 'resources' ? option.value : beside('resources'));
    const actions = [...(name === 'resources' ? beside('actions') : option.value).matchAll(/['"]((?:[\w-]*:)?[\w*]+)['"]/g)].map(
      (match) => match[1] ?? '',
    );
    if (name === 'notActions')
      yield { range: option.range, severity: 'critical', message: `${quote('notActions')} allows every action but those it names` };
    else if (name === 'actions') {
      const wide = actions.find((action) => action === '*' || /^[\w-]+:\*$/.test(action));
      if (wide !== undefined)
        yield {
          range: option.range,
          severity: wide === '*' || everywhere ? 'critical' : 'high',
          message: `allows ${quote(wide)}${everywhere ? ' on every resource' : ': every action of the service'}`,
        };
    } else if (
      everywhere &&
      !input.added.options.some((other) => partOf(other) === 'actions' && other.callee === option.callee && /\*/.test(other.value))
    ) {
      const writes = actions.filter((action) => !isReadOnly(action));
      const old = input.removed.options.filter((other) => partOf(other) === 'resources' && other.callee === option.callee);
      const isWider = wasNarrow(old.flatMap(({ value }) => (/['"]\*['"]/.test(value) ? ['*'] : [value])));
      if (writes.length > 0)
        yield {
          range: option.range,
          severity: isWider || writes.some((action) => action.endsWith('*')) ? 'critical' : 'high',
          message: `allows ${quote(writes[0] ?? '')} on every resource`,
        };
    }
  }
  for (const call of input.added.calls) {
    const wide = grantOf(call, input);
    if (wide !== undefined && !cameAlong(input, call)) yield { range: call.range, severity: 'high', message: wide };
    if (
      /fromAwsManagedPolicyName$/.test(call.callee) &&
      /AdministratorAccess|PowerUserAccess|IAMFullAccess/.test(call.args[0] ?? '') &&
      !cameAlong(input, call)
    )
      yield {
        range: call.range,
        severity: 'critical',
        message: `attaches ${quote((call.args[0] ?? '').slice(1, -1), 36)}: may do almost anything`,
      };
  }
}

/** `table.grantFullAccess(worker)` where it could read, and a policy of everything of one service. */
function grantOf({ callee, args }: Call, input: RuleInput): string | undefined {
  const [, target, verb = ''] = /^(.*)\.(grantFullAccess|grant_full_access|grantAdmin|grantAll)$/.exec(callee) ?? [];
  const had = input.removed.calls.some(
    (old) => old.callee.startsWith(`${target}.grant`) && /grant_?(?:Read|Write|Consume|Send|Pull)/i.test(old.callee),
  );
  if (verb !== '' && had) return `${quote(verb)} where it could only read or write`;
  const policy = /['"](\w+FullAccess)['"]/.exec(args[0] ?? '')?.[1];
  return policy !== undefined && policy !== 'IAMFullAccess' && /[fF]rom_?[aA]ws_?[mM]anaged_?[pP]olicy_?[nN]ame$/.test(callee)
    ? `attaches ${quote(policy, 36)}: every action of the service`
    : undefined;
}

type StatementPart = 'actions' | 'notActions' | 'resources' | 'effect';

/** What an option of a statement says: by a construct in any language, or by the words of a policy document in a dictionary. */
export function partOf({ name, callee }: Option): StatementPart | undefined {
  const isConstruct = /(^|\.)PolicyStatement(Props|Args)?(\.Builder\.create)?$/.test(callee);
  const isDocument =
    /^(Action|NotAction|Resource|Effect)$/.test(name) &&
    /(^|\.)(dumps|JSONMarshal|to_json|ToJSONString|\w*Policy|\w*PolicyDocument)$/.test(callee);
  const part = /^(actions|not_?actions|resources|effect)$/i
    .exec(isDocument && name !== 'Effect' ? `${name}s` : name)?.[0]
    .toLowerCase()
    .replace('_', '');
  if (part === undefined || (!isConstruct && !isDocument)) return undefined;
  return part === 'notactions' ? 'notActions' : part === 'actions' ? 'actions' : part === 'resources' ? 'resources' : 'effect';
}
