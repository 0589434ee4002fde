#!/usr/bin/env bash
# What action.yml runs. Everything of the event comes in variables and is quoted; revisions must be object ids.
# Status: 0 PASS, 1 FAIL, 2 could not run. It writes the job summary, an annotation for each gap, and the outputs.
set -euo pipefail

cli=("${BRAKELINE_NODE:-node}" "$GITHUB_ACTION_PATH/dist/cli.js")
event=${BRAKELINE_EVENT:-}
base=${BRAKELINE_BASE:-}
head=${BRAKELINE_HEAD:-}
branch=${BRAKELINE_TARGET:-}
branch=${branch#refs/heads/}
out=$(mktemp -d "${RUNNER_TEMP:-/tmp}/brakeline.XXXXXX")

fail() {
  printf '::error title=Brakeline::%s\n' "$1"
  printf 'result=error\n' >>"$GITHUB_OUTPUT"
  exit 2
}

[[ $head =~ ^[0-9a-f]{40}([0-9a-f]{24})?$ ]] || fail "expected the commit of the event, found none: run it on pull_request, merge_group or push"
case $event in
  # The tip of the target branch, not where it stood when the request was opened: a signer struck off since must not count.
  pull_request | pull_request_review) target=$(git rev-parse --verify --quiet --end-of-options "refs/remotes/origin/$branch^{commit}" || true)
    base=${target:-$base} ;;
  merge_group) ;;
  push)
    # A new branch has nothing before it: it is compared with the branch it will be merged into.
    if [[ $base =~ ^0*$ ]]; then base=$(git rev-parse --verify --quiet refs/remotes/origin/HEAD || true); fi ;;
  pull_request_target) fail "expected pull_request, found pull_request_target: it would hand a token that may write to the code of a stranger" ;;
  *) fail "expected pull_request, merge_group or push, found ${event//[^a-z_]/?}" ;;
esac
[[ $base =~ ^[0-9a-f]{40}([0-9a-f]{24})?$ ]] || fail "expected the base of the event in this clone, found none: check out with fetch-depth: 0"

options=(--base "$base" --head "$head")
[[ -n $branch ]] && options+=("--target=$branch")
[[ ${BRAKELINE_ALLOW_OVERRIDDEN:-} == true ]] && options+=(--allow-overridden)
[[ ${BRAKELINE_OPENER:-} =~ ^[0-9]+$ ]] && options+=(--opener "github:$BRAKELINE_OPENER")

# Without notes what they carry is not covered; so a remote that cannot be asked is a warning and no pass.
if [[ ${BRAKELINE_NOTES:-} == true ]] && ! "${cli[@]}" sync --fetch --remote origin >/dev/null 2>"$out/notes"; then
  printf '::warning title=Brakeline::notes were not read: %s\n' "$(head -c 300 "$out/notes" | tr '\r\n%' '  _')"
fi

# One run for every reader: annotations on standard output, the rest in files. The status is the contract.
status=0
"${cli[@]}" verify "${options[@]}" --format github --reports "$out" 2>"$out/said" || status=$?
cat "$out/said" >&2
if ((status > 1)); then fail "$(head -c 1000 "$out/said" | tr '\r\n%' '  _')"; fi
cat "$out/brakeline.md" >>"$GITHUB_STEP_SUMMARY"
{
  printf 'result=%s\n' "$([[ $status == 0 ]] && echo pass || echo fail)"
  printf 'gaps=%s\n' "$("${BRAKELINE_NODE:-node}" -e 'process.stdout.write(String(JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8")).gaps.length))' "$out/brakeline.json")"
  printf 'report=%s\n' "$out/brakeline.json"
  printf 'sarif=%s\n' "$out/brakeline.sarif"
} >>"$GITHUB_OUTPUT"
exit "$status"
