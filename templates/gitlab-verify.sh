#!/usr/bin/env bash
# What the GitLab component runs: gitlab-verify.sh CLI. Names of branches come in variables and are quoted.
# Status: 0 PASS, 1 FAIL, 2 could not run.
set -euo pipefail

cli=("${BRAKELINE_NODE:-node}" "$1")
# In a pipeline of merged results CI_COMMIT_SHA is a merge that nobody committed: the head is the branch's own.
head=${CI_MERGE_REQUEST_SOURCE_BRANCH_SHA:-}
head=${head:-$CI_COMMIT_SHA}
base=$(git rev-parse --verify --quiet --end-of-options "refs/remotes/origin/${CI_MERGE_REQUEST_TARGET_BRANCH_NAME:-}^{commit}" || true)
base=${base:-${CI_MERGE_REQUEST_DIFF_BASE_SHA:-}}
for revision in "$base" "$head"; do
  if ! [[ $revision =~ ^[0-9a-f]{40}([0-9a-f]{24})?$ ]]; then
    echo 'brakeline: expected a pipeline of a merge request with its target branch fetched, found none' >&2
    exit 2
  fi
done
options=(--base "$base" --head "$head")
[[ ${BRAKELINE_ALLOW_OVERRIDDEN:-} == true ]] && options+=(--allow-overridden)
"${cli[@]}" sync --fetch --remote origin >&2 || echo 'brakeline: notes were not read' >&2
# What lies there was committed by whoever opened the request.
rm -rf -- brakeline-reports
exec "${cli[@]}" verify "${options[@]}" --reports brakeline-reports
