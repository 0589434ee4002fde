import type { AskedHunk } from '../../core/signoff/request.ts';
import type { Session } from '../session.ts';
import type { RequestView } from './view-request.ts';

/** The two texts that a person compares for one hunk. */
export interface HunkSides {
  readonly before: string;
  readonly after: string;
  /** First line of the hunk in `after`, from 1. */
  readonly line: number;
  /** True where the texts are the few lines that the author's file holds, and no whole file. */
  readonly isExcerpt: boolean;
}

/** The files of both commits where they are here, else the lines of the request with the unchanged ones around them. */
export function sidesOf({ repository }: Session, { kind, assessment }: RequestView, { hunk, context }: AskedHunk): HunkSides {
  if (kind === 'recomputed') {
    const before = repository.commitTree(assessment.before).read(hunk.previousPath ?? hunk.path);
    const after = repository.commitTree(assessment.after).read(hunk.path);
    const isText = (before === undefined || before.kind === 'text') && (after === undefined || after.kind === 'text');
    if (isText) {
      const text = (content: typeof before): string => (content?.kind === 'text' ? content.text : '');
      return { before: text(before), after: text(after), line: Math.max(1, hunk.after.start), isExcerpt: false };
    }
  }
  const around = (lines: readonly string[]): string => {
    const text = [...context.above.map((line) => `${line}\n`), ...lines].join('');
    const isOpen = text !== '' && !text.endsWith('\n');
    return `${text}${isOpen && context.below.length > 0 ? '\n' : ''}${context.below.map((line) => `${line}\n`).join('')}`;
  };
  return { before: around(hunk.removed), after: around(hunk.added), line: context.above.length + 1, isExcerpt: true };
}
