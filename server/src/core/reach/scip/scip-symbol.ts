/** Kinds of descriptors, by what follows the name in a symbol: `/ # . (). [] () : !`. */
export type Suffix = 'namespace' | 'type' | 'term' | 'method' | 'type-parameter' | 'parameter' | 'meta' | 'macro';

export interface Descriptor {
  readonly name: string;
  readonly suffix: Suffix;
}

/** A global symbol before its descriptors are taken apart. A part that the tool left open (`.`) is empty. */
export interface ScipSymbol {
  readonly scheme: string;
  readonly manager: string;
  readonly packageName: string;
  readonly version: string;
  /** `src/`pay.ts`/Session#verify().` */
  readonly descriptors: string;
}

/**
 * Takes a symbol's package from its descriptors, by the grammar beside `message Symbol` of the schema: parts end at one space,
 * and two spaces are one of a name. Undefined for a local symbol and for what is none.
 */
export function splitSymbol(text: string): ScipSymbol | undefined {
  if (text.startsWith('local ')) return undefined;
  const parts: string[] = [];
  let at = 0;
  while (parts.length < 4) {
    const end = endOfPart(text, at);
    if (end < 0) return undefined;
    const part = text.slice(at, end).replaceAll('  ', ' ');
    parts.push(part === '.' ? '' : part);
    at = end + 1;
  }
  const [scheme = '', manager = '', packageName = '', version = ''] = parts;
  return { scheme, manager, packageName, version, descriptors: text.slice(at) };
}

/** A name as it stands in a symbol; an empty one is `.`. */
export function escapePart(name: string): string {
  return name === '' ? '.' : name.replaceAll(' ', '  ');
}

function endOfPart(text: string, from: number): number {
  for (let at = text.indexOf(' ', from); at >= 0; at = text.indexOf(' ', at + 2)) if (text[at + 1] !== ' ') return at;
  return -1;
}

/** One descriptor: a plain or quoted name and its suffix; parameters stand around theirs. */
const DESCRIPTOR = /\[(?<typeParameter>NAME)\]|\((?<parameter>NAME)\)|(?<name>NAME)(?<suffix>\/|#|\.|:|!|\((?:[\w+$-]*)\)\.)/y;
const NAME = '(?:[\\w+$-]+|`(?:[^`]|``)+`)';
const SUFFIXES: Readonly<Record<string, Suffix>> = { '/': 'namespace', '#': 'type', '.': 'term', ':': 'meta', '!': 'macro' };

/** The descriptors of a symbol, outermost first; undefined where the grammar does not hold. */
export function parseDescriptors(text: string): readonly Descriptor[] | undefined {
  const pattern = new RegExp(DESCRIPTOR.source.replaceAll('NAME', NAME), 'y');
  const found: Descriptor[] = [];
  while (pattern.lastIndex < text.length) {
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) return undefined;
    if (groups.typeParameter !== undefined) found.push({ name: unquote(groups.typeParameter), suffix: 'type-parameter' });
    else if (groups.parameter !== undefined) found.push({ name: unquote(groups.parameter), suffix: 'parameter' });
    else found.push({ name: unquote(groups.name ?? ''), suffix: SUFFIXES[groups.suffix ?? ''] ?? 'method' });
  }
  return found.length === 0 ? undefined : found;
}

function unquote(name: string): string {
  return name.startsWith('`') ? name.slice(1, -1).replaceAll('``', '`') : name;
}
