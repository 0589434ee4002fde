import type { Language } from '../languages/language.ts';
import type { SymbolFact } from '../model/facts.ts';
import type { BlastRadius } from '../model/radius.ts';
import type { RepoPath, Tree } from '../model/tree.ts';
import { holdsInlineTests, testedAmong } from '../reach/tests-reached.ts';

/** A radius is kept by its language, and what is added to it is kept with it. */
const KNOWN = new WeakMap<BlastRadius, BlastRadius>();

/**
 * The radius with the number of its references that stand in a file that a test is or reaches; as it is where the language follows
 * no imports, since nobody knows then.
 */
export function withTested(language: Language, tree: Tree, path: RepoPath, symbol: SymbolFact, radius: BlastRadius): BlastRadius {
  if (language.links === undefined || radius.references === 0) return radius;
  const known = KNOWN.get(radius);
  if (known !== undefined) return known;
  const places =
    radius.references <= radius.dependents.length ? radius.dependents : (language.uses?.(tree, path, symbol)?.uses ?? undefined);
  // Another number than the radius has would be the number of something else.
  if (places === undefined || places.length !== radius.references) return radius;
  const { importersOf } = language.links(tree);
  const holdsTests = (file: RepoPath): boolean => {
    const content = file.endsWith('.rs') ? tree.read(file) : undefined;
    return content?.kind === 'text' && holdsInlineTests(file, content.text);
  };
  const isTested = testedAmong({ importersOf, holdsTests, follows: () => true }, [...new Set(places.map((place) => place.path))]);
  const counted = { ...radius, tested: places.filter((place) => isTested(place.path) === true).length };
  KNOWN.set(radius, counted);
  return counted;
}
