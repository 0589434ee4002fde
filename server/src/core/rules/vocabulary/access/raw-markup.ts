import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { changedLines } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';

/** A value that a page takes as markup, and the words that make it so. */
export interface RawMarkup {
  readonly range: Range;
  readonly by: string;
}

/** `{{ body }}` that became `dangerouslySetInnerHTML`, `textContent` that became `innerHTML`, `autoescape` that is off. */
export function* rawMarkup(input: RuleInput): Generator<RawMarkup> {
  const count = (text: string, by: string): number => text.split(by).length - 1;
  const old = changedLines(input, 'before')
    .map(({ text }) => text)
    .join('\n');
  const fresh = changedLines(input, 'after')
    .map(({ text }) => text)
    .join('\n');
  for (const { line, text } of changedLines(input, 'after')) {
    const found = RAW.exec(text);
    const by = found?.[0] ?? '';
    if (found === null || count(fresh, by) <= count(old, by) || HARMLESS.test(text.slice(found.index + by.length))) continue;
    yield { range: rangeOfLine(input, 'after', line), by: by.replace(/(?<![=(:{])[=(:{]+$/, '') };
  }
}

const RAW =
  /\bdangerouslySetInnerHTML=\{|(?<=\.)(?:inner|outer)HTML=(?!=)|\bv-html=|\bset:html=|\bmark_safe\(|\bautoescape=False\b|\bautoescape:\s?false\b|\btemplate\.(?:HTML|JS|URL)\(|\bthHtml\.raw\(|\bbypassSecurityTrust\w+\(|\.insertAdjacentHTML\(|\bdocument\.write\(|(?<=\.)html_safe\b|\bPreEscaped\(|\bHtml\.raw\(/;

/** What was cleaned, and what is a text of the code. */
const HARMLESS =
  /^[^;]*\b(?:sanitize\w*|purify|DOMPurify|clean\w*|escape\w*|bleach|nh3|encode\w*|JSON\.stringify|safeHtml|styles?|css|svg|icons?|marked|i18n|t)\b|^\{?__html:['"`][^'"`$]*['"`]|^['"`][^'"`$]*['"`];?$/i;
