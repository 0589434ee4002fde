import type { Option, Setting } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';

/**
 * The setting that a construct of a program has now from properties it is handed under a name, whole (`new Bucket(this, 'A', STORE)`,
 * `storeProps()`) or among others (`{ ...STORE, versioned: true }`), where this file or another one of the change says them. It has
 * the place where it is written. Undefined where the construct is handed none, or they say nothing of it.
 */
export function gatheredSetting(input: RuleInput, setting: Setting): Setting | undefined {
  const { after } = input;
  const made = after?.resources.find(({ key }) => key === setting.resource)?.range.start;
  const [first] = setting.path;
  if (after === undefined || made === undefined || first === undefined) return undefined;
  const call = after.calls.find(
    ({ kind, range }) => kind === 'new' && range.start.line === made.line && range.start.character === made.character,
  );
  const names = namesIn(call?.args.slice(2) ?? []);
  if (names.size === 0) return undefined;
  const isGiven = (option: Option): boolean =>
    option.name === first && option.callee === '' && [ownerOf(option), lastName(option.scope)].some((owner) => names.has(owner));
  const here = after.options.findLast(isGiven);
  const given = here ?? input.addedElsewhere().options.findLast(isGiven);
  const value = given === undefined ? undefined : valueUnder(given, setting);
  if (given === undefined || value === undefined) return undefined;
  return { ...setting, value, ...(here === undefined ? {} : { range: here.range }) };
}

/** `STORE` of a property that stands in `const STORE = { … }`. */
function ownerOf({ key }: Option): string {
  return /^\((\w+)\./.exec(key)?.[1] ?? '';
}

/** Names that are handed over whole, or spread: `STORE`, `...STORE`, `storeProps()`. */
function namesIn(args: readonly string[]): ReadonlySet<string> {
  return new Set(
    args.flatMap((argument) => {
      const whole = /^(?:\w+\.){0,2}(\w+)(?:\(|$)/.exec(argument)?.[1];
      return [whole ?? '', ...[...argument.matchAll(/\.\.\.(?:\w+\.){0,2}(\w+)/g)].map((match) => match[1] ?? '')];
    }),
  );
}

/** What the property says of a path: its value, and of a path inside it that it is written there with the same value. */
function valueUnder({ value }: Option, { path, value: old }: Setting): Setting['value'] | undefined {
  if (path.length === 1) return value === 'true' ? true : value === 'false' ? false : old === null ? null : plain(value, old);
  const name = path.findLast((element) => !/^\d+$/.test(element)) ?? '';
  return value.includes(old === null ? name : `${name}: `) && (old === null || value.includes(String(old))) ? old : undefined;
}

/** A number or a text as a document would have it. */
function plain(source: string, old: Setting['value']): Setting['value'] {
  if (typeof old === 'number' && /^-?\d+(?:\.\d+)?$/.test(source)) return Number(source);
  return /^(["'`])([^"'`]*)\1$/.exec(source)?.[2] ?? source;
}
