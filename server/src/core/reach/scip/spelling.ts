import type { SymbolFact } from '../../model/facts.ts';
import type { PackageTarget } from './find-uses.ts';
import { type Descriptor, escapePart } from './scip-symbol.ts';

/** `exact`: the symbol itself. `likely`: one of the same name, where the index knows the package in another form. */
export type Match = 'exact' | 'likely';

/** How a symbol of this repository is called in the indexes of others. */
export interface OwnSymbol {
  readonly target: PackageTarget;
  match(descriptors: readonly Descriptor[]): Match | undefined;
}

/** Every symbol of one package, whatever its version. */
export function packageTarget(manager: string, name: string): PackageTarget {
  const needle = ` ${manager} ${escapePart(name)} `;
  return {
    key: needle,
    needle,
    owns: (symbol) => symbol.manager === manager && symbol.packageName === name,
  };
}

/** Names that stand for the constructor of a type in one language or another. */
const CONSTRUCTOR = /^(?:constructor|<constructor>|<init>|__init__)$/;

/** Whether descriptors behind those of the file or package spell the symbol's own dotted name, or make one of its class. */
export function spells(names: readonly Descriptor[], symbol: Pick<SymbolFact, 'name' | 'kind'>): boolean {
  const own = symbol.name.split('.');
  const last = names.at(-1);
  if (last === undefined || last.suffix === 'type-parameter' || last.suffix === 'parameter') return false;
  const isMade = symbol.kind === 'class' && names.length === own.length + 1 && CONSTRUCTOR.test(last.name);
  if (names.length !== own.length && !isMade) return false;
  return own.every((part, index) => isCalled(names[index]?.name ?? '', part));
}

function isCalled(name: string, own: string): boolean {
  return name === own || name === `<get>${own}` || name === `<set>${own}` || (CONSTRUCTOR.test(name) && CONSTRUCTOR.test(own));
}
