import type { AssessedHunk } from '../../core/model/assessment.ts';
import type { AppErrorCode } from '../../host/app-error.ts';
import type { RequestView } from '../../host/signoff/view-request.ts';
import type { SignoffRange } from '../../protocol.ts';
import type { FolderAnswer } from './answer.ts';

/** What changed since the last analysis. Files are absolute paths as the editor spells them. */
export interface Work {
  /** New texts of open documents; null where one was closed. */
  readonly documents: Readonly<Record<string, string | null>>;
  /** Files that were saved, created, changed or deleted on disk. */
  readonly files: readonly string[];
  /** True where the list of changed paths must be asked of git anew: HEAD moved, or the index was written. */
  readonly relist: boolean;
}

export const NO_WORK: Work = { documents: {}, files: [], relist: false };

/** The newer of two works wins per document; everything else adds up. */
export function mergeWork(older: Work, newer: Work): Work {
  return {
    documents: { ...older.documents, ...newer.documents },
    files: [...new Set([...older.files, ...newer.files])],
    relist: older.relist || newer.relist,
  };
}

/** What the main thread asks beside analyses. Answered on the texts of the last analysis. */
export type Question =
  | { readonly kind: 'before'; readonly file: string }
  | { readonly kind: 'verify'; readonly base?: string; readonly head?: string }
  | { readonly kind: 'staged' }
  | { readonly kind: 'rules'; readonly rules: readonly string[] }
  /** Who depends on what a hunk changes, or on the exported symbol at a line (1-based) of a file. */
  | { readonly kind: 'impact'; readonly of: AssessedHunk | { readonly file: string; readonly line: number } }
  /** The text of a request, read and found anew where its commits are here. */
  | { readonly kind: 'signoff-view'; readonly text: string }
  | { readonly kind: 'signoff-sides'; readonly view: RequestView; readonly hunkId: string }
  | { readonly kind: 'signoff-request'; readonly range: SignoffRange }
  /** `file` is absolute. What is taken goes into the ledger. */
  | { readonly kind: 'signoff-import'; readonly range: SignoffRange; readonly file: string };

export type ToWorker =
  | { readonly kind: 'analyse'; readonly revision: number; readonly work: Work }
  | { readonly kind: 'question'; readonly id: number; readonly question: Question }
  /** End, and leave nothing behind. */
  | { readonly kind: 'close' };

/** A failure as plain data: an Error loses its code on the way between threads. */
export interface Failure {
  readonly code: AppErrorCode | 'crashed';
  readonly message: string;
}

export type FromWorker =
  | { readonly kind: 'answer'; readonly answer: FolderAnswer }
  | { readonly kind: 'failed'; readonly revision: number; readonly failure: Failure }
  /**
   * Something outside the documents changed: `head` covers HEAD and the index, `ledger` another window's record, `types` is an answer
   * of the compiler that makes an upper bound exact.
   */
  | { readonly kind: 'moved'; readonly what: 'head' | 'ledger' | 'types' }
  | { readonly kind: 'reply'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refused'; readonly id: number; readonly failure: Failure }
  | { readonly kind: 'log'; readonly line: string };
