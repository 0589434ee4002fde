import type { Resource, Setting, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { words } from '../code/call-names.ts';
import { settingsOfJob, ships } from '../settings/jobs.ts';
import { findResource, nameOf, settingsOf } from '../settings/setting-index.ts';
import { isHeldByRules, isHeldByWorkflowRules, waitsForPerson } from './gitlab-rules.ts';
import { isHeldTo, startsUnheld } from './workflow-triggers.ts';

/** Jobs that ship, were held to some branches, tags or events, and run for every one now. */
export function* freedDeploys(input: RuleInput): Iterable<FindingDraft> {
  const { before, after, path } = input;
  if (before === undefined || after === undefined) return;
  const isGitlab = /(^|\/)\.gitlab(-ci)?[^/]*\.ya?ml$|(^|\/)\.gitlab\//.test(path);
  if (!isGitlab && !/(^|\/)\.github\/workflows\//.test(path)) return;
  const isHeld = isGitlab ? isHeldInGitlab : isHeldInWorkflow;
  for (const job of after.resources) {
    const cause = job.type === 'job' ? causeIn(input, job) : undefined;
    if (cause === undefined || findResource(before, job.key) === undefined || !shipsOut(after, job)) continue;
    const outcomeLost = !isGitlab && asksOutcome(before, job) && !asksOutcome(after, job);
    const part = outcomeLost ? undefined : partOfName(before, after, job);
    const isFreed = isHeld(before, job) && !isHeld(after, job) && !isExtendedAnew(before, after, job);
    if (!outcomeLost && !isFreed && (part === undefined || cause.isTrigger)) continue;
    if (isGitlab && waitsForPerson(settingsOfJob(after, job.key))) continue;
    const open = isFreed || part === undefined ? 'runs for every branch now' : `runs for any branch with ${quote(part, 16)} in its name`;
    const what = outcomeLost ? 'no longer asks how the workflow before it ended' : open;
    yield { ...cause.place, message: fitMessage(`${quote(job.name, 24)} ${what}: ${cause.shown}`) };
    // What starts the whole file frees all its jobs at once.
    if (cause.isTrigger) return;
  }
}

interface Cause {
  readonly place: Pick<FindingDraft, 'side' | 'range'>;
  readonly shown: string;
  readonly isTrigger: boolean;
}

const HOLDS = /^(rules|only|except|if|extends)$/;

/** What this hunk did to that which holds a job: its own words first, then those that start the file. */
function causeIn({ removed, added, before, after }: RuleInput, job: Resource): Cause | undefined {
  const now = new Set(after?.settings.map(({ key }) => key));
  const isOwn = (setting: Setting): boolean =>
    setting.resource === job.key && (HOLDS.test(setting.path[0] ?? '') || (setting.path[0] === 'steps' && nameOf(setting) === 'if'));
  const isTrigger = (setting: Setting): boolean => setting.path[0] === 'on' || setting.path[0] === 'workflow';
  for (const [which, trigger] of [
    [isOwn, false],
    [isTrigger, true],
  ] as const)
    for (const [side, facts] of [
      ['before', removed],
      ['after', added],
    ] as const) {
      // What came is the cause only where nothing went, for that is told where it went.
      if (side === 'after' && before?.settings.some((setting) => which(setting) && !now.has(setting.key))) continue;
      const own = facts.settings.filter(which);
      const found = own.find(({ value }) => value !== null) ?? own[0];
      if (found === undefined) continue;
      const shown = quote(found.value === null ? nameOf(found) : `${nameOf(found)}: ${String(found.value)}`, 40);
      return { place: { side, range: found.range }, shown: side === 'before' ? `without ${shown}` : shown, isTrigger: trigger };
    }
  return undefined;
}

/** A job that brings something to where people use it. One for a preview is meant to run for every branch. */
function shipsOut(facts: SourceFacts, job: Resource): boolean {
  const own = settingsOfJob(facts, job.key);
  const saying = own.filter(({ path }) => path[0] === 'environment' && nameOf({ path }) !== 'url' && nameOf({ path }) !== 'action');
  const where = words([job.name, ...saying.map(({ value }) => String(value ?? ''))].join(' '));
  if (/\b(dev|development|test|testing|stag\w*|preview\w*|review\w*|sandbox|qa|pr|int|ephemeral|dry run|plan|diff)\b/.test(where))
    return false;
  const name = words(job.name);
  const isNamed =
    /^(deploy|release|publish|promote|roll ?out|ship)\b|\b(deploy|deployment|release|publish|promote|roll ?out)$/.test(name) &&
    !/^(build|test|lint|check|package|prepare|notify|verify)\b/.test(name);
  return (
    isNamed ||
    own.some(({ path, value }) => path[0] === 'stage' && /^(deploy\w*|release|publish|production)$/i.test(String(value))) ||
    own.some((setting) => isRun(setting) && ships(String(setting.value)))
  );
}

function isRun({ path }: Setting): boolean {
  return path[0] === 'script' || path[0] === 'uses' || (path[0] === 'steps' && /^(run|uses)$/.test(nameOf({ path })));
}

function isHeldInGitlab(facts: SourceFacts, job: Resource): boolean {
  return isHeldByRules(settingsOfJob(facts, job.key)) || isHeldByWorkflowRules(settingsOf(facts, ''));
}

/** The job newly takes over what a file that is not here says. */
function isExtendedAnew(before: SourceFacts, after: SourceFacts, job: Resource): boolean {
  const parents = (facts: SourceFacts): readonly string[] =>
    settingsOf(facts, job.key).flatMap(({ path, value }) => (path[0] === 'extends' && value !== null ? [String(value)] : []));
  const old = parents(before);
  return parents(after).some((name) => !old.includes(name) && after.resources.every((other) => other.name !== name));
}

/** By its own condition, by that of each step that ships, by a job that it waits for, or by what starts the workflow. */
function isHeldInWorkflow(facts: SourceFacts, job: Resource, seen: readonly string[] = []): boolean {
  if (!startsUnheld(facts)) return true;
  const own = settingsOf(facts, job.key);
  const condition = own.find(({ path }) => path.length === 1 && path[0] === 'if');
  if (condition !== undefined && isHeldTo(facts, String(condition.value))) return true;
  const steps = own.flatMap((setting) => (isRun(setting) && ships(String(setting.value)) ? [setting.path[1]] : []));
  const isStepHeld = (step: string | undefined): boolean =>
    own.some(({ path, value }) => path[1] === step && path[2] === 'if' && isHeldTo(facts, String(value)));
  if (steps.length > 0 && steps.every(isStepHeld)) return true;
  if (/\balways\(\)/.test(String(condition?.value ?? ''))) return false;
  return own.some(({ path, value }) => {
    const needed = path[0] === 'needs' ? facts.resources.find((other) => other.type === 'job' && other.name === value) : undefined;
    return needed !== undefined && !seen.includes(needed.key) && isHeldInWorkflow(facts, needed, [...seen, job.key]);
  });
}

/** A branch that was asked for by its whole name, and is asked for by a part of it: `contains(github.ref, 'main')`, `=~ /main/`. */
function partOfName(before: SourceFacts, after: SourceFacts, { key }: Resource): string | undefined {
  const conditions = (facts: SourceFacts): readonly string[] =>
    settingsOfJob(facts, key).flatMap(({ path, value }) => (nameOf({ path }) === 'if' ? [String(value)] : []));
  const part = (text: string): string | undefined =>
    /\bcontains\(\s*github\.(?:ref|ref_name|head_ref)\s*,\s*'([^']+)'/.exec(text)?.[1] ??
    /\$\{?CI_COMMIT_(?:BRANCH|REF_NAME)\}?\s*=~\s*\/(\w[\w-]*)\//.exec(text)?.[1];
  const wasWhole = conditions(before).some((text) =>
    /\b(?:ref|ref_name)\s*==\s*'|\bCI_COMMIT_(?:BRANCH|REF_NAME)\}?\s*==\s*["'$]/.test(text),
  );
  const now = conditions(after).flatMap((text) => part(text) ?? []);
  return wasWhole && !conditions(before).some((text) => part(text) !== undefined) ? now[0] : undefined;
}

/** `github.event.workflow_run.conclusion == 'success'`, in the job or in a step of it. */
function asksOutcome(facts: SourceFacts, job: Resource): boolean {
  return (
    !facts.settings.some(({ path, value }) => path[0] === 'on' && (path[1] === 'workflow_run' || value === 'workflow_run')) ||
    settingsOf(facts, job.key).some(({ path, value }) => nameOf({ path }) === 'if' && /\bworkflow_run\.conclusion\b/.test(String(value)))
  );
}
