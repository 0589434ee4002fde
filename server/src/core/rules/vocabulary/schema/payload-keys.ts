import type { Option, SourceFacts } from '../../../model/facts.ts';
import { lastName } from '../code/call-names.ts';
import { groupBy, keepOf } from '../code/kept.ts';
import { isWritten } from './written-forms.ts';

/** A key of what a function writes out, with the name that the value is known by. */
export interface PayloadKey {
  readonly option: Option;
  /** `savedAt` of `draft.savedAt.toISOString()`. */
  readonly source: string;
}

/**
 * The function that writes out what another one only puts together: `encode` of `JSON.stringify(toRow(x))` for `toRow`. The
 * function itself where nobody does.
 */
export function writerOf(facts: SourceFacts | undefined, scope: string): string {
  const name = lastName(scope);
  if (name === '') return scope;
  const writers = facts === undefined ? [] : (writersOf(facts).get(name) ?? []);
  return writers.find((place) => place !== scope) ?? scope;
}

const writtenCalls = keepOf(({ calls }: SourceFacts) => calls.filter(({ callee }) => isWritten(callee)));

/** Whether the file writes anything out. */
export function writesSomething(facts: SourceFacts | undefined): boolean {
  return facts !== undefined && writtenCalls(facts).length > 0;
}

const writtenIn = keepOf((facts: SourceFacts) => groupBy(writtenCalls(facts), ({ scope }) => scope));

/** Functions that write out the answer of another one, by its name. */
const writersOf = keepOf((facts: SourceFacts): ReadonlyMap<string, readonly string[]> => {
  const pairs = writtenCalls(facts).flatMap(({ args, scope }) => args.map((argument) => ({ name: lastName(calledIn(argument)), scope })));
  return new Map([...groupBy(pairs, ({ name }) => name)].map(([name, own]) => [name, own.map(({ scope }) => scope)]));
});

/** Keys of what a function writes out: given there and then, in a variable, or put together by a function of the file. */
export function payloadKeys(facts: SourceFacts | undefined, scope: string): readonly PayloadKey[] {
  if (facts === undefined) return [];
  const written = writtenIn(facts).get(scope) ?? [];
  if (written.length === 0) return [];
  const helpers = written.flatMap(({ args }) => args.map((argument) => lastName(calledIn(argument)))).filter((name) => name !== '');
  const variables = written.flatMap(({ args }) => args.filter((argument) => /^[A-Za-z_]\w*$/.test(argument)));
  // The key of an option of an object says which variable holds the object.
  const isHeld = (option: Option): boolean => variables.some((name) => option.key.split(/\W+/).includes(name));
  return facts.options
    .filter(
      (option) =>
        (option.scope === scope && (isWritten(option.callee) || (option.callee === '' && isHeld(option)))) ||
        (option.scope !== '' && option.callee === '' && helpers.includes(lastName(option.scope))),
    )
    .map((option) => ({ option, source: sourceOf(option.value) }));
}

/** `toRow` of `toRow(draft)`, `self._row` of `self._row(x)`. */
function calledIn(argument: string): string {
  return /^(?:await )?([A-Za-z_][\w.]*)\(/.exec(argument)?.[1] ?? '';
}

/** The member that a value is taken from, without what is done to it then. */
function sourceOf(value: string): string {
  const path = /^[*&]?[A-Za-z_]\w*(?:(?:\??\.|->)[A-Za-z_]\w*)+/.exec(value)?.[0].split(/\??\.|->/) ?? [];
  return path[1] ?? '';
}
