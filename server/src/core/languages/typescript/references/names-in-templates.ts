import type { Code } from './code.ts';
import { mentionsOf } from './mentions.ts';

/** Where a template calls a name otherwise than the script does: `<pay-form>` is `PayForm`, `v-focus` is `vFocus`, `$paid` is `paid`. */
export function spelledInTemplates(code: Code, word: string): readonly number[] {
  if (code.scripts === undefined) return [];
  const dashed = word.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  const others = [`$${word}`, ...(dashed === word ? [] : [dashed])];
  return others
    .flatMap((other) => mentionsOf(code.text, other))
    .filter((start) => code.text.charAt(start) === '$' || isTemplate(code, start));
}

/** Whether an offset stands outside of the scripts of a file that is more than a script. */
export function isTemplate({ scripts }: Code, at: number): boolean {
  if (scripts === undefined) return false;
  let [low, high] = [0, scripts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((scripts[middle]?.end ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return (scripts[low]?.start ?? Number.POSITIVE_INFINITY) > at;
}
