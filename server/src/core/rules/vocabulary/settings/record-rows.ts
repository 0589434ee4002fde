import type { Option, Resource } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { literal } from '../code/call-names.ts';
import { settingsOf } from './setting-index.ts';

/** The row of a table in code that makes a resource now, which a call of its own made before. */
export interface Row {
  /** What the row says in place of what the resource said; undefined where it says the same. */
  readonly changed: { readonly was: string; readonly is: string; readonly at: Option } | undefined;
}

/**
 * Records that are made in a loop over a table go by their id or their name in it: `{ id: 'www', target: 'edge.example.net' }`.
 * Undefined where no new row speaks of the resource.
 */
export function rowOf({ before, after }: RuleInput, resource: Resource): Row | undefined {
  if (before === undefined || after === undefined || !/^(cdk|pulumi):/.test(resource.type)) return undefined;
  const own = settingsOf(before, resource.key);
  const said = (keys: RegExp): readonly string[] =>
    own.flatMap(({ path, value }) => (typeof value === 'string' && keys.test(path[0] ?? '') ? [value] : []));
  const old = new Set(before.options.map(({ key }) => key));
  const fresh = after.options.filter((option) => option.callee === '' && !old.has(option.key) && literal(option.value) !== undefined);
  const rows = [resource.name, ...said(NAME)].flatMap((name) =>
    fresh.filter((option) => literal(option.value) === name).map((option) => rowFrom(fresh, option)),
  );
  const values = said(VALUE);
  const [row] = rows;
  if (row === undefined || values.length === 0) return undefined;
  const says = (options: readonly Option[], value: string): boolean => options.some((option) => literal(option.value) === value);
  if (rows.some((options) => values.every((value) => says(options, value)))) return { changed: undefined };
  const was = values.find((value) => !says(row, value));
  const at = row.find(({ name }) => VALUE.test(name)) ?? row[0];
  return was === undefined || at === undefined ? { changed: undefined } : { changed: { was, is: literal(at.value) ?? '', at } };
}

/** From the option that names a row to the one that names the next. */
function rowFrom(options: readonly Option[], first: Option): readonly Option[] {
  const at = options.indexOf(first);
  const end = options.findIndex((option, index) => index > at && option.name === first.name);
  return options.slice(at, end < 0 ? options.length : end);
}

const NAME = /^(name|recordName|domainName|hostname)$/;
const VALUE =
  /^(value|values|records?|rrdatas|target|targets|content|contents|data|address|addresses|ip|points?To|destination|domainName|cname)$/;
