import type { Severity } from '../model/finding.ts';
import type { RepoPath } from '../model/tree.ts';

/** Where a file lives says how much a mistake in it costs. One place for all rules (incidents catalogue, guards). */
export type PathContext = 'production' | 'pipeline' | 'test' | 'documentation' | 'development' | 'rollback';

const TEST =
  /(^|\/)(tests?|specs?|__tests__|__mocks__|__fixtures__|fixtures?|e2e|testdata|cypress|playwright|mocks?|stubs?)\/|[._-](test|spec|e2e|stories|bench)\.[cm]?[jt]sx?$|(^|\/)(test_[^/]+|[^/]+_test|conftest)\.(py|go)$|(Test|Tests|IT)\.java$/i;
const DOCUMENTATION = /(^|\/)(docs?|examples?|samples?|demos?|tutorials?|playgrounds?)\//i;
const DEVELOPMENT =
  /(^|\/)(dev|development|local|sandbox|ephemeral|preview|devcontainer|\.devcontainer)\/|[._-](dev|development|local|sandbox)\.[a-z]+$|docker-compose\.(dev|local|override|test)\.ya?ml$/i;
const PIPELINE =
  /(^|\/)(\.github\/(workflows|actions)|\.gitlab|\.circleci|\.buildkite|ci|deploy(ment)?s?|release)\/|(^|\/)(\.gitlab-ci\.ya?ml|Jenkinsfile|azure-pipelines\.ya?ml)$/i;
const ROLLBACK = /\.down\.sql$|(^|\/)down\.sql$|\.rollback\.sql$/i;

export function pathContext(path: RepoPath): PathContext {
  if (ROLLBACK.test(path)) return 'rollback';
  if (TEST.test(path)) return 'test';
  if (PIPELINE.test(path)) return 'pipeline';
  if (DOCUMENTATION.test(path)) return 'documentation';
  if (DEVELOPMENT.test(path)) return 'development';
  return 'production';
}

/** Tests, examples and rollbacks keep their findings as notes; a development overlay loses one step; nothing is hidden. */
export function severityIn(context: PathContext, severity: Severity): Severity {
  switch (context) {
    case 'test':
    case 'documentation':
    case 'rollback':
      return 'low';
    case 'development':
      return severity === 'critical' ? 'high' : severity === 'high' ? 'medium' : 'low';
    case 'production':
    case 'pipeline':
      return severity;
  }
}
