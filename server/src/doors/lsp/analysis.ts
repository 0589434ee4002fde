import { realpathSync } from 'node:fs';
import { createMemo } from '../../core/facts/memo.ts';
import { followFacts, readFacts } from '../../core/facts/read-facts.ts';
import { forgetJudged } from '../../core/keep-judged.ts';
import { languageOf, prepareLanguages } from '../../core/languages/prepare.ts';
import type { RepoPath } from '../../core/model/tree.ts';
import { AppError } from '../../host/app-error.ts';
import { CARRIER_FOLDER } from '../../host/carriers/carrier-path.ts';
import { openSession, type Session, type SessionOptions } from '../../host/session.ts';
import { readDiskFile } from '../../host/trees/disk-file.ts';
import type { WorktreeChange } from '../../host/trees/worktree-change.ts';
import { hunkStates } from '../reporters/hunk-state.ts';
import type { FolderAnswer } from './answer.ts';
import { createIgnoredFiles } from './ignored-files.ts';
import { findPlaces, type Places, toRepoPath } from './places.ts';
import type { Work } from './worker-messages.ts';

/** Saved files above this are listed anew instead of being read here. */
const MOST_SAVED_BYTES = 8_388_608;
const LEAST_PATIENCE_MS = 100;
const MOST_PATIENCE_MS = 20_000;
/** Files that stay read between keystrokes. */
const MEMO_FILES = 4_096;

/** The live state of one folder in its worker: the repository, what was listed of it, the texts since, and what was read. */
export interface Analysis {
  /** Answers for everything told so far. Errors: those of the session. */
  analyse(work: Work): Promise<Omit<FolderAnswer, 'revision'>>;
  /**
   * Loads what the open documents will need, so that the first keystroke does not wait for a grammar or a compiler, and keeps what
   * was found for the next start.
   */
  warm(): Promise<void>;
  /** True while a document is open that a language reads. */
  hasOpen(language: string): boolean;
  /** Lets go of what was said before the compiler answered. */
  learnTypes(): void;
  /** The change as it was told last. */
  change(): WorktreeChange;
  /** Text of a file in the baseline; undefined where it had none. */
  before(file: string): { readonly text: string | undefined; readonly baseline: string };
  readonly session: Session;
  readonly places: Places;
  /** Milliseconds after which git must be asked about files that nobody knows yet; undefined where there are none. */
  readonly strangersDue: number | undefined;
  close(): void;
}

/** Opens the repository of a folder. Errors: `not-a-repository`, `git-missing`, `no-working-tree`. */
export function openAnalysis(folder: string, options: SessionOptions): Analysis {
  const session = openSession(folder, options);
  const { repository } = session;
  const { root } = repository;
  if (root === undefined) throw new AppError('no-working-tree', `expected a working tree at ${folder}, found a bare repository`);
  const places = findPlaces(folder, realpathSync(folder), realpathSync(root));
  const memo = createMemo(MEMO_FILES);
  const buffers = new Map<RepoPath, string>();
  /** Documents that were opened and not read yet, the newest last. */
  const unread = new Set<RepoPath>();
  /** Files that changed on disk since the listing, and are not open. */
  const saved = new Map<RepoPath, string>();
  let strangers = new Set<RepoPath>();
  const ignored = createIgnoredFiles((path) => buffers.has(path));
  /** A build that writes thousands of ignored files must not be answered with a listing for each. */
  let patience = LEAST_PATIENCE_MS;
  let listing: { readonly change: WorktreeChange; readonly paths: ReadonlySet<RepoPath> } | undefined;

  const list = (): NonNullable<typeof listing> => {
    const change = session.worktree();
    const paths = new Set([...change.before.paths(), ...change.touched]);
    if (strangers.size > 0)
      patience = [...strangers].some((path) => paths.has(path)) ? LEAST_PATIENCE_MS : Math.min(2 * patience, MOST_PATIENCE_MS);
    ignored.learn(strangers, (path) => paths.has(path));
    strangers = new Set();
    saved.clear();
    listing = { change, paths };
    return listing;
  };

  /** Takes note of a file on disk. False where only git can say what became of it. */
  const noteSaved = (path: RepoPath): boolean => {
    if (buffers.has(path) || ignored.has(path) || path.startsWith(CARRIER_FOLDER)) return true;
    if (listing?.paths.has(path) !== true) {
      strangers.add(path);
      return true;
    }
    const text = textOnDisk(root, path);
    if (text === undefined) return false;
    saved.set(path, text);
    return true;
  };

  const take = ({ documents, files, relist }: Work): void => {
    const closed: RepoPath[] = [];
    for (const [file, text] of Object.entries(documents)) {
      const path = toRepoPath(places, file);
      if (path === undefined) continue;
      if (text === null) closed.push(path);
      if (text === null) buffers.delete(path);
      else {
        if (!buffers.has(path)) unread.add(path);
        buffers.set(path, text);
      }
    }
    const onDisk = [...closed, ...files.flatMap((file) => toRepoPath(places, file) ?? [])];
    const attributesChanged = onDisk.some((path) => path.endsWith('.gitattributes') || path.endsWith('.gitignore'));
    if (attributesChanged) ignored.clear();
    // Every file is noted, whatever the first one says.
    const known = onDisk.map(noteSaved);
    if (relist || attributesChanged || listing === undefined || known.includes(false)) list();
  };

  const changeNow = (): WorktreeChange => {
    const { change } = listing ?? list();
    const differing = new Map<RepoPath, string>(saved);
    for (const [path, text] of buffers) {
      if (ignored.has(path)) continue;
      const known = saved.has(path) ? undefined : change.after.read(path);
      // Bytes that are no UTF-8 look like text in an editor; they stay what they are in git, a blind spot.
      if (known?.kind === 'unread' && (known.reason === 'not-utf8' || known.reason === 'binary')) continue;
      if (known?.kind === 'text' && known.text === text) continue;
      differing.set(path, text);
    }
    return change.withBuffers(differing);
  };

  /** Reads the base of one open document, as the first keystroke in it would: one at a time, for the next keystroke may be there. */
  const readAhead = (): void => {
    const path = [...unread].at(-1);
    if (path === undefined) return;
    unread.delete(path);
    const content = buffers.has(path) ? listing?.change.before.read(path) : undefined;
    if (content?.kind !== 'text') return;
    memo.facts(
      path,
      content.text,
      () => readFacts(path, content.text),
      () => followFacts(path),
    );
  };

  return {
    session,
    places,
    async analyse(work) {
      take(work);
      const { assessment, policy, coverage, warnings } = await session.reviewChange(changeNow(), { memo, isDraft: true });
      return {
        places,
        commonDir: repository.commonDir,
        baseline: assessment.before,
        assessment,
        policy,
        warnings,
        states: hunkStates(assessment, coverage),
      };
    },
    warm: async () => {
      await prepareLanguages(buffers.keys(), options.readAsset);
      readAhead();
      readPast(changeNow());
      session.saveScans();
    },
    hasOpen: (language) => [...buffers.keys()].some((path) => languageOf(path)?.id === language),
    learnTypes: () => forgetJudged(memo),
    change: changeNow,
    before(file) {
      const { change } = listing ?? list();
      const path = toRepoPath(places, file);
      const content = path === undefined ? undefined : change.before.read(path);
      return { text: content?.kind === 'text' ? content.text : undefined, baseline: change.before.id };
    },
    get strangersDue() {
      return strangers.size > 0 ? patience : undefined;
    },
    close: () => session.close(),
  };
}

/** Asks for what the first score asks for: a listing of a thousand commits, which is kept. */
function readPast({ history }: WorktreeChange): void {
  void [history?.commits, history?.authors];
}

/** The file's text, or undefined where it is gone or no text: then a new listing says what it is. */
function textOnDisk(root: string, path: RepoPath): string | undefined {
  const file = readDiskFile(root, path, MOST_SAVED_BYTES);
  if (file.kind !== 'file' || file.bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file.bytes);
  } catch {
    // No UTF-8: the trees name it as a blind spot.
    return undefined;
  }
}
