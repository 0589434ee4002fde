import { hunkId } from '../identity.ts';
import type { AssessedHunk, Assessment } from '../model/assessment.ts';
import type { Finding } from '../model/finding.ts';
import type { Policy, Requirement } from '../model/policy.ts';
import type { BlastRadius } from '../model/radius.ts';
import type { Tree } from '../model/tree.ts';
import { type ChangeAuthor, hunkRequirement } from '../policy/requirement-of.ts';
import { dependentsToConfirm } from '../verify/dependents.ts';

export const REQUEST_TYPE = 'brakeline/signoff-request';
export const REQUEST_VERSION = 1;
/** Bytes of a request, and of an answer to one. It is a few hunks for one person: what is larger is something else. */
export const MOST_SIGNOFF_BYTES = 4_194_304;
export const MOST_HUNKS = 500;
/** Unchanged lines that are shown on either side of a hunk. */
export const CONTEXT_LINES = 3;
/** Related places that are kept of a finding: more are counted and not listed by any door. */
const MOST_RELATED = 20;

/** Lines of the new file above and below a hunk, without their terminators. */
export interface HunkContext {
  readonly above: readonly string[];
  readonly below: readonly string[];
}

export interface AskedHunk {
  readonly hunk: AssessedHunk;
  readonly context: HunkContext;
  /** What the author's policy asks for it. A reader asks by its own policy too, and never for less. */
  readonly asks: Omit<Requirement, 'days'>;
}

/**
 * What an author asks another person to look at, as one file. Everything in it is the author's claim but what a reader can tell from
 * the text itself: that a hunk's digest is that of its lines, and a fingerprint that of the region which they make.
 */
export interface SignoffRequest {
  /** The policy's id of the repository; undefined where it names none. */
  readonly repository?: string;
  /** Object id of the commit that the change was compared with. */
  readonly base: string;
  /** Object id of the head, or `index`, or `worktree`. */
  readonly head: string;
  /** RFC 3339, UTC. */
  readonly askedAt: string;
  /** Who asks, by the git configuration. */
  readonly author: { readonly name: string; readonly email: string };
  /** Everybody whose change it is as far as the author's clone knows; none of these may answer. */
  readonly authors: readonly Pick<ChangeAuthor, 'name' | 'email'>[];
  readonly engine: Assessment['engine'];
  readonly policyDigest: string;
  readonly hunks: readonly AskedHunk[];
}

/** A hunk as it is asked about. `after` is the tree that the hunk's new lines stand in. */
export function askAbout(hunk: AssessedHunk, after: Tree, policy: Policy, authors: readonly ChangeAuthor[]): AskedHunk {
  const { days: _, ...asks } = hunkRequirement(policy, hunk, authors);
  return { hunk: { ...hunk, findings: hunk.findings.map(trimFinding) }, context: contextOf(hunk, after), asks };
}

/** The request as text: one JSON object. What a reader makes from the lines again (regions) is left out. */
export function printRequest(request: SignoffRequest): string {
  const { hunks, repository, ...rest } = request;
  const text = JSON.stringify(
    {
      type: REQUEST_TYPE,
      schemaVersion: REQUEST_VERSION,
      repository: repository ?? null,
      ...rest,
      hunks: hunks.map(({ hunk: { findings, ...hunk }, context, asks }) => ({
        ...hunk,
        digest: linesDigest(hunk),
        context,
        asks,
        findings: findings.map(({ region: _, url: __, ...finding }) => finding),
      })),
    },
    null,
    1,
  );
  return `${text}\n`;
}

/** SHA-256 (hex) over the path and the lines of a hunk: what tells an edited request from the one that was written. */
export function linesDigest({ path, removed, added }: Pick<AssessedHunk, 'path' | 'removed' | 'added'>): string {
  return hunkId(path, removed, added, 0);
}

function contextOf({ path, after }: AssessedHunk, tree: Tree): HunkContext {
  const content = tree.read(path);
  if (content?.kind !== 'text') return { above: [], below: [] };
  const lines = content.text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  // With no lines of its own a hunk names the line above the gap.
  const first = after.lines === 0 ? after.start : after.start - 1;
  const last = first + after.lines;
  const plain = (line: string): string => line.replace(/\r$/, '');
  return {
    above: lines.slice(Math.max(0, first - CONTEXT_LINES), first).map(plain),
    below: lines.slice(last, last + CONTEXT_LINES).map(plain),
  };
}

function trimFinding(finding: Finding): Finding {
  const { blastRadius } = finding;
  const related = finding.related.slice(0, MOST_RELATED).map(({ path, line, message }) => ({ path, line, message }));
  return { ...finding, related, blastRadius: blastRadius === null ? null : trimRadius(finding, blastRadius) };
}

/** The dependents that a person confirms, and every other one on their lines, because those are counted with them. */
function trimRadius(finding: Finding, { foreign: _, ...radius }: BlastRadius): BlastRadius {
  const shown = new Set(dependentsToConfirm(finding).map(({ path, line }) => `${path}:${line}`));
  const dependents = radius.dependents.filter(({ path, line }) => shown.has(`${path}:${line}`));
  return { ...radius, dependents: dependents.map(({ path, line, message }) => ({ path, line, message })) };
}
