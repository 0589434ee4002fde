import type { RuleInput } from '../../define.ts';
import { escaped } from '../code/literal-patterns.ts';

/** What is reached where nobody says otherwise: `edge` of `{{ group | default('edge') }}`; undefined where it is only filled in. */
function reachedBy(text: string): string | undefined {
  const fallback = /^\{\{[^{}|]+\|\s*default\(\s*['"]([^'"]*)['"][^()]*\)\s*\}\}$/.exec(text.trim());
  if (fallback !== null) return fallback[1];
  return /[{}$<]/.test(text) ? undefined : text.trim();
}

/**
 * True where a pattern of hosts (`web_ams`, `web:!canary`, `web-ams-*`) reached a part of what another one reaches: its group's group as
 * the inventory says, its name's beginning, a wider glob, all of them, or the same without what was left out. Another list of names is
 * not known to be a wider one.
 */
export function reachesMoreHosts(input: RuleInput, before: string, after: string): boolean {
  if (isFilledPartOf(before, after)) return true;
  const [old, now] = [reachedBy(before), reachedBy(after)];
  if (old === undefined || now === undefined || old === '' || old === now || isAll(old)) return false;
  if (isAll(now)) return true;
  const [was, is] = [partsOf(old), partsOf(now)];
  const limits = (parts: readonly string[]): readonly string[] => parts.filter((part) => /^[!&]/.test(part));
  const names = (parts: readonly string[]): readonly string[] => parts.filter((part) => !/^[!&]/.test(part));
  const isCovered = names(was).every((part) => names(is).some((other) => other === part || isWiderName(input, part, other)));
  const grew = names(was).some((part) => !names(is).includes(part));
  const lost = limits(was).some((part) => !limits(is).includes(part));
  return isCovered && (grew ? limits(is).length <= limits(was).length : lost);
}

/** `edge_${SITE}` and `edge_{{ site }}` that are `edge` or `edge_*` now: one of a group became the group. */
function isFilledPartOf(before: string, after: string): boolean {
  const head = /^([\w.-]*\w)[._-](?:\$\{?\w+\}?|\{\{[^{}|]+\}\})$/.exec(before.trim())?.[1];
  return (
    head !== undefined && (after.trim() === head || (/^[._-]?\*$/.test(after.trim().slice(head.length)) && after.trim().startsWith(head)))
  );
}

function isAll(pattern: string): boolean {
  return /^(?:all|\*|all:\*)$/i.test(pattern);
}

function partsOf(pattern: string): readonly string[] {
  // A range inside of a group (`web[0:3]`) is no list.
  return pattern
    .replace(/\[[^[\]]*\]/g, '')
    .split(/[,:]/)
    .map((part) => part.trim());
}

/** `web` for `web_ams`, `web-*` for `web-ams-*`, and a group of the inventory for one of its children. */
function isWiderName(input: RuleInput, narrow: string, wide: string): boolean {
  if (wide.includes('*')) return isWiderGlob(narrow, wide);
  if (/[*?[]/.test(narrow) || !/^[\w.-]+$/.test(wide)) return false;
  return new RegExp(`^${escaped(wide)}[._-]`).test(narrow) || isChildOf(input, narrow, wide);
}

/** Two globs, or a name and a glob: all that one meets the other meets as well, and more. */
export function isWiderGlob(narrow: string, wide: string): boolean {
  if (narrow === wide || !wide.endsWith('*') || /[*?[]/.test(wide.slice(0, -1))) return false;
  const head = wide.slice(0, -1);
  return narrow.startsWith(head) && narrow.replace(/(?<!\*)\*+$/, '').length > head.length && head !== '';
}

/** Inventories that are read for one group. */
const FEW = 8;

function isChildOf(input: RuleInput, child: string, group: string): boolean {
  const files = input.trees.after.mentioning(child, ['.yml', '.yaml']).slice(0, FEW);
  return files.some((file) =>
    (file === input.path ? input.after : input.factsAt('after', file))?.settings.some(
      ({ path }) => path.indexOf(group) >= 0 && path[path.indexOf(group) + 1] === 'children' && path.indexOf(child) > path.indexOf(group),
    ),
  );
}
