import type { Setting, SourceFacts } from '../../model/facts.ts';
import { draftFacts } from '../facts-draft.ts';
import type { Language } from '../language.ts';

/** Files that say one thing a line, `#` starts a remark: who may sign, whose key is revoked, who must look, what is not analysed, what is not committed, published or copied. */
const language: Language = {
  id: 'lines',
  owns: (path) =>
    /(^|\/)\.(gitattributes|gitignore|npmignore|dockerignore|gcloudignore|vercelignore|vscodeignore)$/.test(path) ||
    /(^|\/)(MANIFEST\.in|CODEOWNERS)$/.test(path) ||
    path === '.brakeline/allowed_signers' ||
    path === '.brakeline/revoked_keys',
  facts: (_path, text) => readLines(text),
};

export default language;

/** Each line is a setting: its first word is the path, the rest its value. */
function readLines(text: string): SourceFacts {
  const settings: Setting[] = [];
  for (const [index, source] of text.split('\n').entries()) {
    const line = source.replace(/\r$/, '');
    const words = line.trim().split(/\s+/);
    const [first = '', ...rest] = words;
    if (first === '' || first.startsWith('#')) continue;
    const range = {
      start: { line: index + 1, character: line.indexOf(first) },
      end: { line: index + 1, character: line.trimEnd().length },
    };
    settings.push({ range, key: words.join(' '), scope: '', path: [first], value: rest.join(' '), resource: '' });
  }
  return { ...draftFacts('lines'), settings, tokens: settings.map(({ key, range }) => ({ text: key, line: range.start.line })) };
}
