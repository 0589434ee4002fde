import type { Range } from '../../model/range.ts';
import { collapse, draftFacts, type FactsDraft } from '../facts-draft.ts';
import type { Language } from '../language.ts';

/**
 * `go.mod` and `go.work` (Go Modules Reference, go.mod files): one directive a line, or a block of them in parentheses.
 * What is required is a dependency; `replace`, `exclude`, `go` and their kin are settings.
 */
const language: Language = {
  id: 'go-mod',
  owns: (path) => /(^|\/)go\.(mod|work)$/.test(path),
  facts(_path, text) {
    const draft = draftFacts('go-mod');
    let block = '';
    for (const [index, source] of text.split('\n').entries()) {
      const remark = source.indexOf('//');
      const line = (remark < 0 ? source : source.slice(0, remark)).trimEnd();
      const words = line.trim().split(/\s+/).filter(Boolean);
      if (words.length === 0) continue;
      draft.tokens.push({ text: words.join(' '), line: index + 1 });
      if (block === '' && words[1] === '(') block = words[0] ?? '';
      else if (words[0] === ')') block = '';
      else {
        const range = {
          start: { line: index + 1, character: line.length - line.trimStart().length },
          end: { line: index + 1, character: line.length },
        };
        const [verb = '', ...rest] = block === '' ? words : [block, ...words];
        addDirective(verb, rest, /\/\/\s*indirect\b/.test(source), range, draft);
      }
    }
    return draft;
  },
};

export default language;

function addDirective(verb: string, words: readonly string[], indirect: boolean, range: Range, draft: FactsDraft): void {
  const [name = '', version = ''] = words;
  if (verb === 'require') {
    const group = indirect ? 'optional' : 'runtime';
    draft.dependencies.push({ name, version, group, range, key: `${name}@${version}`, scope: '' });
    return;
  }
  const arrow = words.indexOf('=>');
  const path = arrow < 0 ? [verb] : [verb, name];
  const value = (arrow < 0 ? words : words.slice(arrow + 1)).join(' ');
  draft.settings.push({ path, value, resource: '', range, key: `${path.join(' ')} = ${collapse(value)}`, scope: '' });
}
