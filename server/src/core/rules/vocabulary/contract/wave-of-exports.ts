import type { FindingDraft } from '../../../model/finding.ts';
import { SEVERITIES } from '../../../model/finding.ts';
import type { BlastRadius } from '../../../model/radius.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { WAVE_OF_EXPORTS } from '../../thresholds.ts';
import { shorten } from '../code/call-names.ts';
import { fanIn } from './contract-callers.ts';

/** What would be said of one symbol that is gone. */
export interface LostExport {
  readonly name: string;
  readonly draft: FindingDraft & { readonly radius: BlastRadius };
}

/** Places that a finding about many names. */
const MOST_RELATED = 10;
const MOST_DEPENDENTS = 100;

/**
 * One finding for each symbol that a hunk lost; beyond `WAVE_OF_EXPORTS` one for all, which says how many and names the two that
 * the most files ask for. It stands from the first to the last of them, so that its fingerprint is made of them all: one more, or one
 * less, asks anew. It weighs what the heaviest weighs (test/mass-deletion.test.ts).
 */
export function tellWave(input: RuleInput, lost: readonly LostExport[]): readonly FindingDraft[] {
  if (lost.length <= WAVE_OF_EXPORTS) return lost.map(({ draft }) => draft);
  const widest = [...lost].sort((a, b) => b.draft.radius.files - a.draft.radius.files || startOf(a) - startOf(b));
  const [first, second] = widest;
  const byPlace = [...lost].sort((a, b) => startOf(a) - startOf(b));
  const [top, bottom] = [byPlace[0], byPlace.reduce((low, one) => (endOf(one) > endOf(low) ? one : low), lost[0] as LostExport)];
  if (first === undefined || second === undefined || top === undefined) return lost.map(({ draft }) => draft);
  const radius = union(
    input,
    widest.map(({ draft }) => draft.radius),
  );
  const names = `\`${shorten(first.name, 14)}\`, \`${shorten(second.name, 14)}\` and ${lost.length - 2} more`;
  return [
    {
      side: 'before',
      range: { start: top.draft.range.start, end: bottom.draft.range.end },
      message: fitMessage(`${names} are gone; ${fanIn(radius)}`),
      severity: heaviest(lost),
      radius,
      related: widest.slice(0, MOST_RELATED).flatMap(({ draft }) => draft.radius.dependents.slice(0, 1)),
    },
  ];
}

function startOf({ draft }: LostExport): number {
  return draft.range.start.line;
}

function endOf({ draft }: LostExport): number {
  return draft.range.end.line;
}

function heaviest(lost: readonly LostExport[]): NonNullable<FindingDraft['severity']> {
  // What a draft leaves out is the rule's own severity.
  const found = new Set(lost.map(({ draft }) => draft.severity ?? 'high'));
  return [...SEVERITIES].reverse().find((severity) => found.has(severity)) ?? 'high';
}

/** Of one file's symbols, the widest first. Where one lists fewer dependents than it counts, files can only be added up: at most so many. */
function union({ trees }: RuleInput, radii: readonly BlastRadius[]): BlastRadius {
  const sum = (count: (radius: BlastRadius) => number): number => radii.reduce((all, radius) => all + count(radius), 0);
  const isListed = radii.every(({ references, dependents }) => references <= dependents.length);
  const paths = new Set(radii.flatMap(({ dependents }) => dependents.map(({ path }) => path)));
  const most = trees.before.paths().length;
  const foreign = radii.flatMap((radius) => radius.foreign ?? []).sort((a, b) => b.files - a.files)[0];
  const bound = (count: (radius: BlastRadius) => number): number => Math.min(most, sum(count));
  const files = isListed
    ? Math.min(
        paths.size,
        bound((radius) => radius.files),
      )
    : bound((radius) => radius.files);
  return {
    references: sum((radius) => radius.references),
    files,
    transitiveFiles: bound((radius) => radius.transitiveFiles),
    packages: Math.min(
      files,
      sum((radius) => radius.packages),
    ),
    tests: Math.min(
      files,
      sum((radius) => radius.tests),
    ),
    exported: true,
    method: radii.every(({ method }) => method === radii[0]?.method) ? (radii[0]?.method ?? 'names') : 'names',
    atMost: !isListed || radii.some(({ atMost }) => atMost),
    dependents: radii.flatMap(({ dependents }) => dependents.slice(0, 1)).slice(0, MOST_DEPENDENTS),
    ...(foreign === undefined ? {} : { foreign }),
  };
}
