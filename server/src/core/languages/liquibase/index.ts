import { collapse, draftFacts, type FactsDraft, includeFacts } from '../facts-draft.ts';
import type { Embed, Language } from '../language.ts';
import { readElements, type XmlElement } from '../maven/read-elements.ts';
import { indexLines, type LineIndex } from '../positions.ts';

/**
 * Change logs of Liquibase in XML, as the settings that the same log has in YAML: one per attribute and per element's text,
 * under the names of the elements and, where there are several of a name, their place. What stands in `<sql>` is SQL.
 */
const language: Language = {
  id: 'liquibase',
  embeds: ['sql'],
  owns: (path) =>
    /(^|\/)([\w.-]*change[-_]?logs?([\w.-]*|\/[^\n]*)|(db|database|liquibase)\/[^\n]*change[-_]?sets?[\w./-]*)\.xml$/i.test(path),
  facts(_path, text, embed) {
    const draft = draftFacts('liquibase');
    const root = readElements(text);
    if (typeof root === 'string') {
      draft.blindSpots.push({ reason: 'parse-error', detail: root });
      return draft;
    }
    visit(root, [root.name], '', { lines: indexLines(text), draft, text, embed });
    return draft;
  },
};

export default language;

interface Walk {
  readonly lines: LineIndex;
  readonly draft: FactsDraft;
  readonly text: string;
  readonly embed: Embed;
}

function visit(element: XmlElement, path: readonly string[], scope: string, walk: Walk): void {
  const { lines, draft } = walk;
  const own = element.name === 'changeSet' ? (element.attributes.get('id') ?? scope) : scope;
  const range = lines.rangeOf(element.start, element.open);
  const put = (at: readonly string[], value: string | null): void => {
    draft.settings.push({ path: at, value, resource: '', range, key: `${at.join('/')} = ${value ?? ''}`, scope: own });
  };
  put(path, null);
  const attributes = [...element.attributes].map(([name, value]) => `${name}="${value}"`).join(' ');
  draft.tokens.push({ text: `<${element.name}${attributes === '' ? '' : ` ${attributes}`}>`, line: lines.lineAt(element.start) });
  for (const [name, value] of element.attributes) put([...path, name], value);
  if (element.children.length === 0 && element.text !== '') {
    put([...path, 'text'], collapse(element.text));
    draft.tokens.push({ text: collapse(element.text), line: lines.lineAt(element.open) });
    if (element.name === 'sql' && !path.includes('rollback')) embedBody(element, own, walk);
  }
  for (const [at, child] of element.children.entries()) visit(child, [...path, String(at), child.name], own, walk);
}

function embedBody(element: XmlElement, scope: string, { lines, draft, text, embed }: Walk): void {
  const body = text.slice(element.open, element.close).replace(/<!\[CDATA\[|\]\]>/g, (mark) => ' '.repeat(mark.length));
  const { line, character } = lines.rangeOf(element.open, element.close).start;
  const rows = body.split('\n').map((row, at) => ({ text: row, line: line + at, character: at === 0 ? character : 0 }));
  includeFacts(draft, embed('sql', rows, scope));
}
