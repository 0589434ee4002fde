/** What another path is from the place of a file, as the tree writes it: `src/lib/money` of `./lib/money` in `src/cart.ts`. */
export function pathFrom(path: string, specifier: string): string {
  const parts = path.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
