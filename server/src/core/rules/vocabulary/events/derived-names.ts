import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, literal } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import type { RenamedEvent } from './renamed-events.ts';

/** What registers a function or a class as work that others ask for by name: Celery, Dramatiq, Huey, Prefect, Temporal, Bull, Spring. */
const REGISTERS =
  /^(?:task|shared_task|periodic_task|actor|db_task|job|cron|flow|defn|workflow|activity|WorkflowMethod|ActivityMethod|ActivityInterface|SignalMethod|QueryMethod|Process|Processor|Component|Service|Bean|FunctionName|Activity|Workflow)$/;
const NAMED = /^(?:name|actor_name|task_name|task|value|namePrefix)\s*=\s*/;

/** Decorators that stay on their function or class and no longer say what it is called: the name is made of where it stands now. */
export function* derivedNames(input: RuleInput): Iterable<RenamedEvent> {
  for (const old of input.removed.calls) {
    const name = writtenName(old);
    const scope = counterpartScope(input, old.scope);
    if (name === undefined || scope === undefined) continue;
    const registered =
      input.after?.calls.filter((call) => call.kind === 'decorator' && call.scope === scope && isSameKind(old, call)) ?? [];
    const [now] = registered;
    if (now === undefined || registered.some((call) => writtenName(call) !== undefined || saysOtherwise(call))) continue;
    const made = derivedName(input, scope);
    // The framework comes to the same name.
    if (made === name || made.endsWith(`.${name}`) || lastName(scope) === name) continue;
    yield { old: name, now: made, range: now.range };
  }
}

function writtenName({ kind, callee, args }: Call): string | undefined {
  if (kind !== 'decorator' || !REGISTERS.test(lastName(callee))) return undefined;
  const named = args.find((argument) => NAMED.test(argument))?.replace(NAMED, '');
  return literal(named) ?? literal(args.find((argument) => literal(argument) !== undefined)) ?? nameInObject(args);
}

/** `@Process({ name: 'send' })`. */
function nameInObject(args: readonly string[]): string | undefined {
  return args.map((argument) => /^\{(?:.*,)? name: ['"]([^'"]+)['"]/.exec(argument)?.[1]).find((name) => name !== undefined);
}

/** A name that a constant holds, or one that is put together. */
function saysOtherwise({ args }: Call): boolean {
  return args.some((argument) => NAMED.test(argument) || /\bname: /.test(argument) || /^[A-Z_a-z][\w.]*$/.test(argument));
}

/** A task is one whichever application it belongs to. */
function isSameKind(old: Call, now: Call): boolean {
  const kind = (call: Call): string => lastName(call.callee).replace(/^shared_/, '');
  return kind(old) === kind(now);
}

/** `billing.tasks.send` of `send` in `billing/tasks.py`; elsewhere the name of the function or the class. */
function derivedName({ path }: RuleInput, scope: string): string {
  return path.endsWith('.py')
    ? `${path
        .replace(/^(?:src|app|lib)\//, '')
        .replace(/(?:\/__init__)?\.py$/, '')
        .replaceAll('/', '.')}.${scope}`
    : lastName(scope);
}
