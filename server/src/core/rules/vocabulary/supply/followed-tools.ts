import type { Command } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { nameOf } from '../settings/setting-index.ts';
import { isFalse, isTrue } from '../settings/setting-values.ts';
import { changedSettings, placeOf } from '../settings/settings.ts';

/** Tools that a pipeline or an image fetches and runs at once in whatever version is newest: `npx release-notes@latest`, `uvx x@latest`. */
export function* newestTools({ added, before, path }: RuleInput): Generator<FindingDraft> {
  if (
    !/(^|\/)(Dockerfile[\w.-]*|[\w.-]*\.Dockerfile|\.gitlab-ci\.ya?ml|Jenkinsfile|Makefile)$|(^|\/)(\.github|\.circleci|\.gitlab)\//.test(
      path,
    )
  )
    return;
  for (const command of added.commands) {
    const tool = newestOf(command);
    if (tool === undefined || before?.commands.some((old) => newestOf(old) === tool) === true) continue;
    yield { side: 'after', range: command.range, message: fitMessage(`${quote(tool, 36)} runs in whatever version is newest`) };
  }
}

function newestOf({ written }: Command): string | undefined {
  return FETCHES.exec(written)?.[1];
}

const FETCHES =
  /\b(?:npx|bunx|uvx|(?:pnpm|yarn) dlx|npm exec|bun x|pipx run|uv tool run) (?:-[\w-]+ )*(@?[\w./-]+@(?:latest|next|canary|main|master|beta|nightly))(?= |$)/;

const HOLDS =
  /^(BUNDLE_(FROZEN|DEPLOYMENT)|UV_(FROZEN|LOCKED)|PIP_REQUIRE_HASHES|npm_config_ignore_scripts|YARN_ENABLE_IMMUTABLE_INSTALLS|CARGO_NET_OFFLINE|POETRY_INSTALLER_NO_BINARY)$/i;

/** What holds an install by a variable, and the package manager itself, which a manifest names by one version: `pnpm@9.1.4`. */
export function* looserManagers(input: RuleInput): Generator<FindingDraft> {
  for (const change of changedSettings(input)) {
    const { before, after, path, resourceIsGone } = change;
    const name = nameOf({ path });
    if (before === undefined || resourceIsGone || input.after === undefined) continue;
    const isManager =
      path.join('/') === 'packageManager' &&
      /@\d+\.\d+\.\d+/.test(String(before.value)) &&
      after !== undefined &&
      !/@\d+\.\d+\.\d+/.test(String(after.value));
    const isHeld = HOLDS.test(name) && (isTrue(before.value) || String(before.value) === '1');
    const isFree = isHeld && (after === undefined || isFalse(after.value) || String(after.value) === '0');
    const isUnchecked = name === 'checksumBehavior' && before.value === 'throw' && after !== undefined && after.value !== 'throw';
    if (!isManager && !isFree && !isUnchecked) continue;
    yield {
      ...placeOf(change),
      message: fitMessage(
        `${quote(name, 30)}: ${quote(String(before.value).slice(0, 16))} -> ${after === undefined ? 'removed' : quote(String(after.value), 18)}`,
      ),
    };
  }
}
