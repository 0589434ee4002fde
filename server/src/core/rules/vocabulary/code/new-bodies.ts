import type { Scope, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from './call-names.ts';
import { calleesIn, hasScope } from './counterpart.ts';
import { keepOf } from './kept.ts';
import { workScopes } from './own-parts.ts';

/** More files than this that name a function say that its name is a common one. */
const MOST_FILES = 6;

/** A function that a change brought, with the facts of the file it stands in. */
export interface NewBody {
  readonly facts: SourceFacts;
  readonly place: Scope;
}

/**
 * The functions of a name that the change brought, in this file or in another one; none where the name was declared before, or where too
 * many files speak of it to tell which one is meant.
 */
export function newBodiesOf(input: RuleInput, callee: string): readonly NewBody[] {
  const name = lastName(callee);
  const known = knownBodies(input);
  const found = known.get(name) ?? findBodies(input, name);
  known.set(name, found);
  return found;
}

/** Many rules ask for the same few names. */
const knownBodies = keepOf((_input: RuleInput) => new Map<string, readonly NewBody[]>());

function findBodies(input: RuleInput, name: string): readonly NewBody[] {
  const { before, after } = input;
  const bodies = (facts: SourceFacts): readonly NewBody[] =>
    facts.scopes
      .filter((place) => lastName(place.name) === name && (before === undefined || !hasScope(before, place.name)))
      .map((place) => ({ facts, place }));
  const own = after === undefined ? [] : bodies(after);
  if (own.length > 0 || !input.addedElsewhere().symbols.some((symbol) => lastName(symbol.name) === name)) return own;
  const files = input.trees.after.mentioning(name, familyOf(input.path));
  if (files.length > MOST_FILES) return [];
  return files.flatMap((path) => {
    const facts = path === input.path ? undefined : input.factsAt('after', path);
    return facts === undefined ? [] : bodies(facts);
  });
}

function familyOf(path: string): readonly string[] {
  const extension = path.slice(path.lastIndexOf('.'));
  return /^\.[cm]?[jt]sx?$/.test(extension) ? ['.ts', '.tsx', '.js', '.mjs', '.cjs'] : [extension];
}

/** The functions that the change brought and that a function of the after side, or a part of it in its file, hands its work to. */
export function bodiesAskedBy(input: RuleInput, scope: string): readonly NewBody[] {
  const { after } = input;
  return after === undefined || scope === '' ? [] : [...calleesOf(after, scope)].flatMap((callee) => newBodiesOf(input, callee));
}

/** What a function and its parts call, once for each function of a file. */
function calleesOf(after: SourceFacts, scope: string): ReadonlySet<string> {
  const known = knownCallees(after);
  const found = known.get(scope) ?? new Set(workScopes(after, scope).flatMap((part) => calleesIn(after.calls, part)));
  known.set(scope, found);
  return found;
}

const knownCallees = keepOf((_facts: SourceFacts) => new Map<string, ReadonlySet<string>>());
