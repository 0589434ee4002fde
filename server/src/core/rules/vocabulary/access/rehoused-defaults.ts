import type { Option, SourceFacts, SymbolFact } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, literal, words } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { within } from '../code/counterpart.ts';
import { keepOf, keepOfBoth } from '../code/kept.ts';
import { homeOf } from '../code/option-paths.ts';

/** A default that a parameter of a shared function had, and that another place of the file gives now. */
export interface RehousedDefault {
  readonly name: string;
  readonly was: string;
  readonly now: string;
  readonly range: Range;
  /** The function whose callers it is about, as it was. */
  readonly owner: SymbolFact;
}

/**
 * `def guard(view, *, mfa=True)` that takes `**options` now: the field of a record that the function makes or spreads
 * (`class GuardOptions: mfa = False`, `DEFAULTS.mfa`), or what it takes where nobody says (`options.get('mfa', False)`,
 * `options.mfa ?? false`).
 */
export function* rehousedDefaults(input: RuleInput): Iterable<RehousedDefault> {
  const { before, after, added } = input;
  if (before === undefined || after === undefined || (added.options.length === 0 && added.calls.length === 0)) return;
  for (const { old, owner } of lostParameters(before, after)) {
    const place = after.scopes.find(({ name }) => name === old.scope);
    const named = new Set(tokensOn(after, place?.startLine ?? 0, place?.endLine ?? 0).map(({ text }) => text));
    const field = added.options.find(
      (option) =>
        words(option.name) === words(old.name) && /^(?:\w+|(['"])[\w-]+\1)$/.test(option.value) && isOfNamed(option, old.scope, named),
    );
    const found = field === undefined ? takenWith(input, old) : { value: field.value, range: field.range };
    if (found !== undefined) yield { name: old.name, was: old.value, now: found.value, range: found.range, owner };
  }
}

/** Parameters of shared functions that had a default and are none any more, and what they took out of a record; the function stays. */
const lostParameters = keepOfBoth((before: SourceFacts, after: SourceFacts) =>
  sharedDefaults(before).filter(({ old, owner }) => {
    const now = after.symbols.find(({ name }) => name === owner.name);
    const stays = after.options.some(({ name, scope, callee }) => name === old.name && scope === old.scope && callee === '');
    return now?.parameters.some(({ name }) => name === old.name) === false && !stays;
  }),
);

/** Of a base, which stays while the other side is typed. */
const sharedDefaults = keepOf((before: SourceFacts) =>
  before.symbols.flatMap((owner) => {
    if (!owner.exported || owner.parameters.length === 0) return [];
    return before.options.flatMap((old) => {
      const isTaken = (): boolean => takesOut(before, old);
      const isIts =
        old.scope === owner.name &&
        old.callee === '' &&
        homeOf(old) === '' &&
        (owner.parameters.some(({ name }) => name === old.name) || isTaken());
      return isIts ? [{ old, owner }] : [];
    });
  }),
);

/** `const { mfa = 'required' } = options`: a default of what the caller may leave out. */
function takesOut(facts: SourceFacts, { name, range }: Option): boolean {
  const line = tokensOn(facts, range.start.line, range.end.line + MOST_LINES).map(({ text }) => text);
  const at = line.findIndex((text, index) => text === name && line[index + 1] === '=');
  const end = line.indexOf('}', at);
  return at >= 0 && end > at && line[end + 1] === '=' && /^[a-z]\w*$/i.test(line[end + 2] ?? '') && /^[{,]$/.test(line[at - 1] ?? '{');
}

/** A pattern may stand on several lines. */
const MOST_LINES = 8;

/** A field of a class or a table that the function speaks of. */
function isOfNamed(option: Option, owner: string, named: ReadonlySet<string>): boolean {
  if (option.callee !== '' || within(option.scope, owner)) return false;
  const home = homeOf(option).split(/[.[ ]/)[0] || lastName(option.scope);
  return home !== '' && named.has(home);
}

/** What stands in for it inside of the function. */
function takenWith({ added }: RuleInput, { name, scope }: Option): { readonly value: string; readonly range: Range } | undefined {
  const call = added.calls.find(
    ({ callee, args, scope: own }) =>
      within(own, scope) &&
      /^(?:get|pop|setdefault|getattr|getOrDefault)$/.test(lastName(callee)) &&
      args.some((argument) => literal(argument) === name),
  );
  if (call !== undefined) return { value: call.args.at(-1) ?? '', range: call.range };
  const option = added.options.find((other) => other.name === name && within(other.scope, scope) && /(?:\?\?|\|\|) \w+$/.test(other.value));
  return option === undefined ? undefined : { value: lastWord(option.value), range: option.range };
}

function lastWord(text: string): string {
  return text.slice(text.lastIndexOf(' ') + 1);
}
