/** What `paths` of a tsconfig says: where names are looked for, by what they begin and end with. */
export interface PathPatterns {
  /** How many patterns there are. */
  readonly size: number;
  /** Places in the tree that a specifier is looked for at, in the compiler's order: names without `*` first, then the longest head. */
  targetsOf(specifier: string): readonly string[];
}

/** One pattern with a `*`. */
interface Pattern {
  readonly tail: string;
  readonly targets: readonly string[];
}

/** Patterns that begin alike. */
interface Heads {
  readonly byTail: Map<string, Pattern>;
  readonly tailLengths: Set<number>;
}

/** `place` turns a target as it is written into its place in the tree. A question costs the same with three patterns and with thousands. */
export function createPathPatterns(
  paths: Readonly<Record<string, readonly string[]>>,
  place: (path: string) => string | undefined,
): PathPatterns {
  const exact = new Map<string, readonly string[]>();
  const heads = new Map<string, Heads>();
  for (const [pattern, written] of Object.entries(paths)) {
    const targets = written.map(place).filter((target) => target !== undefined);
    const star = pattern.indexOf('*');
    if (star < 0) {
      exact.set(pattern, targets);
      continue;
    }
    const [head, tail] = [pattern.slice(0, star), pattern.slice(star + 1)];
    const alike = heads.get(head) ?? { byTail: new Map(), tailLengths: new Set() };
    heads.set(head, alike);
    alike.byTail.set(tail, { tail, targets });
    alike.tailLengths.add(tail.length);
  }
  const headLengths = [...new Set([...heads.keys()].map((head) => head.length))].sort((a, b) => b - a);

  return {
    size: Object.keys(paths).length,
    targetsOf(specifier) {
      const found = [...(exact.get(specifier) ?? [])];
      for (const length of headLengths) {
        if (length > specifier.length) continue;
        const alike = heads.get(specifier.slice(0, length));
        if (alike === undefined) continue;
        for (const { tail, targets } of fitting(alike, specifier, length)) {
          const middle = specifier.slice(length, specifier.length - tail.length);
          for (const target of targets) found.push(target.replace('*', () => middle));
        }
      }
      return found;
    },
  };
}

function fitting({ byTail, tailLengths }: Heads, specifier: string, from: number): readonly Pattern[] {
  const found: Pattern[] = [];
  for (const length of tailLengths) {
    const pattern = from + length > specifier.length ? undefined : byTail.get(specifier.slice(specifier.length - length));
    if (pattern !== undefined) found.push(pattern);
  }
  return found;
}
