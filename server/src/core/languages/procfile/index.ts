import type { RepoPath } from '../../model/tree.ts';
import { collapse, draftFacts, includeFacts } from '../facts-draft.ts';
import type { Embed, Language } from '../language.ts';

/** Processes of an app by their names, `release: bundle exec rails db:migrate`: a line each, what follows the colon is shell. */
const language: Language = {
  id: 'procfile',
  embeds: ['shell', 'sql'],
  owns: (path) => /(^|\/)Procfile(\.[\w-]+)?$/.test(path),
  facts(_path: RepoPath, text: string, embed: Embed) {
    const draft = draftFacts('procfile');
    for (const [at, source] of text.split('\n').entries()) {
      const line = source.replace(/\r$/, '');
      const number = at + 1;
      const process = /^([\w-]+):\s*/.exec(line);
      if (/^\s*(#|$)/.test(line)) continue;
      draft.tokens.push({ text: collapse(line), line: number });
      if (process === null) continue;
      const [head, name = ''] = process;
      const value = line.slice(head.length).trimEnd();
      const range = { start: { line: number, character: 0 }, end: { line: number, character: line.trimEnd().length } };
      draft.settings.push({ path: [name], value, resource: '', range, key: `${name} = ${collapse(value)}`, scope: name });
      draft.scopes.push({ name, startLine: number, endLine: number });
      if (value !== '') includeFacts(draft, embed('shell', [{ text: value, line: number, character: head.length }], name));
    }
    return draft;
  },
};

export default language;
