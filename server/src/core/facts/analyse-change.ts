import type { FileChange } from '../model/change.ts';
import type { Hunk } from '../model/hunk.ts';
import type { BlindSpot, FileContent, RepoPath } from '../model/tree.ts';
import { analyseFile, type FileAnalysis } from './analyse-file.ts';
import type { Memo } from './memo.ts';
import { pathContext } from './path-context.ts';
import { cancelAcrossFiles, type MovableResidue, type Residue } from './residue.ts';
import { runPlace } from './run-place.ts';

/** Splits files into hunks. Given by `assess`, because rooms do not visit each other. */
export type SplitHunks = (files: readonly FileChange[]) => { readonly hunks: readonly Hunk[]; readonly blindSpots: readonly BlindSpot[] };

export interface AnalysedChange {
  readonly files: readonly { readonly analysis: FileAnalysis; readonly residue: Residue }[];
  readonly blindSpots: readonly BlindSpot[];
}

/** The same change with other texts on the after side of some files, read anew; hunks are those of the change itself. */
export function analyseOver({ files, blindSpots }: AnalysedChange, texts: ReadonlyMap<RepoPath, string>): AnalysedChange {
  const analyses = files.map(({ analysis }): FileAnalysis => {
    const text = texts.get(analysis.file.path);
    if (text === undefined) return analysis;
    const known = textOf(analysis.file.before);
    const memo: Memo = {
      analysis: (_path, _before, _after, analyse) => analyse(),
      facts: (_path, wanted, read) => (wanted === known ? analysis.before : read()),
    };
    return analyseFile({ ...analysis.file, after: { kind: 'text', text } }, analysis.hunks, memo);
  });
  const residues = cancelAcrossFiles(analyses.map(movable));
  return { files: analyses.map((analysis, index) => ({ analysis, residue: residues[index] ?? analysis.residue })), blindSpots };
}

/** Reads every file of a change, then cancels across files what only moved from one to another. */
export function analyseChange(files: readonly FileChange[], split: SplitHunks, memo: Memo): AnalysedChange {
  const analyses = files.map((file) => analyseOnce(file, split, memo));
  const residues = cancelAcrossFiles(analyses.map(movable));
  return {
    files: analyses.map((analysis, index) => ({ analysis, residue: residues[index] ?? analysis.residue })),
    blindSpots: analyses.flatMap((analysis) => analysis.blindSpots),
  };
}

function movable({ file, residue, after }: FileAnalysis): MovableResidue {
  return {
    residue,
    place: `${pathContext(file.path)} ${runPlace(file.path)}`,
    // A side that was not analysed has lost nothing that we know of.
    scopesLeft: file.after === undefined ? undefined : new Set(after?.scopes.map((scope) => scope.name)),
  };
}

function analyseOnce(file: FileChange, split: SplitHunks, memo: Memo): FileAnalysis {
  const analyse = (): FileAnalysis => {
    const { hunks, blindSpots } = split([file]);
    const analysis = analyseFile(file, hunks, memo);
    return { ...analysis, blindSpots: [...blindSpots, ...analysis.blindSpots] };
  };
  // What could not be read may be readable the next time, and a rename is a function of other files: neither is remembered.
  if (file.before?.kind === 'unread' || file.after?.kind === 'unread' || file.previousPath !== undefined) return analyse();
  return memo.analysis(file.path, textOf(file.before), textOf(file.after), analyse);
}

function textOf(content: FileContent | undefined): string | undefined {
  return content?.kind === 'text' ? content.text : undefined;
}
