import type { Setting } from '../../../model/facts.ts';
import { isEveryName } from './open-refs.ts';

/** True where `rules` or `only` of a job let it run for some branches, tags or variables alone. */
export function isHeldByRules(own: readonly Setting[]): boolean {
  const rules = ruleList(own, ['rules']);
  if (rules.length > 0) return isHeldByAll(rules);
  const only = own
    .filter(({ path, value }) => path[0] === 'only' && path[1] !== 'changes' && value !== null)
    .map(({ value }) => String(value));
  if (only.length > 0) return only.every((ref) => !OPEN_REF.test(ref) && !isEveryName(ref));
  return own.some(({ path, value }) => path[0] === 'except' && /^branches$/.test(String(value)));
}

/** `workflow: rules:` of a file start no pipeline at all for what they leave out. */
export function isHeldByWorkflowRules(top: readonly Setting[]): boolean {
  return isHeldByAll(ruleList(top, ['workflow', 'rules']));
}

/** Of `only`: all branches. */
const OPEN_REF = /^(branches|pushes|external|merge_requests)$/;

type Rule = ReadonlyMap<string, string>;

/** The entries of a list of rules, each with its `if` and its `when`. An entry that has neither lets everything in. */
function ruleList(settings: readonly Setting[], prefix: readonly string[]): readonly Rule[] {
  const rules = new Map<string, Map<string, string>>();
  for (const { path, value } of settings) {
    if (path.length <= prefix.length || !prefix.every((part, at) => path[at] === part)) continue;
    const entry = path[prefix.length] ?? '';
    const rule = rules.get(entry) ?? new Map<string, string>();
    rules.set(entry, rule.set(path[prefix.length + 1] ?? '', String(value ?? '')));
  }
  return [...rules.values()];
}

/** True where a person starts a job of GitLab, and nothing else does unasked. */
export function waitsForPerson(own: readonly Setting[]): boolean {
  const rules = ruleList(own, ['rules']);
  const byRule = rules.some((rule) => rule.get('when') === 'manual') && runningOf(rules).every(asks);
  return byRule || own.some(({ path, value }) => path.length === 1 && path[0] === 'when' && value === 'manual');
}

/** Each entry that lets the job run by itself asks for something. */
function isHeldByAll(rules: readonly Rule[]): boolean {
  const running = runningOf(rules);
  return running.length > 0 && running.every(asks);
}

function runningOf(rules: readonly Rule[]): readonly Rule[] {
  return rules.filter((rule) => !/^(never|manual)$/.test(rule.get('when') ?? ''));
}

/** What another job gives, by `!reference`, is a list and no entry: it counts. */
function asks(rule: Rule): boolean {
  return rule.has('0') || isNarrow(rule.get('if') ?? '');
}

/** A bare `$CI_COMMIT_BRANCH` is there on every branch. Merge requests are told where what they may do is judged. */
function isNarrow(condition: string): boolean {
  return condition.split('||').every((way) => way.split('&&').some(narrows));
}

function narrows(part: string): boolean {
  const text = part.replace(/["'\s()]/g, '');
  const [, pattern] = /^\$\{?CI_COMMIT_(?:BRANCH|REF_NAME)\}?=~(.+)$/.exec(text) ?? [];
  if (pattern !== undefined) return !isEveryName(pattern);
  return text !== '' && !/^\$\{?CI_COMMIT_(BRANCH|REF_NAME|SHA)\}?(!=.*)?$|^\$\{?CI_PIPELINE_SOURCE\}?==push$/.test(text);
}
