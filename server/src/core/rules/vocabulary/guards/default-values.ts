import type { Option, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import type { OptionChange } from '../code/option-changes.ts';

/** True where a default is on. */
export function isOn(value: string): boolean {
  return /^(true|True|1)$/.test(plainDefault(value));
}

/**
 * What holds where nobody says anything: of `typer.Option(True, …)`, `Field(True)`, `Flags.boolean({ default: true })`,
 * `z.boolean().default(true)`, and of a variable of the environment that is not set, `process.env.DRY_RUN !== 'false'`.
 */
export function plainDefault(value: string): string {
  const [, held] = /^[\w.]+\(\{[^{}]*\bdefault: (true|false)\b/.exec(value) ?? /\.default\((true|false)\)$/.exec(value) ?? [];
  if (held !== undefined) return held;
  const quoted = /^['"](true|false)['"]$/i.exec(value)?.[1];
  if (quoted !== undefined) return quoted.toLowerCase();
  return /^[\w.]*(?:Option|Argument|Field|Query|Body|Param)\((?:default=)?(True|False)\b/.exec(value)?.[1] ?? ofEnvironment(value) ?? value;
}

/** The outcome of a comparison with a variable of the environment, as long as that is not set. */
function ofEnvironment(value: string): string | undefined {
  if (value.length > 160 || !/env/i.test(value)) return undefined;
  const [, compares, other = ''] = /(===?|!==?) ?['"](\w*)['"]$/.exec(value) ?? [];
  const [, list = ''] = / in [([{]([^()[\]{}]*)[)\]}]$/.exec(value) ?? [];
  if (compares === undefined && list === '') return undefined;
  const fallback = /,\s*['"](\w*)['"]\s*\)/.exec(value)?.[1] ?? /(?:\?\?|\|\|)\s*['"](\w*)['"]/.exec(value)?.[1] ?? '';
  const isEqual = compares === undefined ? list.split(/\W+/).includes(fallback) : fallback === other;
  return String(compares?.startsWith('!') === true ? !isEqual : isEqual);
}

/** Fields of a settings class whose default is handed to a function now: `dry_run: bool = True` and `= Field(False, …)`. */
export function changedFields(input: RuleInput): readonly OptionChange[] {
  return fieldsOf(input.added, input.after).flatMap((after) => {
    const before = input.before?.options.find(({ name, callee, scope }) => name === after.name && callee === '' && scope === after.scope);
    return before === undefined || before.value === after.value ? [] : [{ before, after }];
  });
}

function fieldsOf({ calls }: RuleInput['added'], facts: SourceFacts | undefined): readonly Option[] {
  return calls.flatMap((call) => {
    const value = /^(?:Field|field)$/.test(lastName(call.callee)) ? /^(?:default=)?(True|False)$/.exec(call.args[0] ?? '')?.[1] : undefined;
    const field =
      value === undefined
        ? undefined
        : facts?.symbols.find(({ kind, range }) => kind === 'property' && range.start.line === call.range.start.line);
    return field === undefined || value === undefined ? [] : [{ ...call, name: lastName(field.name), value, callee: '' }];
  });
}
