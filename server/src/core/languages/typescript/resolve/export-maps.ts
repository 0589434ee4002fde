/**
 * `exports` and `imports` of a package.json, as Node and the compiler read them (nodejs.org/api/packages.html), but for all
 * conditions at once: who builds with which of them is not known, and a file that any of them reaches has a dependent.
 */
export type Offer =
  /** Targets as they are written, the likeliest first. */
  | { readonly kind: 'targets'; readonly targets: readonly string[] }
  /** Said to be closed: `null`. */
  | { readonly kind: 'closed' }
  /** Not named at all. */
  | { readonly kind: 'unnamed' };

/** Conditions that hold in one environment only; their targets come after those of the plain ones. */
const SPECIAL = new Set(
  'browser worker worklet workerd deno bun react-native react-server edge-light edge edge-routine electron netlify nitro production require script umd style sass'.split(
    ' ',
  ),
);

const DEEPEST = 24;

/** What a map offers for a subpath (`.`, `./server`) or an internal name (`#config`). */
export function offerOf(map: unknown, subpath: string): Offer {
  if (map === undefined) return { kind: 'unnamed' };
  if (!isSubpathMap(map)) return subpath === '.' ? offerAt(map, undefined) : { kind: 'unnamed' };
  const exact = subpath.includes('*') || subpath.endsWith('/') || !Object.hasOwn(map, subpath) ? undefined : map[subpath];
  if (exact !== undefined) return offerAt(exact, undefined);
  let best: string | undefined;
  for (const key of Object.keys(map)) if (fits(key, subpath) && (best === undefined || isCloser(key, best))) best = key;
  if (best === undefined) return { kind: 'unnamed' };
  const star = best.indexOf('*');
  const [head, tail] = star < 0 ? [best, ''] : [best.slice(0, star), best.slice(star + 1)];
  return offerAt(map[best], subpath.slice(head.length, subpath.length - tail.length));
}

function isSubpathMap(map: unknown): map is Readonly<Record<string, unknown>> {
  if (typeof map !== 'object' || map === null || Array.isArray(map)) return false;
  const [first] = Object.keys(map);
  return first?.startsWith('.') === true || first?.startsWith('#') === true;
}

/** `./*` and `./icons/*.js` are patterns; a key that ends in a slash is their older form. */
function fits(key: string, subpath: string): boolean {
  const star = key.indexOf('*');
  if (star < 0) return key.endsWith('/') && subpath.startsWith(key);
  if (subpath.length < key.length - 1 || !subpath.startsWith(key.slice(0, star))) return false;
  return subpath.endsWith(key.slice(star + 1));
}

/** The longer head wins, then the longer key. */
function isCloser(key: string, than: string): boolean {
  const head = (text: string): number => (text.includes('*') ? text.indexOf('*') + 1 : text.length);
  return head(key) > head(than) || (head(key) === head(than) && key.length > than.length);
}

function offerAt(value: unknown, star: string | undefined): Offer {
  const found = new Set<string>();
  gather(value, false, found, 0);
  gather(value, true, found, 0);
  if (found.size === 0) return value === null || holdsNull(value, 0) ? { kind: 'closed' } : { kind: 'unnamed' };
  const targets = [...found].map((target) =>
    star === undefined ? target : target.includes('*') ? target.replaceAll('*', () => star) : target.endsWith('/') ? target + star : target,
  );
  return { kind: 'targets', targets };
}

function gather(value: unknown, special: boolean, found: Set<string>, depth: number): void {
  if (depth > DEEPEST) return;
  if (typeof value === 'string') found.add(value);
  else if (Array.isArray(value)) for (const item of value) gather(item, special, found, depth + 1);
  else if (typeof value === 'object' && value !== null)
    for (const [condition, target] of Object.entries(value))
      if (special || !SPECIAL.has(condition)) gather(target, special, found, depth + 1);
}

function holdsNull(value: unknown, depth: number): boolean {
  if (value === null) return true;
  return typeof value === 'object' && depth <= DEEPEST && Object.values(value).some((item) => holdsNull(item, depth + 1));
}
