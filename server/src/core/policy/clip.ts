/** A found text for an error, at most 60 characters. It stands by itself, because who only looks a key up needs no reader of YAML. */
export function clip(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
