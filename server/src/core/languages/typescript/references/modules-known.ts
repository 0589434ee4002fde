import type { ExportRecord } from '../../../model/file-scan.ts';
import type { Code } from './code.ts';
import type { Chain, Meaning } from './export-walk.ts';
import { KEPT, type LetGo, letGoOf, together } from './modules-let-go.ts';
import { letGoOfSpots } from './modules-on-the-spot.ts';

/** What a file does with the modules in which it knows the symbol. */
export function letGoIn(
  code: Code,
  chains: readonly Chain[],
  { spots }: Meaning,
  exports: readonly ExportRecord[],
): { readonly roots: ReadonlyMap<string, LetGo>; readonly places: LetGo['places']; readonly away: ReadonlyMap<string, LetGo> } {
  const roots = new Map<string, LetGo>();
  const away = new Map<string, LetGo>();
  const goes = (way: LetGo, path: readonly string[]): void => {
    const name = path.at(-1);
    if (way.isAway && name !== undefined) away.set(name, together([away.get(name) ?? KEPT, way]));
  };
  // What a file says of its own exports is no handing on.
  for (const { root, path } of chains) {
    const way = roots.get(root) ?? (root === 'exports' || root === 'module' ? KEPT : letGoOf(code, root, exports));
    roots.set(root, way);
    goes(way, path);
  }
  const asked = new Map<string, LetGo>();
  for (const { specifier, path } of spots) {
    const question = `${path.length === 0 ? '=' : '.'} ${specifier}`;
    const way = asked.get(question) ?? letGoOfSpots(code, specifier, exports, path.length === 0);
    asked.set(question, way);
    goes(way, path);
  }
  return { roots, places: [...roots.values(), ...asked.values()].flatMap(({ places }) => places), away };
}
