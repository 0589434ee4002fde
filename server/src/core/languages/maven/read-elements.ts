/** One element of an XML document. Offsets are UTF-16 units from the start of the text. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** Its text without comments, entities resolved, white space trimmed; of an element with children it is not asked. */
  readonly text: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly start: number;
  readonly end: number;
  /** Offsets behind its start tag and before its end tag. */
  readonly open: number;
  readonly close: number;
}

interface OpenElement {
  readonly name: string;
  readonly children: XmlElement[];
  text: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly start: number;
  readonly open: number;
}

/**
 * Reads the elements of a file of Maven or Liquibase: tags with their attributes, text, comments, CDATA and the five entities, and nothing of what a document type
 * could declare (https://maven.apache.org/pom.html has none). A string is what is wrong, and where.
 */
export function readElements(text: string): XmlElement | string {
  const open: OpenElement[] = [{ name: '', children: [], text: '', attributes: new Map(), start: 0, open: 0 }];
  for (let at = 0; at < text.length; ) {
    const parent = open.at(-1);
    if (parent === undefined) return wrong(text, at, 'an end without its start');
    if (text[at] !== '<') {
      const end = ends(text, at, '<', 0);
      parent.text += resolve(text.slice(at, end));
      at = end;
    } else if (text.startsWith('<!--', at)) at = ends(text, at, '-->', 3);
    else if (text.startsWith('<![CDATA[', at)) {
      const end = ends(text, at, ']]>', 3);
      parent.text += text.slice(at + 9, end - 3);
      at = end;
    } else if (text.startsWith('<!', at)) return wrong(text, at, 'a document type');
    else if (text.startsWith('<?', at)) at = ends(text, at, '?>', 2);
    else {
      const end = endOfTag(text, at);
      if (end === undefined) return wrong(text, at, 'a tag without an end');
      const name = /^<\/?([\w:.-]+)/.exec(text.slice(at, end))?.[1];
      if (name === undefined) return wrong(text, at, 'a tag without a name');
      if (text[at + 1] === '/') {
        open.pop();
        if (parent.name !== name || open.length === 0) return wrong(text, at, `the end of ${name}`);
        open.at(-1)?.children.push({ ...parent, text: parent.text.trim(), end, close: at });
      } else {
        const attributes = attributesOf(text.slice(at, end));
        if (text[end - 2] === '/')
          parent.children.push({ name, children: [], text: '', attributes, start: at, end, open: end, close: end });
        else open.push({ name, children: [], text: '', attributes, start: at, open: end });
      }
      at = end;
    }
  }
  const [root] = open;
  return open.length === 1 && root?.children[0] !== undefined ? root.children[0] : wrong(text, text.length, 'the end');
}

function attributesOf(tag: string): ReadonlyMap<string, string> {
  return new Map(
    [...tag.matchAll(/(?<![\w:.-])([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map((match) => [
      match[1] ?? '',
      resolve(match[2] ?? match[3] ?? ''),
    ]),
  );
}

/** Behind the next occurrence; the end of the text where there is none, and then the last element is still open. */
function ends(text: string, from: number, what: string, behind: number): number {
  const at = text.indexOf(what, from);
  return at < 0 ? text.length : at + behind;
}

/** A `>` inside quotes ends no tag. */
function endOfTag(text: string, from: number): number | undefined {
  let quote = '';
  for (let at = from + 1; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (quote !== '') {
      if (sign === quote) quote = '';
    } else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === '>') return at + 1;
    else if (sign === '<') return undefined;
  }
  return undefined;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function resolve(text: string): string {
  return text.replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}

function wrong(text: string, at: number, found: string): string {
  return `line ${text.slice(0, at).split('\n').length}: ${found}`;
}
