import type { Command } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { changedCommands, sourceOf } from '../shell/command-parts.ts';

/** A deploy that no longer waits to see whether what it started came up: `kubectl rollout status`, `helm upgrade --wait`; and one of Helm that no longer goes back by itself. */
export function* lostWaits(input: RuleInput): Generator<FindingDraft> {
  const { removed, after } = input;
  if (after === undefined) return;
  const told = new Set<string>();
  const isLeft = (scope: string): boolean => after.commands.some((other) => isNear(other, scope) && (waits(other) || holdsOn(other)));
  for (const { before, after: now } of changedCommands(input)) {
    if (!holdsOn(before) || holdsOn(now) || !deploys(now) || told.has(now.scope)) continue;
    told.add(now.scope);
    if (isLeft(now.scope)) continue;
    const flag = before.words.find(({ text }) => HOLDS_ON.test(text))?.source ?? '';
    const what = /^--atomic/.test(flag) ? 'waits for nothing, rolls nothing back' : 'no longer waits for what it started';
    yield say('after', now, `${quote(sourceOf(now), 24)} ${what}: lost ${quote(flag, 14)}`);
  }
  for (const { before, after: now } of changedCommands(input)) {
    const isAtomic = ({ name, words }: Command): boolean =>
      name === 'helm' && words.some(({ text }) => /^--(?:atomic|rollback-on-failure)/.test(text));
    if (isAtomic(before) && !isAtomic(now) && holdsOn(now) && deploys(now) && !after.commands.some(rollsBack))
      yield say('after', now, `${quote(sourceOf(now), 26)} no longer rolls back what fails: lost ${quote('--atomic')}`);
  }
  for (const command of removed.commands) {
    if (!waits(command) || told.has(command.scope)) continue;
    told.add(command.scope);
    if (isLeft(command.scope) || !after.commands.some((other) => isNear(other, command.scope) && deploys(other))) continue;
    yield say('before', command, `nothing waits for the deploy any more: lost ${quote(sourceOf(command), 36)}`);
  }
}

function say(side: 'before' | 'after', { range }: Command, message: string): FindingDraft {
  return { side, range, severity: 'medium', message: fitMessage(message) };
}

/** Of the same script, or of the same job of a pipeline: each step has a scope of its own. */
function isNear({ scope }: Command, other: string): boolean {
  const job = (path: string): string => path.split('.steps')[0] ?? path;
  return job(scope) === job(other);
}

const HOLDS_ON = /^--(?:wait|atomic|rollback-on-failure|wait-for-jobs|wait-for-service-stability)(?:=true)?$/;

function holdsOn({ name, words }: Command): boolean {
  return /^(?:helm|helmfile|argocd|flux|oc|az|gcloud|copilot)$/.test(name) && words.some(({ text }) => HOLDS_ON.test(text));
}

function rollsBack({ name, words }: Command): boolean {
  return name === 'helm' && words.some(({ text }) => text === 'rollback');
}

function waits({ name, words }: Command): boolean {
  const said = words.map(({ text }) => text).join(' ');
  return (
    (/^(?:kubectl|oc)$/.test(name) && /\b(?:rollout status|wait)\b/.test(said)) ||
    (name === 'kubectl-argo-rollouts' && /\bstatus\b/.test(said)) ||
    (name === 'aws' && /\bwait [a-z-]+/.test(said)) ||
    (name === 'argocd' && /\bapp wait\b/.test(said)) ||
    (name === 'helm' && /^helm test\b/.test(said))
  );
}

function deploys({ name, words }: Command): boolean {
  const said = words.map(({ text }) => text).join(' ');
  return (
    (/^(?:kubectl|oc)$/.test(name) &&
      /\b(?:apply|set image|rollout restart|replace|patch|scale)\b/.test(said) &&
      !/--dry-run/.test(said)) ||
    (/^helm(?:file)?$/.test(name) && /\b(?:upgrade|install|apply|sync)\b/.test(said) && !/--dry-run/.test(said)) ||
    (name === 'aws' &&
      /\b(?:update-service|create-deployment|deploy|update-stack|create-change-set|execute-change-set|update-function-code)\b/.test(
        said,
      )) ||
    (name === 'argocd' && /\bapp sync\b/.test(said)) ||
    (name === 'kustomize' && /\bbuild\b/.test(said))
  );
}
