import fc from 'fast-check';

/** Texts made of a real one by cutting, doubling and inserting stretches, as an edit in progress would. Seeded by the property. */
export function mutatedText(text: string, insertions: readonly string[]): fc.Arbitrary<string> {
  const place = fc.integer({ min: 0, max: text.length });
  const cut = fc.tuple(place, fc.integer({ min: 0, max: 60 })).map(
    ([at, length]) =>
      (source: string) =>
        source.slice(0, at) + source.slice(at + length),
  );
  const double = fc.tuple(place, fc.integer({ min: 0, max: 60 })).map(
    ([at, length]) =>
      (source: string) =>
        source.slice(0, at + length) + source.slice(at, at + length) + source.slice(at + length),
  );
  const insert = fc.tuple(place, fc.constantFrom(...insertions)).map(
    ([at, piece]) =>
      (source: string) =>
        source.slice(0, at) + piece + source.slice(at),
  );
  return fc
    .array(fc.oneof(cut, double, insert), { minLength: 1, maxLength: 6 })
    .map((edits) => edits.reduce((source, edit) => edit(source), text));
}
