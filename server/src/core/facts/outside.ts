import type { Fact, FactKind, FileFacts } from '../model/facts.ts';
import type { AnalysedChange } from './analyse-change.ts';
import type { FileAnalysis } from './analyse-file.ts';
import { FACT_KINDS } from './kinds.ts';
import { pathContext } from './path-context.ts';
import type { Residue } from './residue.ts';
import { isUnasked } from './unasked-modules.ts';

/**
 * What a change added to the files other than one, or removed from them, before anything cancelled across files. A kind is gathered
 * when it is first asked for: most files lose nothing that could have gone elsewhere, and in a change of five thousand each asks
 * about all others (test/mass-deletion.test.ts). Tests and documents run for nobody: what they say now vouches for no file of the program,
 * and what they lost was none of it (test/rules/access/auth-guard-removed/flags-guard-in-a-test-alone.diff).
 */
export function outside(analysed: AnalysedChange, own: FileAnalysis, side: keyof Residue): () => FileFacts {
  let gathered: FileFacts | undefined;
  return () => {
    gathered ??= withoutOwn(analysed, own, side);
    return gathered;
  };
}

/** Facts of one kind of all files, in the order of the files, and where each file's begin and end. */
interface Whole {
  readonly facts: readonly Fact[];
  readonly spans: ReadonlyMap<FileAnalysis, readonly [start: number, end: number]>;
}

const WHOLE = new WeakMap<AnalysedChange, Map<string, Whole>>();

function wholeOf(analysed: AnalysedChange, side: keyof Residue, kind: FactKind, ofProgram: boolean): Whole {
  const known = WHOLE.get(analysed) ?? new Map<string, Whole>();
  WHOLE.set(analysed, known);
  const name = `${side} ${kind} ${ofProgram}`;
  const found = known.get(name);
  if (found !== undefined) return found;
  const facts: Fact[] = [];
  const spans = new Map<FileAnalysis, readonly [number, number]>();
  for (const { analysis } of analysed.files) {
    if (ofProgram && (isBeside(analysis) || (side === 'added' && isUnasked(analysis, analysed)))) continue;
    const start = facts.length;
    for (const fact of analysis.residue[side][kind]) facts.push(fact);
    spans.set(analysis, [start, facts.length]);
  }
  const whole = { facts, spans };
  known.set(name, whole);
  return whole;
}

/** A file that nothing of the program is run from. */
function isBeside({ file }: FileAnalysis): boolean {
  return /^(test|documentation)$/.test(pathContext(file.path));
}

function withoutOwn(analysed: AnalysedChange, own: FileAnalysis, side: keyof Residue): FileFacts {
  const made: Partial<Record<FactKind, readonly Fact[]>> = {};
  const facts = {};
  for (const kind of FACT_KINDS)
    Object.defineProperty(facts, kind, {
      enumerable: true,
      get: () => {
        made[kind] ??= othersOf(wholeOf(analysed, side, kind, !isBeside(own)), own);
        return made[kind];
      },
    });
  // Every kind was defined with facts of its own kind, which the loop cannot express in a type.
  return facts as FileFacts;
}

function othersOf({ facts, spans }: Whole, own: FileAnalysis): readonly Fact[] {
  const [start, end] = spans.get(own) ?? [0, 0];
  // Of a file that changed nothing of the kind all others are one and the same list.
  return start === end ? facts : [...facts.slice(0, start), ...facts.slice(end)];
}
