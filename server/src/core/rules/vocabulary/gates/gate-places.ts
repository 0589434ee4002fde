import type { RuleInput } from '../../define.ts';

/** Where checks run: a pipeline, git hooks, the scripts of a package, or a file that is none of these. */
export type GatePlace = 'pipeline' | 'hooks' | 'scripts' | 'none';

/** By the path of the file. */
export function placeOfGates({ path }: RuleInput): GatePlace {
  if (
    /(^|\/)\.github\/(workflows|actions)\/|(^|\/)\.gitlab(-ci)?[^/]*\.ya?ml$|(^|\/)(\.gitlab|\.circleci|\.buildkite)\/|(^|\/)(azure-pipelines|bitbucket-pipelines|\.travis|\.drone|cloudbuild|buildspec|appveyor)[^/]*\.ya?ml$|(^|\/)Jenkinsfile([._-][^/]*)?$/.test(
      path,
    )
  )
    return 'pipeline';
  if (
    /(^|\/)(\.husky|\.githooks)\/|(^|\/)\.?lefthook[^/]*\.(ya?ml|toml|json)$|(^|\/)\.pre-commit-config\.ya?ml$|(^|\/)\.lintstagedrc/.test(
      path,
    )
  )
    return 'hooks';
  return /(^|\/)package\.json$/.test(path) ? 'scripts' : 'none';
}
