import { type FoundSymbol, likelyDeclarers, symbolOfFinding, symbolsNamed } from '../../core/find-symbols.ts';
import { prepareLanguages } from '../../core/languages/prepare.ts';
import type { BlastRadius } from '../../core/model/radius.ts';
import type { RepoPath, Tree } from '../../core/model/tree.ts';
import type { Impact } from '../../core/reach/impact.ts';
import { AppError } from '../../host/app-error.ts';
import type { Session } from '../../host/session.ts';
import { plural } from '../reporters/review-report.ts';
import type { CommandContext } from './command.ts';
import { findByFingerprint } from './find-hunk.ts';

/** A symbol, or what a finding counted itself, and the base whose owners count; `head` lists further indexes. */
export type GraphSubject =
  | (FoundSymbol & { readonly base: Tree; readonly head: Tree })
  | {
      readonly tree: Tree;
      readonly base: Tree;
      readonly path: RepoPath;
      readonly counted: Impact['subject'];
      readonly radius: BlastRadius;
    };

const MOST_CANDIDATES = 6;
/** Files that are read to find who declares a name. */
const MOST_DECLARERS = 400;

/**
 * What `graph` was asked about: `path#name`, a name, or the start of a finding's fingerprint. Errors: `bad-usage` where it is
 * nothing that this repository has, or more than one thing; those of the trees.
 */
export async function graphSubject(
  session: Session,
  asked: string,
  base: string | undefined,
  context: CommandContext,
): Promise<GraphSubject> {
  const hash = asked.lastIndexOf('#');
  if (hash > 0) return symbolAt(session, asked.slice(0, hash), asked.slice(hash + 1), base, context);
  if (/^[0-9a-f]{4,64}$/i.test(asked)) {
    const found = await ofFinding(session, asked, base);
    if (found !== undefined) return found;
  }
  return symbolCalled(session, asked, base, context);
}

async function ofFinding(session: Session, prefix: string, base: string | undefined): Promise<GraphSubject | undefined> {
  if (session.repository.isBare) return undefined;
  const { change, assessment } = await session.review(base === undefined ? {} : { base });
  const isOne = assessment.hunks.some(({ findings }) => findings.some(({ fingerprint }) => fingerprint.startsWith(prefix.toLowerCase())));
  if (!isOne) return undefined;
  const { hunk, finding } = findByFingerprint(assessment.hunks, prefix);
  const symbol = symbolOfFinding(change, hunk, finding);
  const { blastRadius: radius, range, rule } = finding;
  if (symbol === undefined && radius !== null && radius.references > 0) {
    const counted = { path: hunk.path, name: finding.message, kind: rule, line: range.start.line };
    return { tree: change.before, base: change.before, path: hunk.path, counted, radius };
  }
  if (symbol === undefined)
    throw new AppError('bad-usage', `expected a finding with dependents, found ${rule} at ${hunk.path}, which has none`);
  return { ...symbol, base: change.before, head: change.after };
}

async function symbolAt(
  session: Session,
  written: string,
  name: string,
  base: string | undefined,
  context: CommandContext,
): Promise<GraphSubject> {
  // As git stores it: whoever types `./src/a.ts` means that file too.
  const path = written.replace(/^(\.\/)+/, '') as RepoPath;
  await prepareLanguages([path], context.readAsset);
  // Whoever follows a symbol asks for the scans of all files of its language, and for the text of those that say its name.
  const { trees, before } = await treesOf(session, base, (tree) => {
    if (name !== 'default') tree.expect?.([name.slice(name.lastIndexOf('.') + 1)]);
    tree.scan?.(path);
  });
  for (const tree of trees) {
    if (tree.read(path)?.kind !== 'text') continue;
    const [found, other] = symbolsNamed(tree, [path], name);
    if (other !== undefined && found !== undefined) throw ambiguous(name, symbolsNamed(tree, [path], name));
    if (found !== undefined) return { ...exportedOnly(found), base: before, head: trees[0] ?? before };
  }
  if (!trees.some((tree) => tree.read(path) !== undefined))
    throw new AppError('bad-usage', `expected the path of a file in this repository before #, found ${JSON.stringify(written)}`);
  throw new AppError('bad-usage', `expected a symbol that ${path} declares, found ${JSON.stringify(name)}`);
}

async function symbolCalled(session: Session, name: string, base: string | undefined, context: CommandContext): Promise<GraphSubject> {
  const isName = /^[\p{L}_$][\p{L}\p{N}_$.]*$/u.test(name);
  const { trees, before } = await treesOf(session, base, (tree) => isName && likelyDeclarers(tree, name));
  if (isName) {
    for (const tree of trees) {
      const declarers = likelyDeclarers(tree, name);
      if (declarers.length > MOST_DECLARERS)
        throw new AppError('bad-usage', `expected a rarer name, or path#${name}, found ${declarers.length} files that may declare it`);
      await prepareLanguages(declarers, context.readAsset);
      const found = symbolsNamed(tree, declarers, name);
      const [only] = found;
      if (found.length > 1) throw ambiguous(name, found);
      if (only !== undefined) return { ...exportedOnly(only), base: before, head: trees[0] ?? before };
    }
  }
  throw new AppError('bad-usage', `expected a symbol (path#name or a name) or a finding of this change, found ${JSON.stringify(name)}`);
}

/**
 * The tree that is asked, and then the base, which still has what the change removed. With a base named, that one alone. `meanwhile` is
 * what will be asked of the base, for the time that git goes over the saved files.
 */
async function treesOf(
  { repository }: Session,
  base: string | undefined,
  meanwhile: (before: Tree) => unknown,
): Promise<{ readonly trees: readonly Tree[]; readonly before: Tree }> {
  if (base !== undefined || repository.isBare) {
    const tree = repository.commitTree(base ?? 'HEAD');
    return { trees: [tree], before: tree };
  }
  const { before: known, isSeen } = repository.lookAhead();
  meanwhile(known);
  await isSeen;
  const { before, after } = repository.worktreeChange();
  return { trees: [after, before], before };
}

function exportedOnly(found: FoundSymbol): FoundSymbol {
  if (found.symbol.exported) return found;
  throw new AppError('bad-usage', `expected an exported symbol, found ${found.symbol.name}, which ${found.path} keeps to itself`);
}

function ambiguous(name: string, found: readonly FoundSymbol[]): AppError {
  const shown = found.slice(0, MOST_CANDIDATES).map(({ path, symbol }) => `${path}#${symbol.name}`);
  const more = found.length - shown.length;
  return new AppError(
    'bad-usage',
    `expected one symbol, found ${plural(found.length, 'symbol')} called ${name}: ${shown.join(' ')}${more > 0 ? ` and ${more} more` : ''}`,
  );
}
