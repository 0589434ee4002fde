import type { AssessedHunk, Assessment } from '../../core/model/assessment.ts';
import type { Policy } from '../../core/model/policy.ts';
import type { TrustMaterial } from '../../core/model/result.ts';
import type { Tree } from '../../core/model/tree.ts';
import type { ChangeAuthor } from '../../core/policy/requirement-of.ts';
import { readRequest } from '../../core/signoff/read-request.ts';
import type { AskedHunk, SignoffRequest } from '../../core/signoff/request.ts';
import { VERSION } from '../../core/version.ts';
import { AppError } from '../app-error.ts';
import { loadPolicy, loadTrust } from '../policy/load-policy.ts';
import { loadRevocations } from '../policy/load-revocations.ts';
import type { Session } from '../session.ts';
import { cloneNote, removesFrom } from './compare-clone.ts';

/** A request as it is shown to whoever opens it. */
export interface RequestView {
  /** `recomputed`: from the git objects of this clone, and equal to the file. `claimed`: what the author's file says. */
  readonly kind: 'recomputed' | 'claimed';
  readonly assessment: Assessment;
  readonly hunks: readonly AskedHunk[];
  readonly policy: Policy;
  readonly trust: TrustMaterial;
  readonly authors: readonly ChangeAuthor[];
  /** By hunk id: where this clone is not what the author saw. */
  readonly notes: Readonly<Record<string, string>>;
}

/** A request and how it looks here. */
export interface SeenRequest {
  readonly request: SignoffRequest;
  readonly view: RequestView;
}

/** Reads the text of a request and looks at it in this clone. Errors: `bad-usage` with the one reason why it is no request. */
export async function seeRequest(session: Session, text: string): Promise<SeenRequest> {
  const reading = readRequest(text);
  if (reading.kind === 'invalid') throw new AppError('bad-usage', `expected a sign-off request, found ${reading.reason}`);
  return { request: reading.request, view: await viewRequest(session, reading.request) };
}

/**
 * Looks at a request in this clone. Where both commits are here everything is recomputed, and must equal the file; where one is not,
 * the file's lines are shown as the author's claim, judged by the policy of the base, or of HEAD where the base is not here either.
 * Errors: `bad-usage` for a request of another repository, or one that is not what its commits say; `bad-policy`.
 */
export async function viewRequest(session: Session, request: SignoffRequest): Promise<RequestView> {
  const { repository } = session;
  const base = commitHere(session, request.base);
  const head = commitHere(session, request.head);
  const tree = repository.commitTree(base ?? 'HEAD');
  refuseForeign(request, loadPolicy(tree), base !== undefined);
  const { revoked } = loadRevocations(tree, tree, { cwd: repository.root ?? repository.gitDir });
  const trust = { ...loadTrust(tree), revoked };
  const recomputed = base === undefined || head === undefined ? undefined : await recompute(session, request, base, head);
  if (recomputed !== undefined) return { ...recomputed, trust };
  // What is staged or on disk is compared with the base itself; a head that is a commit, with where the two parted.
  if (base !== undefined && (request.head === 'index' || request.head === 'worktree')) refuseForged(request, tree);
  return claimed(request, tree, trust, base === undefined ? 'HEAD of this clone' : 'the base in this clone');
}

async function recompute(
  session: Session,
  request: SignoffRequest,
  base: string,
  head: string,
): Promise<Omit<RequestView, 'trust'> | undefined> {
  try {
    const { assessment, policy } = await session.review({ base, head });
    const own = new Map(assessment.hunks.map((hunk) => [hunk.id, hunk]));
    const hunks = request.hunks.map((asked) => ({ ...asked, hunk: sameHunk(asked.hunk, own.get(asked.hunk.id), request) }));
    const authors = [...request.authors, request.author, ...session.repository.authors(base, head)];
    return { kind: 'recomputed', assessment, hunks, policy, authors, notes: {} };
  } catch (error) {
    // The two commits are here, and what lies between them is not.
    if (error instanceof AppError && error.code === 'shallow') return undefined;
    throw error;
  }
}

function claimed(request: SignoffRequest, tree: Tree, trust: TrustMaterial, treeName: string): RequestView {
  const policy = loadPolicy(tree);
  const hunks = request.hunks.map(({ hunk }) => hunk);
  const assessment: Assessment = {
    before: request.base,
    after: request.head,
    score: Math.max(...hunks.map(({ score }) => score)),
    severity: 'none',
    hunkCount: hunks.length,
    hunks,
    blindSpots: [],
    circumstances: [],
    // This program makes the statement; the rules are those that the author's was found by.
    engine: { name: 'brakeline', version: VERSION, ruleset: request.engine.ruleset },
    policyDigest: policy.digest,
  };
  const notes = Object.fromEntries(
    hunks.flatMap((hunk) => {
      const note = cloneNote(hunk, tree, treeName);
      return note === undefined ? [] : [[hunk.id, note]];
    }),
  );
  return { kind: 'claimed', assessment, hunks: request.hunks, policy, trust, authors: [...request.authors, request.author], notes };
}

/** The recomputed hunk, which is the one that is shown and signed. */
function sameHunk(asked: AssessedHunk, own: AssessedHunk | undefined, { engine }: SignoffRequest): AssessedHunk {
  const names = (hunk: AssessedHunk): string => hunk.findings.map(({ fingerprint }) => fingerprint).join(' ');
  if (own !== undefined && names(own) === names(asked)) return own;
  const found = own === undefined ? 'no such hunk' : 'other findings';
  throw new AppError(
    'bad-usage',
    `expected the findings of ${JSON.stringify(asked.path)} as its commits give them here, found ${found}: the request was edited, or made by another version (${engine.version}, here ${VERSION})`,
  );
}

/** The base is here, so what the request says it removes can be looked up. */
function refuseForged({ hunks }: SignoffRequest, base: Tree): void {
  const forged = hunks.find(({ hunk }) => !removesFrom(base, hunk));
  if (forged === undefined) return;
  throw new AppError(
    'bad-usage',
    `expected the lines that ${JSON.stringify(forged.hunk.path)} has in the base, found others among those it removes: the request was edited`,
  );
}

function refuseForeign({ repository, base }: SignoffRequest, policy: Policy, hasBase: boolean): void {
  if (repository !== policy.repositoryId)
    throw new AppError(
      'bad-usage',
      `expected a request of this repository (${policy.repositoryId ?? 'its policy names no id'}), found one of ${repository ?? 'a repository without an id'}`,
    );
  if (repository === undefined && !hasBase)
    throw new AppError(
      'bad-usage',
      `expected a request of this repository, found one without an id whose base ${base.slice(0, 12)} is not in this clone`,
    );
}

function commitHere({ repository }: Session, id: string): string | undefined {
  if (id === 'index' || id === 'worktree') return undefined;
  if (id === repository.emptyTree) return id;
  try {
    return repository.resolveCommit(id);
  } catch (error) {
    if (error instanceof AppError && (error.code === 'bad-revision' || error.code === 'shallow')) return undefined;
    throw error;
  }
}
