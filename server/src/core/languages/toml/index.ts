import { parseTOML } from 'toml-eslint-parser';
import type { RepoPath } from '../../model/tree.ts';
import { describeDocument } from '../document/describe.ts';
import { draftFacts } from '../facts-draft.ts';
import type { Embed, Language } from '../language.ts';
import { indexLines, linesBetween } from '../positions.ts';
import { unreadBecause } from '../unread.ts';
import { convertToml } from './convert.ts';
import { describeTomlManifest } from './manifest.ts';

/**
 * TOML: every value a setting behind the path of its tables; what `pyproject.toml`, `Cargo.toml` and `Pipfile` require comes
 * out as dependencies, the commands of their task runners as shell.
 */
const language: Language = {
  id: 'toml',
  embeds: ['shell', 'sql'],
  owns: (path) => /\.toml$|(^|\/)Pipfile$/i.test(path),
  facts(path: RepoPath, text: string, embed: Embed) {
    const draft = draftFacts('toml');
    const lines = indexLines(text);
    try {
      const root = convertToml(parseTOML(text), (start, end) => linesBetween(text, start, end, lines));
      const source = { path, lines, embed, draft };
      describeDocument(root, source);
      describeTomlManifest(root, source);
    } catch (error) {
      const at: unknown = error instanceof Error && 'lineNumber' in error ? error.lineNumber : undefined;
      const said = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      draft.blindSpots.push(unreadBecause(error, typeof at === 'number' ? `line ${at}: ${said}` : said));
      // What could not be read is in no token, and may be all that changed.
      draft.tokens.length = 0;
    }
    return draft;
  },
};

export default language;
