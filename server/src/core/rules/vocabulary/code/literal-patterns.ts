/** A text of the program as a regular expression takes it by the letter: what stands for a name may be any words of a broken file. */
export function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
