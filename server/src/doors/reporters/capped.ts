/**
 * The part of a list that is shown where it is longer than `most`: one more where that is all of it, because `and 1 more` takes the
 * line that the one would have taken.
 */
export function capped<T>(list: readonly T[], most: number): readonly T[] {
  return list.length === most + 1 ? list : list.slice(0, most);
}
