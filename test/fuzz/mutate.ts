/** Numbers of a seed: the same on every machine (mulberry32, public domain). */
export type Random = (below: number) => number;

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

type Mutation = (text: string, random: Random, other: string) => string;

/** What half-typed code, a bad merge, a generator or an enemy may do to a file. */
const MUTATIONS: readonly Mutation[] = [
  (text, random) => cutLines(text, random, 1),
  (text, random) => cutLines(text, random, 8),
  (text, random) => repeatLines(text, random),
  (text, random) => swapLines(text, random),
  (text, random) => text.slice(0, random(text.length + 1)),
  (text, random) => insertAt(text, random(text.length + 1), ODDITIES[random(ODDITIES.length)] ?? ''),
  (text, random) => replaceWord(text, random),
  (text, random, other) => insertAt(text, random(text.length + 1), sliceOf(other, random)),
  (text, random) => deleteAt(text, random),
  (text) => text.replaceAll('\n', '\r\n'),
  (text, random) => nest(text, random),
  (text, random) => lengthen(text, random),
];

const ODDITIES = [
  '\0',
  '\ufeff',
  '\ud800',
  '\u2028',
  '"',
  "'",
  '`',
  '{',
  '}',
  '(',
  ')',
  '[',
  '<!--',
  '*/',
  '/*',
  '#',
  '//',
  '${',
  '{{',
  '---\n',
  '\\',
  '&a *a',
  '<<EOF\n',
  '$$',
  ';',
  '\t',
  '%',
  '𝒳',
  'é',
  '|',
  '>-\n',
  '@',
  '!!',
];

/** One to three mutations of a text. `other` is a file of any kind, to splice in. */
export function mutate(text: string, random: Random, other: string): string {
  let mutated = text;
  for (let left = 1 + random(3); left > 0; left--) mutated = MUTATIONS[random(MUTATIONS.length)]?.(mutated, random, other) ?? mutated;
  return mutated;
}

function cutLines(text: string, random: Random, most: number): string {
  const lines = text.split('\n');
  lines.splice(random(lines.length), 1 + random(most));
  return lines.join('\n');
}

function repeatLines(text: string, random: Random): string {
  const lines = text.split('\n');
  const at = random(lines.length);
  const piece = lines.slice(at, at + 1 + random(5));
  const times = random(20) === 0 ? 200 : 1 + random(3);
  lines.splice(at, 0, ...Array.from({ length: times }, () => piece).flat());
  return lines.join('\n');
}

function swapLines(text: string, random: Random): string {
  const lines = text.split('\n');
  const [a, b] = [random(lines.length), random(lines.length)];
  [lines[a], lines[b]] = [lines[b] ?? '', lines[a] ?? ''];
  return lines.join('\n');
}

function insertAt(text: string, at: number, piece: string): string {
  return text.slice(0, at) + piece + text.slice(at);
}

function deleteAt(text: string, random: Random): string {
  const at = random(text.length + 1);
  return text.slice(0, at) + text.slice(at + 1 + random(40));
}

function sliceOf(text: string, random: Random): string {
  const at = random(text.length + 1);
  return text.slice(at, at + 1 + random(400));
}

function replaceWord(text: string, random: Random): string {
  const words = [...text.matchAll(/\w+/g)];
  const word = words[random(words.length)];
  if (word === undefined) return text;
  const instead = ['0', '-1', '999999999999999999999', 'true', 'null', '*', '', 'x', 'DROP', 'rm'][random(10)] ?? '';
  return text.slice(0, word.index) + instead + text.slice(word.index + word[0].length);
}

const PAIRS: readonly (readonly [open: string, close: string])[] = [
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
  ['f(', ')'],
  ['if (a) {', '}'],
  ['  - ', ''],
];

function nest(text: string, random: Random): string {
  const [open, close] = PAIRS[random(PAIRS.length)] ?? ['(', ')'];
  const depth = 1 + random(random(10) === 0 ? 5_000 : 50);
  return insertAt(text, random(text.length + 1), open.repeat(depth) + close.repeat(depth));
}

function lengthen(text: string, random: Random): string {
  const piece = ['a', ' ', 'a ', '\\', '"', 'x,', '/', '-', '$(', 'a.b'][random(10)] ?? 'a';
  return insertAt(text, random(text.length + 1), piece.repeat(1 + random(random(10) === 0 ? 60_000 : 500)));
}
