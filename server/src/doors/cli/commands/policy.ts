import path from 'node:path';
import type { Change } from '../../../core/model/change.ts';
import type { Policy } from '../../../core/model/policy.ts';
import { needsOf } from '../../../core/policy/needs-of.ts';
import { isSameName, peopleNamed } from '../../../core/policy/people.ts';
import type { ChangeAuthor } from '../../../core/policy/requirement-of.ts';
import { rosterOf } from '../../../core/policy/roster.ts';
import { isAllCommitted } from '../../../host/all-committed.ts';
import { AppError } from '../../../host/app-error.ts';
import { checkPolicyFiles } from '../../../host/policy/check-files.ts';
import { loadPolicy, loadTrust, POLICY_PATH } from '../../../host/policy/load-policy.ts';
import { loadRevocations } from '../../../host/policy/load-revocations.ts';
import type { Review, ReviewRequest, Session } from '../../../host/session.ts';
import { renderPolicyCheck, renderPolicyCheckJson } from '../../reporters/policy-check.ts';
import { isMet, type NeedsReport, renderNeeds, renderNeedsJson } from '../../reporters/policy-needs.ts';
import { badUsage, choiceOption, textOption } from '../arguments.ts';
import type { Arguments, Command, CommandContext, ExitStatus } from '../command.ts';
import { openHere } from '../open-here.ts';
import { terminalOf } from '../output.ts';
import { withProgress } from '../progress.ts';
import { reviewRequest } from '../signing.ts';

const FORMATS = ['text', 'json'] as const;

export const command: Command = {
  name: 'policy',
  operands: { usage: 'check|test [FILE]', least: 1, most: 2 },
  summary: 'check the policy and its signers, or say what a change would need, and of whom',
  verbs: [
    {
      usage: 'check [FILE]',
      help: `read FILE (default: ${POLICY_PATH} of the working tree), and allowed_signers and revoked_keys beside it`,
    },
    { usage: 'test', help: 'say what the change would need, of whom, and who can give it' },
  ],
  options: {
    as: { type: 'string', value: 'AUTHOR', help: 'with test: as if this person had made the change; an id, a principal or an address' },
    base: { type: 'string', value: 'REV', help: 'with test: as in review' },
    head: { type: 'string', value: 'REV', help: 'with test: as in review' },
    staged: { type: 'boolean', help: 'with test: as in review' },
    format: { type: 'string', value: 'FORMAT', help: `one of ${FORMATS.join(', ')} (default: text)` },
  },
  details: [
    'test judges as verify would: by the policy and the signers of the base, which the change can only make stricter.',
    'Exit status: 0 no error, and everything asked can be given; 1 otherwise; 2 the run itself failed.',
  ],
  run: policy,
};

async function policy(args: Arguments, context: CommandContext): Promise<ExitStatus> {
  const [verb = '', file] = args.positionals;
  if (verb !== 'check' && verb !== 'test') throw badUsage('check or test after `policy`', verb);
  if (verb === 'test' && file !== undefined) throw badUsage('no FILE with `policy test`', file);
  const foreign = verb === 'check' ? ['as', 'base', 'head', 'staged'].find((name) => args.options[name] !== undefined) : undefined;
  if (foreign !== undefined) throw badUsage('`policy test` with this option', `--${foreign}`);
  const session = openHere(context);
  try {
    return verb === 'check' ? await check(session, file, args, context) : await test(session, args, context);
  } finally {
    session.close();
  }
}

async function check(session: Session, file: string | undefined, args: Arguments, context: CommandContext): Promise<ExitStatus> {
  const format = choiceOption(args, 'format', FORMATS, 'text');
  const { root } = session.repository;
  if (file === undefined && root === undefined)
    throw new AppError('no-working-tree', `expected FILE, found none in the bare repository ${session.repository.gitDir}`);
  const place = file === undefined ? path.join(root ?? '', POLICY_PATH) : path.resolve(context.cwd, file);
  const { rules } = await session.teamRules();
  const known = {
    teamRules: rules.map(({ id }) => id),
    ...(root === undefined ? {} : ofTrees(session.repository.worktreeChange())),
  };
  const checked = await checkPolicyFiles(place, known, new Date().toISOString());
  if (file !== undefined && !checked.files.includes(place))
    throw new AppError('bad-usage', `expected a policy file at ${file}, found none`);
  const name = (one: string): string => path.relative(context.cwd, one);
  context.out.write(
    format === 'json' ? renderPolicyCheckJson(checked, name) : renderPolicyCheck(checked, name, terminalOf(context.out, context.env)),
  );
  return checked.faults.some(({ kind }) => kind === 'error') ? 1 : 0;
}

/** Paths that the policy may match, and what the last commit asks; nothing where it has no policy, or one that cannot be read. */
function ofTrees({ before, after }: Pick<Change, 'before' | 'after'>): { readonly paths: readonly string[]; readonly before?: Policy } {
  const paths = after.paths();
  try {
    return before.read(POLICY_PATH) === undefined ? { paths } : { paths, before: loadPolicy(before) };
  } catch (error) {
    if (error instanceof AppError && error.code === 'bad-policy') return { paths };
    throw error;
  }
}

async function test(session: Session, args: Arguments, context: CommandContext): Promise<ExitStatus> {
  const format = choiceOption(args, 'format', FORMATS, 'text');
  const request = reviewRequest(args);
  const review = await withProgress(context, 'comparing', () => session.review(request));
  const authors = authorsOf(session, request, review, textOption(args, 'as'));
  const report = needsReport(session, request, review, authors);
  context.out.write(format === 'json' ? renderNeedsJson(report) : renderNeeds(report, terminalOf(context.out, context.env)));
  return isMet(report) ? 0 : 1;
}

/** Whoever is named, else the authors of the commits, and whoever would commit what is not committed yet. */
function authorsOf(
  { repository }: Session,
  { base = 'HEAD', head }: ReviewRequest,
  { change, assessment }: Review,
  named: string | undefined,
): readonly ChangeAuthor[] {
  if (named !== undefined) return [{ name: named, email: named }];
  if (head !== undefined) return repository.authors(base, head);
  const made = repository.authors(base, 'HEAD');
  // Where the commits are the whole change, who looks at it here makes nothing of it.
  if (made.length > 0 && isAllCommitted(repository, change, assessment)) return made;
  const own = repository.committers().filter(({ email }) => !made.some((one) => isSameName(one.email, email)));
  const all = [...made, ...own];
  if (all.length > 0) return all;
  throw new AppError('bad-usage', 'expected --as AUTHOR or --head REV, found neither, nor user.email in the git configuration');
}

function needsReport({ repository }: Session, request: ReviewRequest, review: Review, authors: readonly ChangeAuthor[]): NeedsReport {
  const base = repository.commitTree(request.base ?? 'HEAD');
  const isOfCommits = request.base !== undefined && request.staged !== true && isAllCommitted(repository, review.change, review.assessment);
  const head = request.head ?? (isOfCommits ? 'HEAD' : undefined);
  const { revoked } = loadRevocations(base, review.change.after, { cwd: repository.root ?? repository.gitDir });
  const now = new Date().toISOString();
  const { policy, assessment } = review;
  const roster = rosterOf(policy, { ...loadTrust(base), revoked }, now);
  return {
    authors: authors.map((author) => {
      const people = peopleNamed([author.email], policy);
      return { author, roles: people.length === 0 ? undefined : people.flatMap(({ roles }) => roles) };
    }),
    needs: needsOf(assessment, { policy, roster, authors, now }),
    hunkCount: assessment.hunks.length,
    range: {
      ...(request.base === undefined ? {} : { base: request.base }),
      // Of commits alone it is the commits that somebody acknowledges, wherever they have fetched them.
      ...(head === undefined ? {} : { head }),
      ...(request.staged === true ? { isStaged: true } : {}),
    },
    policyDigest: policy.digest,
  };
}
