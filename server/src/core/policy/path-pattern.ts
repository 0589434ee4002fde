import { Minimatch } from 'minimatch';

/** Braces multiply: a short pattern can stand for millions, and minimatch would silently drop those above a limit. */
const MOST_ALTERNATIVES = 1000;

/** One dialect on every machine: POSIX separators, dot files count, `!` and `#` are plain characters. */
const OPTIONS = { dot: true, nonegate: true, nocomment: true, platform: 'linux', braceExpandMax: MOST_ALTERNATIVES } as const;

const compiled = new Map<string, Minimatch>();
const MOST_COMPILED = 1000;

/** True where a repository path matches a pattern of the policy (minimatch syntax, whole path from the root). */
export function matchesPattern(pattern: string, path: string): boolean {
  let matcher = compiled.get(pattern);
  if (matcher === undefined) {
    matcher = new Minimatch(pattern, OPTIONS);
    if (compiled.size >= MOST_COMPILED) compiled.clear();
    compiled.set(pattern, matcher);
  }
  return matcher.match(path);
}

/** Why a pattern could never match what its author means, or undefined where it is sound. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern === '') return 'the pattern is empty';
  if (pattern.length > 1000) return `the pattern has ${pattern.length} characters, limit 1000`;
  if (pattern.startsWith('/')) return 'a pattern starts at the repository root and has no leading `/`';
  if (pattern.startsWith('!')) return 'a pattern cannot be negated: paths only raise';
  if (pattern.split('/').some((segment) => segment === '.' || segment === '..')) return 'a pattern has no `.` or `..` segment';
  if (/(?:^|[^\\])(?:\\\\)*\\$/.test(pattern)) return 'the pattern ends in a lone backslash';
  const open = unclosed(pattern);
  if (open !== undefined) return `\`${open}\` is not closed`;
  try {
    const alternatives = new Minimatch(pattern, OPTIONS).set.length;
    if (alternatives >= MOST_ALTERNATIVES) return `the braces stand for ${MOST_ALTERNATIVES} patterns or more`;
    return alternatives === 0 ? 'the pattern matches nothing' : undefined;
  } catch (error) {
    return `the pattern does not parse: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Minimatch reads an unclosed bracket or brace as a plain character, so a typing slip would silently match nothing. */
function unclosed(pattern: string): string | undefined {
  const pairs: Readonly<Record<string, string>> = { '[': ']', '{': '}', '(': ')' };
  const stack: string[] = [];
  for (let i = 0; i < pattern.length; i += 1) {
    const character = pattern.charAt(i);
    if (character === '\\') i += 1;
    else if (stack.at(-1) === '[') {
      if (character === ']') stack.pop();
    } else if (character in pairs) stack.push(character);
    else if (character === pairs[stack.at(-1) ?? '']) stack.pop();
  }
  return stack.at(-1);
}
