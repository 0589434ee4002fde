import type { ForeignAnswer, ForeignRadius } from '../../core/model/foreign.ts';
import { plural } from './review-report.ts';

/** Lines of other repositories that are listed; the count of uses is always the whole. */
const LISTED_PLACES = 3;

/**
 * Dependents in other repositories, a part each: `at least 5 dependents in 2 files of 1 other repository`, where, by indexes of
 * what age, and which index gave no answer. An index is a snapshot of some repositories, so a count is never told as the whole,
 * and none found is told as what it is.
 */
export function foreignText(radius: ForeignRadius): readonly string[] {
  const read = radius.indexes.filter(({ problem }) => problem === undefined);
  const unread = radius.indexes.filter(({ problem }) => problem !== undefined);
  const using = read.filter(({ references }) => references > 0);
  const likely = radius.isLikely ? ', some by name alone' : '';
  const found =
    using.length === 0
      ? [`none found in ${read.length === 1 ? '1 other repository' : `${read.length} other repositories`} (${ages(read)})`]
      : [
          `elsewhere at least ${plural(radius.references, 'dependent')} in ${plural(radius.files, 'file')} of ${using.map(describe).join(', ')}${likely}`,
        ];
  return [...(read.length === 0 ? [] : found), ...unread.map(({ repository, problem }) => `${repository} not analysed: ${problem}`)];
}

/** The first lines of other repositories that use one of some symbols: `shop: src/cart.ts:12`. */
export function foreignPlaces(radii: readonly ForeignRadius[]): readonly string[] {
  const lines = [
    ...new Set(radii.flatMap(({ dependents }) => dependents.map(({ repository, path, line }) => `${repository}: ${path}:${line}`))),
  ];
  return lines.length > LISTED_PLACES ? [...lines.slice(0, LISTED_PLACES), 'and more elsewhere'] : lines;
}

/** `shop (1.2.0, as of 2026-10-01)`. */
function describe(answer: ForeignAnswer): string {
  const versions = answer.versions.length === 0 ? '' : `${answer.versions.join(' ')}, `;
  return `${answer.repository} (${versions}${ageOf(answer)})`;
}

function ageOf({ commit, made }: ForeignAnswer): string {
  const parts = [
    ...(commit === undefined ? [] : [`at ${commit.slice(0, 12)}`]),
    ...(made === undefined ? [] : [`as of ${made.slice(0, 10)}`]),
  ];
  return parts.length === 0 ? 'of unknown age' : parts.join(', ');
}

/** The oldest says how much the answer is worth. */
function ages(answers: readonly ForeignAnswer[]): string {
  if (answers.some(({ commit, made }) => made === undefined && commit === undefined)) return 'of unknown age';
  const dates = answers.flatMap(({ made }) => (made === undefined ? [] : [made.slice(0, 10)])).sort();
  return dates[0] === undefined ? 'by commit' : `as of ${dates[0]}${dates.length > 1 ? ' and later' : ''}`;
}

/** The field `foreign` of a radius for scripts (docs/cli.md), written by hand like the rest of that contract. */
export function foreignJson(radius: ForeignRadius): object {
  return {
    method: radius.method,
    references: radius.references,
    files: radius.files,
    repositories: radius.repositories,
    atLeast: true,
    likely: radius.isLikely,
    indexes: radius.indexes.map((index) => ({
      repository: index.repository,
      ...(index.commit === undefined ? {} : { commit: index.commit }),
      ...(index.made === undefined ? {} : { made: index.made }),
      versions: index.versions,
      references: index.references,
      files: index.files,
      analysed: index.problem === undefined,
      ...(index.problem === undefined ? {} : { problem: index.problem }),
    })),
    dependents: radius.dependents.map(({ repository, path, line, character, kind }) => ({ repository, path, line, character, kind })),
  };
}
