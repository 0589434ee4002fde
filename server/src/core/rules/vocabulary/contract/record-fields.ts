import type { Parameter, SourceFacts, SymbolFact } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { groupBy, keepOf } from '../code/kept.ts';

/** A class of Python whose constructor takes its fields, as the function that making one is. */
export interface ChangedRecord {
  /** Of the class on the before side. */
  readonly symbol: SymbolFact;
  readonly before: SymbolFact;
  readonly after: SymbolFact;
  /** Of the first field in this hunk, or of the class. */
  readonly range: Range;
}

/** Records of this hunk whose fields changed: `@dataclass`, `@define` of attrs, `NamedTuple`, a model of pydantic. */
export function changedRecords(input: RuleInput): readonly ChangedRecord[] {
  const { before, after } = input;
  if (before?.language !== 'python' || after === undefined) return [];
  const touched = [...input.added.symbols, ...input.removed.symbols].filter(({ kind, scope }) => kind === 'property' && scope !== '');
  return [...new Set(touched.map(({ scope }) => scope))].flatMap((owner) => {
    const [old, now] = [recordOf(before, owner), recordOf(after, owner)];
    const symbol = before.symbols.find(({ name, kind }) => kind === 'class' && name === owner);
    if (old === undefined || now === undefined || symbol === undefined) return [];
    const fresh = input.added.symbols.find(({ scope }) => scope === owner);
    const place = after.symbols.find(({ name, kind }) => kind === 'class' && name === owner);
    // Only fields were taken away, or another hunk tells.
    if (fresh === undefined || place === undefined) return [];
    return [{ symbol, before: { ...symbol, parameters: old }, after: { ...place, parameters: now }, range: fresh.range }];
  });
}

const fieldsOf = keepOf((facts: SourceFacts) =>
  groupBy(
    facts.symbols.filter(({ kind, scope }) => kind === 'property' && scope !== ''),
    ({ scope }) => scope,
  ),
);

/** What a record is made with; undefined for a class that is none, or whose constructor is written by hand. */
function recordOf(facts: SourceFacts, owner: string): readonly Parameter[] | undefined {
  const own = facts.symbols.find(({ name, kind }) => kind === 'class' && name === owner);
  if (own === undefined || facts.symbols.some(({ name }) => name === `${owner}.__init__`)) return undefined;
  const decorator = facts.calls.find(({ kind, scope, callee }) => kind === 'decorator' && scope === owner && MAKES.test(callee));
  const isModel = /\b(?:BaseModel|SQLModel|Struct)\b/.test(own.type);
  if (decorator === undefined && !isModel && !/\bNamedTuple\b/.test(own.type)) return undefined;
  const named = isModel || decorator?.args.some((argument) => /^kw_only ?= ?True$/.test(argument)) === true;
  return (fieldsOf(facts).get(owner) ?? []).flatMap(({ name, type, range }): readonly Parameter[] => {
    const tokens = tokensOn(facts, range.start.line, range.end.line).map(({ text }) => text);
    const at = tokens.indexOf('=');
    const given = at < 0 ? '' : tokens.slice(at + 1).join(' ');
    if (/^ClassVar\b/.test(type) || /\binit = False\b/.test(given) || lastName(name).startsWith('_')) return [];
    const isOptional = at >= 0 && !/^(?:\w+ \. )?(?:field|Field|ib|attrib) \( (?:\.\.\.)?[^=]*\)$/.test(given);
    return [{ name: lastName(name), type, optional: isOptional, ...(named ? { named: true as const } : {}) }];
  });
}

const MAKES = /^(?:dataclasses\.)?dataclass$|^pydantic\.dataclasses\.dataclass$|^(?:attrs?\.)?(?:define|frozen|mutable|attrs|dataclass|s)$/;
