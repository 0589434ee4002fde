import type { NamedThing, ThingPlace, ThingUses } from '../../model/named-thing.ts';
import type { RepoPath, Tree } from '../../model/tree.ts';
import { constantOf } from './constants.ts';
import { event } from './events.ts';
import { findMentions } from './find-mentions.ts';
import { kubernetes, label } from './kubernetes.ts';
import { proto } from './proto.ts';
import { operation, route } from './routes.ts';
import { setting } from './settings.ts';
import { column, table } from './sql.ts';
import { terraform } from './terraform.ts';
import { CODE, type ThingKind } from './thing-kind.ts';

const KINDS: Readonly<Record<NamedThing['kind'], ThingKind>> = {
  table,
  column,
  terraform,
  kubernetes,
  label,
  setting,
  event,
  proto,
  route,
  operation,
};

/** What is kept of one tree. Invariant: a function of tree and thing (test/reach/named-things.test.ts). */
const KNOWN = new WeakMap<Tree, Map<string, ThingUses>>();

/**
 * Every place of a tree that makes or uses a named thing, in any language, under any name it may go by. Remarks that fill a line are
 * left out. Asks the tree's word search, and opens only what that found.
 */
export function usesOf(tree: Tree, thing: NamedThing): ThingUses {
  const answers = KNOWN.get(tree) ?? new Map<string, ThingUses>();
  KNOWN.set(tree, answers);
  const question = `${thing.kind} ${thing.within ?? ''} ${thing.name}`;
  const known = answers.get(question) ?? { places: ask(tree, thing), atMost: true, method: 'names' };
  answers.set(question, known);
  return known;
}

function ask(tree: Tree, thing: NamedThing): readonly ThingPlace[] {
  const kind = KINDS[thing.kind];
  const found = new Map<string, ThingPlace>();
  const constants = new Set<string>();
  const take = (path: RepoPath, form: string, pattern: RegExp | undefined, judge: ThingKind['judge']): void => {
    for (const { mention, line, character } of findMentions(tree, path, form, pattern)) {
      const judged = judge(mention, thing);
      if (judged === undefined) continue;
      const key = `${path}:${line}:${character}`;
      if (!found.has(key)) found.set(key, { path, line, character, kind: judged });
      const constant = kind.followsConstants === true ? constantOf(mention.before) : undefined;
      if (constant !== undefined) constants.add(constant);
    }
  };
  for (const form of new Set(kind.forms(thing))) {
    if (form === '') continue;
    for (const path of holdersOf(tree, form, kind.extensions)) take(path, form, kind.pattern?.(thing), kind.judge);
  }
  for (const constant of constants)
    for (const path of tree.mentioning(constant, CODE))
      take(path, constant, undefined, ({ after }) => (GIVEN.test(after) ? undefined : 'use'));
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line || a.character - b.character));
}

/** Where a constant is given its text it is not used. */
const GIVEN = /^\s*(?::[\w&'.<>\s]*)?:?=\s*["'`]/;

/** Files that hold every word of a form; all of the kind's files where it has none. */
function holdersOf(tree: Tree, form: string, extensions: readonly string[]): readonly RepoPath[] {
  const runs = (form.match(/[\w$]+/g) ?? []).filter((run) => !/^\d+$/.test(run));
  const [first, ...others] = [...new Set(runs)].sort((a, b) => b.length - a.length);
  if (first === undefined) return tree.paths().filter((path) => extensions.some((extension) => path.endsWith(extension)));
  const rest = others.map((run) => new Set(tree.mentioning(run, extensions)));
  return tree.mentioning(first, extensions).filter((path) => rest.every((holders) => holders.has(path)));
}
