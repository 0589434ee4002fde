import type { Severity } from '../model/finding.ts';
import type { RepoPath } from '../model/tree.ts';

/** Where a file lives says how much a mistake in it costs. One place for all rules (incidents catalogue, guards). */
export type PathContext = 'production' | 'pipeline' | 'test' | 'documentation' | 'development' | 'rollback';

const TEST =
  /(^|\/)(tests?|specs?|__tests__|__mocks__|__fixtures__|fixtures?|e2e|test[-_](applications?|fixtures?|data)|testdata|cypress|playwright|mocks?|stubs?)\/|(^|[/_-])(e2e|integration|unit|functional|acceptance|smoke)[-_]tests?\/|[._-](test|spec|e2e|stories|bench)\.[cm]?[jt]sx?$|(^|\/)(test_[^/]+|[^/]+_tests?|tests?|conftest)\.(py|go|rs)$|(Test|Tests|IT)\.java$/i;
/** A description that programs are generated from, in the folder that Ruby keeps its tests in, or beside the manual. */
const SPECIFICATION = /(^|\/)specs?\/.*\.(ya?ml|json|proto|graphqls?|gql|avsc)$/i;
const DESCRIPTION = /(^|\/)docs?\/(.*\/)?([^/]*(openapi|swagger|asyncapi)[^/]*\.(ya?ml|json)|[^/]+\.(proto|graphqls?|avsc))$/i;
/** A Java package `com.example` is no example. */
const DOCUMENTATION = /(^|(?<!\b(com|org|net|io|dev))\/)(docs?|examples?|samples?|demos?|tutorials?|playgrounds?)\//i;
/** Modules that an application has and a manual has not: there `docs` is a feature that keeps documents. */
const FEATURE =
  /(^|\/)docs?\/(?!(.*\/)?(examples?|samples?|snippets?|tutorials?|src|source|_\w+)\/)(.*\/)?([\w-]*[._-])?(models?|views?|viewsets?|serializers?|schemas?|queries|repository|repositories|repo|dao|services?|api|urls|routes?|router|handlers?|controllers?|resolvers?|tasks|jobs|workers?|permissions|policies|policy|store|storage|forms|signals|managers|selectors|middleware|deps|dependencies|entity|entities)\.(py|go|java|kt|rs|rb|[cm]?[jt]sx?)$/i;
/** Beside the rest of a program's source a folder of documents is a feature too, but for what shows how something is used. */
const SOURCE_FEATURE =
  /(^|\/)(src|app|lib|server|internal|backend)\/(?!(.*\/)?(examples?|samples?|demos?|snippets?|tutorials?|playgrounds?|components|pages|theme|content|website|site)\/)(.*\/)?docs\/(?!(.*\/)?(examples?|samples?|demos?|snippets?|tutorials?|src|source|_\w+)\/)([\w.-]+\/)*[\w-]+\.(py|go|java|kt|rs|rb|[cm]?[jt]s)$/i;
/** Folders below the root of a JVM program's sources are its packages: `src/main/java/example/billing`. */
const JVM_PACKAGE = /(?<=(^|\/)src\/main\/(java|kotlin|scala|groovy)\/)([^/]+\/)+/i;
/** Packages of a compiled program, whatever they are called. */
const PACKAGE = /(^|\/)(internal|pkg|src\/main)\/(.*\/)?docs?\/.*\.(go|java|kt|rs)$/i;
/** Folders and file names of an environment that one person, or nobody, depends on. */
const DEVELOPMENT =
  /(^|\/)(dev|development|local|sandbox|ephemeral|\.?devcontainer|minikube|kind-cluster)\/|(^|[/._-])(dev|devel|development|local|sandbox|ephemeral)\.([a-z]+\.)?[a-z0-9]+$|(^|\/)(docker-)?compose\.(dev|local|override|test|ci)\.ya?ml$|(^|\/)(Tiltfile|skaffold\.ya?ml)$/i;
/** A word that names an environment in configuration, and a feature in code. */
const PREVIEW =
  /(^|\/)(preview|playground|scratch)\/.*\.(ya?ml|json|tf|tofu|tfvars|hcl|env|toml)$|[._-](preview|scratch)\.(ya?ml|json|tf|tfvars)$/i;
/** In code a folder of that name is as likely a feature: `src/local/store.ts`. */
const SOURCE_FOLDER =
  /(^|\/)(src|lib|app|apps|packages|internal|pkg|cmd)\/(.*\/)?(dev|development|local|sandbox|ephemeral)\/[^.]+\.(?!ya?ml|json|tf)[a-z]+$/i;
const PIPELINE =
  /(^|\/)(\.github\/(workflows|actions)|\.gitlab|\.circleci|\.buildkite|ci|deploy(ment)?s?|release)\/|(^|\/)(\.gitlab-ci\.ya?ml|Jenkinsfile|azure-pipelines\.ya?ml)$/i;
const ROLLBACK = /\.down\.sql$|(^|\/)down\.sql$|\.rollback\.sql$/i;
/** An environment's own word beats the folder that holds all of them: `deploy/overlays/dev/`. */
const OVERLAY =
  /(^|\/)(overlays?|environments?|envs?|clusters?|stages?|values|tfvars|config|inventory|inventories)\/(.*\/)?(dev|development|local|sandbox|ephemeral|preview|minikube)([/._-]|$)|(^|\/)(\.env\.(dev|development|local|sandbox)|(dev|development|local|sandbox)\.env)$|(^|\/)(values|config|settings|terraform|kustomization)[._-](dev|development|local|sandbox|preview)\.[a-z0-9]+$/i;
const PRODUCTION = /(^|[/._-])(prod|production|prd)([/._-]|$)/i;

/** Terraform loads every such file of a folder: there the folder is the environment, whatever a file in it calls itself. */
const LOADED_BY_FOLDER = /(?<=^|\/)[^/]+\.(tf|tofu|auto\.tfvars)(\.json)?$/i;

/** Where hosts read who must look at a change; one of these folders is else the manual's. */
const OWNERS = /^(docs\/|\.github\/|\.gitlab\/)?CODEOWNERS$/;

export function pathContext(whole: RepoPath): PathContext {
  const path = whole.replace(LOADED_BY_FOLDER, 'main.tf');
  if (OWNERS.test(path)) return 'production';
  if (ROLLBACK.test(path)) return 'rollback';
  if (TEST.test(SPECIFICATION.test(path) ? path.replace(/(?<=^|\/)specs?\//gi, '') : path)) return 'test';
  if (OVERLAY.test(path)) return 'development';
  if (PIPELINE.test(path)) return 'pipeline';
  const folders = path.replace(JVM_PACKAGE, '');
  if (
    DOCUMENTATION.test(
      DESCRIPTION.test(path) || FEATURE.test(path) || SOURCE_FEATURE.test(path) || PACKAGE.test(path)
        ? folders.replace(/(?<=^|\/)docs?\//gi, '')
        : folders,
    )
  )
    return 'documentation';
  if ((DEVELOPMENT.test(path) && !SOURCE_FOLDER.test(path)) || PREVIEW.test(path)) return 'development';
  return 'production';
}

/** True where a word of the path says that it is what customers are served from: `environments/prod/`, `gateway.production.json`. */
export function isProductionPath(path: RepoPath): boolean {
  const context = pathContext(path);
  return PRODUCTION.test(path) && (context === 'production' || context === 'pipeline');
}

/** True for what describes an environment that is made for one branch; it seldom has machines of its own. */
export function isPreviewPath(path: RepoPath): boolean {
  return PREVIEW.test(path) && /(^|[/._-])preview[/._-]/i.test(path) && !DEVELOPMENT.test(path) && !OVERLAY.test(path);
}

/**
 * Tests, examples, rollbacks and what only a developer's machine or a sandbox runs keep their findings as notes; nothing is
 * hidden. A path that says production raises by one step what already asks for a person. A note stays a note, so that a
 * harmless change asks for nobody there either (test/facts/path-context.test.ts).
 */
export function severityIn(path: RepoPath, context: PathContext, severity: Severity): Severity {
  switch (context) {
    case 'test':
    case 'documentation':
    case 'rollback':
    case 'development':
      return 'low';
    case 'production':
    case 'pipeline':
      return isProductionPath(path) ? raise(severity) : severity;
  }
}

function raise(severity: Severity): Severity {
  return severity === 'medium' ? 'high' : severity === 'high' ? 'critical' : severity;
}
