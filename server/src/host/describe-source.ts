import type { ResourceDescriptor } from '../core/attest/write-verdict.ts';
import { AppError } from './app-error.ts';
import { gitText, runGit, splitNul } from './git/git.ts';
import { loadPolicy } from './policy/load-policy.ts';
import type { Repository } from './repository.ts';

/** What a verdict says of the repository it is about, beside the verification itself. */
export interface Source {
  readonly resourceUri: string;
  readonly headTree: string;
  readonly base: ResourceDescriptor;
  readonly policies: readonly ResourceDescriptor[];
}

/** Files of the base that decide what a change needs; carriers lie in the same folder and decide nothing. */
const DECIDING = ['.brakeline/policy.yaml', '.brakeline/allowed_signers', '.brakeline/revoked_keys', '.brakeline/rules'];

/**
 * Describes base and head, given as object ids. Errors: `bad-usage` where nothing says what the repository is called: a verdict
 * about a commit of nowhere could be shown for another repository.
 */
export function describeSource(
  repository: Repository,
  { base, head }: { readonly base: string; readonly head: string },
  env: Readonly<Record<string, string | undefined>>,
): Source {
  const place = { cwd: repository.root ?? repository.gitDir };
  const resourceUri = resourceUriOf(repository, base, env);
  const isTree = base === repository.emptyTree;
  const listed = isTree ? [] : splitNul(runGit(place, ['ls-tree', '-r', '-z', base, '--', ...DECIDING]).stdout);
  const policies = listed.flatMap((entry) => {
    const [about = '', file = ''] = entry.split('\t');
    const [, type, oid = ''] = about.split(' ');
    return type === 'blob' ? [{ name: file, uri: `${resourceUri}@${base}#${encodeURI(file)}`, digest: { gitBlob: oid } }] : [];
  });
  return {
    resourceUri,
    headTree: gitText(place, ['rev-parse', '--verify', `${head}^{tree}`]),
    base: { uri: `${resourceUri}@${base}`, digest: isTree ? { gitTree: base } : { gitCommit: base } },
    policies,
  };
}

/** What CI calls the repository, else where it was cloned from, else the id that its policy names. */
function resourceUriOf(repository: Repository, base: string, env: Readonly<Record<string, string | undefined>>): string {
  const [server = '', name = ''] = [env.GITHUB_SERVER_URL, env.GITHUB_REPOSITORY];
  const project = env.CI_PROJECT_URL ?? '';
  if (server !== '' && name !== '') return `git+${server}/${name}`;
  if (project !== '') return `git+${project}`;
  const cloned = remoteUri(
    gitText({ cwd: repository.root ?? repository.gitDir }, ['config', '--get', 'remote.origin.url'], { accept: [0, 1] }),
  );
  if (cloned !== undefined) return cloned;
  const { repositoryId } = loadPolicy(repository.commitTree(base));
  if (repositoryId !== undefined) return `urn:uuid:${repositoryId}`;
  throw new AppError(
    'bad-usage',
    'expected a repository with a name for a verdict (remote origin, or repository in the policy), found neither',
  );
}

/** A remote as a URI without the names and passwords that people put into one; undefined for a path of this machine. */
export function remoteUri(remote: string): string | undefined {
  const short = /^(?:[^@/:\s]+@)?([^@/:\s]{2,}):(?!\/\/)([^\s]+)$/.exec(remote);
  const text = short === null ? remote : `ssh://${short[1]}/${short[2]?.replace(/^\//, '')}`;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!['https:', 'http:', 'ssh:', 'git:'].includes(url.protocol) || url.host === '') return undefined;
  return `git+${url.protocol}//${url.host}${url.pathname.replace(/\.git$/, '')}`;
}
