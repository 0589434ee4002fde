import type { Setting, SourceFacts } from '../../../model/facts.ts';
import { keepOf } from '../code/kept.ts';
import { split } from '../conditions/parts.ts';
import { isEveryName, letsAllRefsIn } from './open-refs.ts';

/** True where something may start a workflow of GitHub on a branch that nobody named: `push` without `branches`, a pull request. */
export function startsUnheld(facts: SourceFacts): boolean {
  return unheldEvents(facts).length > 0;
}

/** Whether a condition lets a job or a step run for some branches, tags or merged work alone, given what starts the workflow. */
export function isHeldTo(facts: SourceFacts, condition: string): boolean {
  const bare = condition.replace(/^\s*\$\{\{|\}\}\s*$/g, '');
  const { all, items } = split(bare);
  if (items.length > 1) return all ? items.some((item) => isHeldTo(facts, item)) : items.every((item) => isHeldTo(facts, item));
  if (letsAllRefsIn(bare)) return false;
  if (NAMES_REF.test(condition) || /\bneeds\.[\w-]+\.outputs\.|\b(inputs|vars|env)\.\w/.test(condition)) return true;
  const [, sign, event] = /\bgithub\.event_name\s*([!=]=)\s*'(\w+)'/.exec(condition) ?? [];
  return event !== undefined && unheldEvents(facts).every((other) => (sign === '==') !== (other === event));
}

const NAMES_REF =
  /\bgithub\.(ref|ref_name|ref_type|head_ref|base_ref)\b|\bgithub\.event\.(pull_request\.(merged|base|head)|workflow_run\.head_branch|release|ref|base_ref)\b|\bdefault_branch\b|\bgithub\.event\.(label|action)\b/;

/** Events that say for themselves what they are for, or that a person starts. */
const HELD_EVENTS =
  /^(release|workflow_dispatch|repository_dispatch|schedule|workflow_run|workflow_call|create|delete|deployment\w*|milestone|registry_package|merge_group)$/;

const unheldEvents = keepOf((facts: SourceFacts): readonly string[] => {
  const on = facts.settings.filter(({ path }) => path[0] === 'on');
  const events = new Set(on.flatMap(({ path, value }) => eventOf(path, value)));
  return [...events].filter((event) => !HELD_EVENTS.test(event) && !(event === 'push' && isFiltered(on)));
});

/** `on: push`, `on: [push, release]`, `on: { push: … }`. */
function eventOf(path: readonly string[], value: Setting['value']): readonly string[] {
  if (path[1] !== undefined && !/^\d+$/.test(path[1])) return [path[1]];
  return typeof value === 'string' ? [value] : [];
}

/** Pushes of named branches or tags. A name that is a pattern for all names none. */
function isFiltered(on: readonly Setting[]): boolean {
  const names = on.flatMap(({ path, value }) =>
    path[1] === 'push' && /^(branches|tags)$/.test(path[2] ?? '') && typeof value === 'string' ? [{ list: path[2], name: value }] : [],
  );
  const branches = names.filter(({ list }) => list === 'branches');
  return names.length > 0 && branches.every(({ name }) => !isEveryName(name));
}
