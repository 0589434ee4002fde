import type { Call, Guard, SymbolFact } from '../../../model/facts.ts';
import { lastName } from '../code/call-names.ts';

/**
 * True where a new function of another file asks what `guard` asked, of whatever it calls the holder of the same fields and what it is
 * handed, and one of `calls` asks that function: it throws, or its answer is used.
 */
export function isHandedOver(
  guard: Guard,
  calls: readonly Call[],
  elsewhere: { readonly guards: readonly Guard[]; readonly symbols: readonly SymbolFact[] },
): boolean {
  const wanted = accessedIn(guard.test);
  if (!guard.test.includes('.') || wanted.length < 6) return false;
  return elsewhere.guards.some((other) =>
    calls.some(
      (call) =>
        lastName(call.callee) === lastName(other.scope) &&
        (other.exit === 'throw' || (call.use !== undefined && call.use !== 'discarded')) &&
        (accessedIn(other.test) === wanted || asHanded(other, call, elsewhere.symbols).some((test) => accessedIn(test) === wanted)),
    ),
  );
}

/** A condition of the function that `call` asks, in the words of who asks: `wanted > paid` of `grant(wanted)` is `amount > paid` for `grant(amount)`. */
function asHanded({ test, scope }: Guard, { args }: Call, symbols: readonly SymbolFact[]): readonly string[] {
  return symbols.flatMap(({ name: own, parameters }) => {
    if (own !== scope) return [];
    const given = new Map(parameters.flatMap(({ name }, at) => (args[at] === undefined ? [] : [[name, args[at]] as const])));
    return [test.replace(/(?<![\w.#])[A-Za-z_]\w*/g, (name) => given.get(name) ?? name)];
  });
}

/** `fieldsOf`, with a field for what only reads it: `claim.getLimit()`, `claim.limit()` and Go's `claim.Limit` are `limit`. */
function accessedIn(test: string): string {
  return fieldsOf(test).replace(
    /(?<![\w.:])(?:get_?(?=[A-Z_]))?([A-Za-z_]\w*)(?:\(\))?(?=[^\w(.:]|$)/g,
    (_all, name: string) => name.charAt(0).toLowerCase() + name.slice(1),
  );
}

/** A condition without the objects that its fields belong to, and without Rust's borrows: `card.owner != user.id` is `owner != id`. */
export function fieldsOf(test: string): string {
  return test
    .replaceAll('.#', '.')
    .replace(/(?<=[(,] ?)&(?=[A-Za-z_])/g, '')
    .replace(/(?<![\w.])(?:[A-Za-z_]\w*\.)+(?=[A-Za-z_])/g, '');
}

/** The roles and rights that a condition names, in small letters: whoever asks for them in its place says them as well. */
export function answersIn({ test }: Guard): readonly string[] {
  return (test.match(/(['"`])\w{3,40}\1/g) ?? []).map((text) =>
    text
      .slice(1, -1)
      .replace(/^ROLE_/, '')
      .toLowerCase(),
  );
}
