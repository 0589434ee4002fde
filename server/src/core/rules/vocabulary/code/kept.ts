/**
 * Remembers what is worked out of two things that never change: facts of both sides are asked about for every call of a hunk,
 * by many rules, and what that takes must not grow with the square of a file. Nothing is kept longer than its facts are.
 */
export function keepOfBoth<A extends object, B extends object, T>(workOut: (a: A, b: B) => T): (a: A, b: B) => T {
  const kept = new WeakMap<A, WeakMap<B, { readonly made: T }>>();
  return (a, b) => {
    const ofA = kept.get(a) ?? new WeakMap<B, { readonly made: T }>();
    kept.set(a, ofA);
    const known = ofA.get(b) ?? { made: workOut(a, b) };
    ofA.set(b, known);
    return known.made;
  };
}

/** The same of one thing. */
export function keepOf<A extends object, T>(workOut: (a: A) => T): (a: A) => T {
  const kept = new WeakMap<A, { readonly made: T }>();
  return (a) => {
    const known = kept.get(a) ?? { made: workOut(a) };
    kept.set(a, known);
    return known.made;
  };
}

/** The same of a short text: the same names come with every rule. So many are kept and no more, since a text goes with no fact. */
export function keepOfText<T>(workOut: (text: string) => T): (text: string) => T {
  const kept = new Map<string, { readonly made: T }>();
  return (text) => {
    if (text.length > LONGEST_TEXT) return workOut(text);
    const known = kept.get(text);
    if (known !== undefined) return known.made;
    if (kept.size >= MOST_TEXTS) kept.clear();
    const made = workOut(text);
    kept.set(text, { made });
    return made;
  };
}

const LONGEST_TEXT = 60;
const MOST_TEXTS = 4_096;

/** So many questions cost less than a table of all things, which the next keystroke would have to make again. */
const FEW_QUESTIONS = 16;

/** Finds things by a name that each of them has, in their order: the first questions look through all of them. */
export function createLookup<T>(things: readonly T[], nameOf: (thing: T) => string): (name: string) => readonly T[] {
  let asked = 0;
  let table: ReadonlyMap<string, readonly T[]> | undefined;
  return (name) => {
    asked += 1;
    if (asked > FEW_QUESTIONS) table ??= groupBy(things, nameOf);
    return table === undefined ? things.filter((thing) => nameOf(thing) === name) : (table.get(name) ?? []);
  };
}

/** Things by a name that each of them has, in their order. */
export function groupBy<T>(things: readonly T[], nameOf: (thing: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const name = nameOf(thing);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [thing]);
    else group.push(thing);
  }
  return groups;
}
