import type { Fact, FileFacts } from '../model/facts.ts';
import type { AnalysedChange } from './analyse-change.ts';
import type { FileAnalysis } from './analyse-file.ts';
import { mapKinds } from './kinds.ts';
import type { Residue } from './residue.ts';

/**
 * What a change added to the files other than one, or removed from them, before anything cancelled across files. Gathered when
 * it is first asked for: most files lose nothing that could have gone elsewhere.
 */
export function outside(analysed: AnalysedChange, own: FileAnalysis, side: keyof Residue): () => FileFacts {
  let gathered: FileFacts | undefined;
  return () => {
    gathered ??= mapKinds((kind) =>
      analysed.files.flatMap(({ analysis }): readonly Fact[] => (analysis === own ? [] : analysis.residue[side][kind])),
    );
    return gathered;
  };
}
