import type { SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { nameOf } from '../vocabulary/settings/setting-index.ts';

/**
 * ## What it sees
 * A third party's action or reusable workflow that is named by a tag or a branch, and a commit id that a tag replaced; also
 * includes of GitLab, orbs of CircleCI, hooks of pre-commit and templates of Azure.
 *
 * ## Why it matters
 * A tag can be moved: in March 2025 all tags of one action pointed at code that printed the secrets of 23,000 repositories.
 *
 * ## When it is fine
 * A commit id, an action of the same repository, GitHub's own actions, and a new tag of an action that was named by a tag
 * before.
 *
 * ## What it misses
 * Actions that an action uses in turn.
 */
export default defineRule({
  id: 'supply/action-unpinned',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'high',
  title: 'Uses an action whose code can change',
  reads: ['settings'],
  evidence: [
    {
      title: 'tj-actions/changed-files, CVE-2025-30066',
      url: 'https://openssf.org/blog/2025/06/11/maintainers-guide-securing-ci-cd-pipelines-after-the-tj-actions-and-reviewdog-supply-chain-attacks',
    },
    { title: 'zizmor: unpinned-uses', url: 'https://docs.zizmor.sh/audits/#unpinned-uses' },
  ],
  *check(input): Iterable<FindingDraft> {
    const { added, before, path } = input;
    yield* otherSources(input);
    if (!/(^|\/)\.github\/(workflows|actions)\/|(^|\/)action\.ya?ml$/.test(path)) return;
    for (const setting of added.settings) {
      if (nameOf(setting) !== 'uses') continue;
      const [action = '', ref = ''] = String(setting.value).split('@');
      const image = action.startsWith('docker:') && ref === '' ? imageOf(action) : undefined;
      if (image !== undefined && refsOfImage(image, before).some((other) => PINNED.test(other)))
        yield { side: 'after', range: setting.range, message: fitMessage(`${quote(action, 44)} can change under the same name`) };
      if (/^(\.|\$)\//.test(action) || action.startsWith('docker:') || PINNED.test(ref) || String(setting.value).includes('${{')) continue;
      const old = refsOf(action, before);
      const wasPinned = old.some((other) => PINNED.test(other));
      if (!wasPinned && (old.length > 0 || /^(actions|github)\//.test(action))) continue;
      const message = wasPinned
        ? `${quote(action, 36)}: a commit id -> ${quote(ref, 16)}, which can move`
        : `${quote(`${action}@${ref}`, 40)} can change under the same name`;
      // The tool's own maker, at a numbered version: no more than its download would be.
      const isMaker = !wasPinned && MAKERS.test(action) && /^v?\d/.test(ref);
      yield { side: 'after', range: setting.range, ...(isMaker ? { severity: 'low' as const } : {}), message: fitMessage(message) };
    }
  },
});

const MOVING = /^(main|master|trunk|develop|dev|head|latest|volatile|dev:.*|stable|next|edge)$/i;

/** Includes of GitLab, orbs of CircleCI and hooks of pre-commit, which fetch code as an action does. */
function* otherSources({ added, before, path }: RuleInput): Generator<FindingDraft> {
  if (!/gitlab|\.pre-commit-config|\.circleci\/|azure-pipelines|\.azure/.test(path)) return;
  for (const setting of added.settings) {
    const name = nameOf(setting);
    const value = String(setting.value);
    const old = before?.settings.find((other) => other.path.join('/') === setting.path.join('/'));
    const isInclude = /gitlab/.test(path) && setting.path[0] === 'include';
    const isRemote =
      isInclude &&
      (name === 'remote' || /^https?:\/\//.test(value)) &&
      (old === undefined || !isFixed(String(old.value)) ? old === undefined || !isSameFile(String(old.value), value) : !isFixed(value));
    const isMoving =
      (isInclude && name === 'ref' && (MOVING.test(value) || (isFixed(String(old?.value)) && !isFixed(value)))) ||
      (isInclude && name === 'component' && /@(~latest|main|master|develop|head|\d+)$/i.test(value)) ||
      (/\.pre-commit-config/.test(path) && name === 'rev' && MOVING.test(value) && old !== undefined && !MOVING.test(String(old.value)));
    const isOrb = /\.circleci\//.test(path) && setting.path[0] === 'orbs' && MOVING.test(value.split('@')[1] ?? '');
    // Templates of another repository, in Azure's pipelines.
    const isTemplate =
      name === 'ref' &&
      setting.path[1] === 'repositories' &&
      /^refs\/tags\/|^[0-9a-f]{40}$/.test(String(old?.value)) &&
      /^refs\/heads\/|^\w+$/.test(value);
    if (isRemote || isMoving || isOrb || isTemplate)
      yield { side: 'after', range: setting.range, message: fitMessage(`${quote(value, 44)} can change under the same name`) };
  }
}

/** A commit id somewhere in the address: what it names stays what it is. */
function isFixed(address: string): boolean {
  return /(^|[^0-9a-f])[0-9a-f]{40}($|[^0-9a-f])/.test(address);
}

/** The same host and the same project: no other code than before, under a name that could move before. */
function isSameFile(one: string, other: string): boolean {
  const project = (address: string): string => address.split(/\/-\/|\/raw\/|\/blob\//)[0] ?? '';
  return project(one) === project(other);
}

const MAKERS =
  /^(hashicorp|aws-actions|azure|google-github-actions|docker|pulumi|gradle|astral-sh|oven-sh|denoland|ruby|pnpm|dotnet|microsoft|cloudflare|helm|sigstore)\//i;

const PINNED = /^[0-9a-f]{40}$|^sha256:[0-9a-f]{64}$/;

/** `docker://ghcr.io/acme/scan` without its tag. */
function imageOf(action: string): string {
  return action.replace(/:[\w.-]+$/, '');
}

function refsOfImage(image: string, facts: SourceFacts | undefined): readonly string[] {
  return (facts?.settings ?? []).flatMap((setting) => {
    const [action = '', ref = ''] = nameOf(setting) === 'uses' ? String(setting.value).split('@') : [];
    return imageOf(action) === image ? [ref] : [];
  });
}

/** How the file named the action before. */
function refsOf(action: string, facts: SourceFacts | undefined): readonly string[] {
  return (
    facts?.settings.flatMap((setting) =>
      nameOf(setting) === 'uses' && String(setting.value).split('@')[0] === action ? [String(setting.value).split('@')[1] ?? ''] : [],
    ) ?? []
  );
}
