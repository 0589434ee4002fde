import type { Setting, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft, Severity } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { nameOf } from '../vocabulary/settings/setting-index.ts';
import { isFalse } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A workflow's token that gets more: `write-all`, a scope that becomes `write`, a `permissions` block that is taken away,
 * `secrets: inherit`, and credentials that a checkout no longer drops. In GitLab a job that ships or holds a token, ran for
 * protected branches alone, and runs for a merge request now.
 *
 * ## Why it matters
 * Any step of the job, any action it uses and any dependency it installs can push code or publish with that token.
 *
 * ## When it is fine
 * A scope that the workflow had before in another place, and narrower permissions. Writing comments on issues and pull requests
 * is a note.
 *
 * ## What it misses
 * What the repository's own default gives, and tokens that are passed as secrets.
 */
export default defineRule({
  id: 'access/ci-permissions',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Gives a workflow more rights',
  reads: ['settings'],
  evidence: [
    { title: 'zizmor: excessive-permissions', url: 'https://docs.zizmor.sh/audits/#excessive-permissions' },
    {
      title: 'tj-actions/changed-files, CVE-2025-30066',
      url: 'https://openssf.org/blog/2025/06/11/maintainers-guide-securing-ci-cd-pipelines-after-the-tj-actions-and-reviewdog-supply-chain-attacks',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    if (/(^|\/)\.gitlab-ci[\w.-]*\.ya?ml$|(^|\/)\.gitlab\/.*\.ya?ml$/.test(input.path)) yield* openedJobs(input);
    if (!/(^|\/)\.github\/workflows\//.test(input.path)) return;
    let blockLost = false;
    for (const change of changedSettings(input)) {
      const found = judge(change, input);
      if (found === undefined || (change.after !== undefined && isAskedByStep(change, input))) continue;
      // A block has many lines; that it is gone is one thing.
      if (found.lost && blockLost) continue;
      blockLost ||= found.lost;
      yield { ...placeOf(change), severity: found.severity, message: fitMessage(found.message) };
    }
  },
});

/** A called workflow of another repository. */
function isForeign({ after }: RuleInput): boolean {
  return (
    after?.settings.some(({ path, value }) => nameOf({ path }) === 'uses' && path.length === 1 && !String(value).startsWith('./')) === true
  );
}

const PROTECTED =
  /CI_COMMIT_REF_PROTECTED|CI_DEFAULT_BRANCH|CI_COMMIT_(BRANCH|REF_NAME)\s*==|CI_COMMIT_TAG|^(main|master|tags|production|release.*)$/;
const ANYBODY =
  /merge_request_event|external_pull_request|CI_MERGE_REQUEST|^(merge_requests|branches|external_pull_requests|pushes)$|(^|\|\|)\s*\$CI_COMMIT_BRANCH\s*($|\|\|)/;

/** A job of GitLab that ships or holds a token, ran for protected branches alone, and runs for a merge request now. */
function* openedJobs(input: RuleInput): Iterable<FindingDraft> {
  const { before, after, removed, added } = input;
  for (const now of added.settings) {
    const isRule = (path: readonly string[]): boolean =>
      /^(rules|only|workflow)$/.test(path[0] ?? '') && /^(if|\d+|refs)$/.test(path.at(-1) ?? '');
    if (!isRule(now.path) || !ANYBODY.test(String(now.value)) || /CI_COMMIT_REF_PROTECTED/.test(String(now.value))) continue;
    const was = removed.settings.find((old) => old.resource === now.resource && isRule(old.path) && PROTECTED.test(String(old.value)));
    const had = before?.settings.some((old) => old.resource === now.resource && isRule(old.path) && ANYBODY.test(String(old.value)));
    const holds = after?.settings.some(
      ({ resource, path, value }) =>
        resource === now.resource &&
        (/^(id_tokens|secrets|environment|release|pages)$/.test(path[0] ?? '') ||
          /deploy|publish|release|ship|prod|TOKEN|vault|terraform|kubectl|helm/i.test(String(value))),
    );
    if (was !== undefined && had !== true && holds === true) {
      yield {
        side: 'after',
        range: now.range,
        message: fitMessage(`runs for merge requests, with what it holds: ${quote(String(now.value), 40)}`),
      };
      return;
    }
  }
}

/** What an action says in its own manual that the job which runs it must have. */
const NEEDS: readonly (readonly [RegExp, RegExp])[] = [
  [/^actions\/deploy-pages@/, /^(pages|id-token)$/],
  [/^(aws-actions\/configure-aws-credentials|google-github-actions\/auth|azure\/login|hashicorp\/vault-action)@/i, /^id-token$/],
  [/^(pypa\/gh-action-pypi-publish|sigstore\/cosign-installer)@/, /^id-token$/],
  [/^actions\/attest(-build-provenance|-sbom)?@/, /^(id-token|attestations)$/],
  [/^docker\/(build-push-action|login-action)@/, /^packages$/],
];

/** A right that one new job takes for itself alone, for an action that cannot work without it. */
function isAskedByStep({ path, after, resource, resourceIsNew }: SettingChange, input: RuleInput): boolean {
  if (path.length !== 2 || resource?.type !== 'job' || !(resourceIsNew || input.before === undefined)) return false;
  return (input.after?.settings ?? []).some(
    (setting) =>
      setting.resource === after?.resource &&
      nameOf(setting) === 'uses' &&
      NEEDS.some(([action, right]) => action.test(String(setting.value)) && right.test(path[1] ?? '')),
  );
}

type Judgement = { readonly severity: Severity; readonly message: string; readonly lost: boolean };

/** Scopes whose misuse is a nuisance and no breach. */
const MILD = /^(issues|pull-requests|checks|statuses|security-events|discussions|repository-projects|models)$/;

function judge({ path, before, after, resourceIsGone }: SettingChange, input: RuleInput): Judgement | undefined {
  const name = nameOf({ path });
  if (path[0] === 'permissions') return permission(path, before?.value, after?.value, resourceIsGone, input);
  if (path.length === 1 && name === 'secrets' && after?.value === 'inherit' && before?.value !== 'inherit')
    return {
      severity: isForeign(input) ? 'high' : 'medium',
      message: 'hands every secret to the called workflow: `secrets: inherit`',
      lost: false,
    };
  if (
    name !== 'persist-credentials' ||
    before === undefined ||
    !isFalse(before.value) ||
    resourceIsGone ||
    (after !== undefined && isFalse(after.value))
  )
    return undefined;
  // The checkout itself went with it.
  const checksOut = input.after?.settings.some((other) => nameOf(other) === 'uses' && /checkout/.test(String(other.value)));
  if (after === undefined && checksOut !== true) return undefined;
  const stillDropped = input.after?.settings.some((other) => nameOf(other) === name && isFalse(other.value)) ?? false;
  return stillDropped && after === undefined
    ? undefined
    : { severity: 'medium', message: `the checkout keeps the token: ${quote('persist-credentials')} was false`, lost: false };
}

function permission(path: readonly string[], old: unknown, fresh: unknown, gone: boolean, input: RuleInput): Judgement | undefined {
  const { before, after, path: file } = input;
  const scope = path[1] ?? '';
  if (path.length === 1 && fresh === 'write-all')
    return old === 'write-all'
      ? undefined
      : { severity: 'high', message: 'the token may write everything: `permissions: write-all`', lost: false };
  if (path.length === 2 && fresh === 'write') {
    if (hadWrite(before, scope) || cameWithItsJob(input, scope)) return undefined;
    const publishes = /release|publish|deploy|pages|docs/i.test(file);
    const severity = MILD.test(scope) ? 'low' : publishes && before === undefined ? 'medium' : 'high';
    return { severity, message: `the token may write ${quote(scope)}: ${String(old ?? 'none')} -> write`, lost: false };
  }
  if (fresh !== undefined || gone || before === undefined) return undefined;
  const left = after?.settings.some((other) => other.path[0] === 'permissions') ?? false;
  return left || after === undefined || String(old).startsWith('write')
    ? undefined
    : { severity: 'medium', message: 'no `permissions` are left: the token has the default of the repository', lost: true };
}

/** A new workflow that took a job over with the right it had: from one that calls it now, or from one of the same change that lost it. */
function cameWithItsJob({ before, path, trees, factsAt, removedElsewhere }: RuleInput, scope: string): boolean {
  if (before !== undefined) return false;
  const isWrite = (other: Setting): boolean => other.path[0] === 'permissions' && other.path[1] === scope && other.value === 'write';
  if (removedElsewhere().settings.some(isWrite)) return true;
  const own = path.slice(path.lastIndexOf('/') + 1);
  return trees.after
    .mentioning(own, ['.yml', '.yaml'])
    .filter((caller) => caller !== path && /(^|\/)\.github\/workflows\//.test(caller))
    .some((caller) => {
      const calls = factsAt('after', caller)?.settings.some((other) => nameOf(other) === 'uses' && String(other.value).endsWith(`/${own}`));
      return calls === true && hadWrite(factsAt('before', caller), scope);
    });
}

function hadWrite(facts: SourceFacts | undefined, scope: string): boolean {
  return (
    facts?.settings.some(
      (other) => other.path[0] === 'permissions' && (other.value === 'write-all' || (other.path[1] === scope && other.value === 'write')),
    ) ?? false
  );
}
