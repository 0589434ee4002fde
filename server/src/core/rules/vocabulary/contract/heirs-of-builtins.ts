import type { SymbolFact } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { splitSource } from '../code/argument-text.ts';
import { lastName } from '../code/call-names.ts';
import { isWider } from './types.ts';

/**
 * Python: the new result is a class of this change that is the old type as well, so that whoever takes it apart goes on as before: a
 * `NamedTuple` with as many fields of the same types in the same order, a `TypedDict` for a `dict`, a `StrEnum` for a `str`.
 */
export function isHeirOfBuiltin({ before, after, addedElsewhere }: RuleInput, old: string, now: string): boolean {
  if (after?.language !== 'python') return false;
  const [, wrapped = '', own = ''] = /^([\w.]+\[|)([A-Z]\w*)\]?(?: \| None)?$/.exec(now.trim()) ?? [];
  const was =
    wrapped === '' ? old.trim() : old.trim().startsWith(wrapped) ? old.trim().slice(wrapped.length, old.trim().lastIndexOf(']')) : '';
  // A caller who was always given one takes nothing apart.
  if (/\| None$/.test(now.trim()) && !/\| None$/.test(old.trim())) return false;
  if (own === '' || was === '' || before?.symbols.some(({ name, kind }) => name === own && kind === 'class') === true) return false;
  const places = [after.symbols, addedElsewhere().symbols].filter((symbols) => symbols.some((symbol) => isClass(symbol, own)));
  return places.some((symbols) => {
    const base = symbols.find((symbol) => isClass(symbol, own))?.type ?? '';
    const [, tuple] = /^[tT]uple\[(.*?)\](?: \| None)?$/.exec(was) ?? [];
    if (/\bNamedTuple\b/.test(base) && tuple !== undefined) return holdsAlike(symbols, own, tuple);
    return EXTENDS.some(([bases, type]) => bases.test(base) && type.test(was));
  });
}

const EXTENDS: readonly (readonly [RegExp, RegExp])[] = [
  [/\bTypedDict\b|\bdict\b/, /^[dD]ict(?:\[.*\])?(?: \| None)?$/],
  [/\bStrEnum\b|\bstr\b/, /^str(?: \| None)?$/],
  [/\bIntEnum\b|\bint\b/, /^int(?: \| None)?$/],
];

function isClass({ name, kind }: SymbolFact, own: string): boolean {
  return name === own && kind === 'class';
}

/** As many fields as the tuple had, each of a type that fits what stood in its place. */
function holdsAlike(symbols: readonly SymbolFact[], owner: string, tuple: string): boolean {
  const fields = symbols.filter(({ name, kind }) => kind === 'property' && name === `${owner}.${lastName(name)}`);
  const types = splitSource(tuple, ',');
  return fields.length === types.length && fields.every(({ type }, at) => isWider(type, types[at] ?? ''));
}
