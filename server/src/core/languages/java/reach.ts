import { folderOf, holds, type Leaning, ownerOf } from '../code/reach.ts';

/** A file of the same package, or one that imports the type, its package or one of its members. */
export const leaning: Leaning = {
  extensions: ['.java', '.kt', '.groovy', '.scala'],
  words: (_path, _text, symbol) => [typeOf(symbol.name)],
  leans: (other, declaring, symbol) => {
    const type = typeOf(symbol.name);
    const [own, theirs] = [packageOf(declaring.text), packageOf(other.text)];
    if (!holds(other.text, type) && !holds(other.text, ownerOf(symbol))) return false;
    if (own === theirs && (own !== '' || folderOf(other.path) === folderOf(declaring.path))) return true;
    return other.text.includes(`${own}.${type}`) || other.text.includes(`${own}.*`) || other.text.includes(`${own}._`);
  },
  // A type of another name has its own members; a variable may hold any.
  isOther: (qualifier, _mark, _other, _declaring, symbol) =>
    symbol.name.includes('.') && /^[A-Z]/.test(qualifier) && !/^[A-Z0-9_]+$/.test(qualifier) && qualifier !== ownerOf(symbol),
  asks: /^\s*import\b/,
  remarks: /^\s*(\/\/|\*|\/\*)/,
  tests: /(^|\/)(test|tests|it|testFixtures|integrationTest)\/|(Test|Tests|IT|Spec)\.\w+$/,
};

/** The file's own type: one that stands in it is found by it. */
function typeOf(name: string): string {
  return name.split('.')[0] ?? name;
}

function packageOf(text: string): string {
  return /^\s*package\s+([\w.]+)/m.exec(text)?.[1] ?? '';
}
