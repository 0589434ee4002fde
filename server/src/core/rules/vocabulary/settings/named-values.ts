import type { Setting } from '../../../model/facts.ts';
import type { Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { settingsOf } from './setting-index.ts';
import type { SettingChange } from './settings.ts';
import { isComputed, sourceOfValue, TERRAFORM_FILE } from './terraform-values.ts';

/** A hunk with more changed settings than this is no edit of a person, and its names are not looked up. */
const MOST_LOOKED_UP = 100;
/** Names of names are followed this deep. */
const DEEPEST = 4;

/**
 * Changes with what a name of Terraform holds in the place of the name: a value that went into a local value, a field of one, or into a
 * variable that came with the change is the value that it was, and no change where it is the same. What a variable that
 * was there before holds is not known: somebody may give it another value.
 */
export function withNamedValues(input: RuleInput, changes: readonly SettingChange[]): readonly SettingChange[] {
  if (!TERRAFORM_FILE.test(input.path) || changes.length > MOST_LOOKED_UP) return changes;
  return changes.flatMap((change) => {
    const { before, after, resource } = change;
    if (before === undefined || (resource !== undefined && /^(variable|locals|output)$/.test(resource.type))) return [change];
    if (after === undefined) return isHeldByName(input, before) ? [] : [change];
    const [was, is] = [valueBehind(input, 'before', before.value), valueBehind(input, 'after', after.value)];
    if (was === before.value && is === after.value) return [change];
    return was === is ? [] : [{ ...change, before: { ...before, value: was }, after: { ...after, value: is } }];
  });
}

const NAME = /^(?:\$\{\s*)?((?:local|var)(?:\.[A-Za-z_][\w-]*)+)(?:\s*\})?$/;

function valueBehind(input: RuleInput, side: Side, value: Setting['value'], depth = 0): Setting['value'] {
  const name = typeof value === 'string' ? NAME.exec(value)?.[1] : undefined;
  if (name === undefined || depth > DEEPEST || !isKnown(input, side, name)) return value;
  const held = sourceOfValue(input, side, name)?.value ?? null;
  if (held === null) return value;
  const found = valueBehind(input, side, held, depth + 1);
  return typeof found === 'string' && (isComputed(found) || found.includes(' ? ')) ? value : found;
}

function isKnown(input: RuleInput, side: Side, name: string): boolean {
  return name.startsWith('local.') || (side === 'after' && sourceOfValue(input, 'before', name) === undefined);
}

/** An entry of a list or a map that stood in place, where the whole of it goes by a name now that holds the same entry. */
function isHeldByName(input: RuleInput, { resource, path, value }: Setting): boolean {
  if (path.length < 2) return false;
  for (const { path: own, value: named } of settingsOf(input.after, resource)) {
    const name = own.length < path.length && typeof named === 'string' ? NAME.exec(named)?.[1] : undefined;
    if (name === undefined || !own.every((element, at) => path[at] === element) || !isKnown(input, 'after', name)) continue;
    const fields = path.slice(own.length);
    const places = fields.every((field) => /^\d+$/.test(field)) ? Array.from({ length: MOST_ENTRIES }, (_, at) => [String(at)]) : [fields];
    return places.some((place) => sourceOfValue(input, 'after', [name, ...place].join('.'))?.value === value);
  }
  return false;
}

/** Entries of a list that are looked at for one that stays. */
const MOST_ENTRIES = 16;
