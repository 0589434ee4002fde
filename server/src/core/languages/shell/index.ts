import type { RepoPath } from '../../model/tree.ts';
import { LONGEST_LINE } from '../bundles.ts';
import { draftFacts } from '../facts-draft.ts';
import type { Embed, Language, ReadAsset } from '../language.ts';
import { indexLines } from '../positions.ts';
import { findSyntaxError, type Grammar, loadGrammar, readSyntax } from '../tree-sitter.ts';
import { gatherCommands } from './commands.ts';
import { nameProgramsOf } from './named-programs.ts';
import { shellTokens } from './tokens.ts';

const EXTENSION = /\.(sh|bash|zsh|ksh|bats)$/i;
/** Scripts that carry no extension and are known by their place; what stands there in another language says so in its first line. */
const KNOWN =
  /(^|\/)(\.husky\/[^/.][^/]*|\.githooks\/[^/.]+|\.envrc|\.bashrc|\.bash_profile|\.profile|docker-entrypoint|entrypoint|(s?bin|scripts?|tools|hack|ci|ops|hooks|git-hooks|tasks)\/[\w-]+|(deploy|release|backup|restore|publish|rollback|run|build|test|start|stop|setup|install|bootstrap|configure|migrate)(-[\w-]+)?)$/;
/** A first line that names another interpreter. */
const OTHER_SHEBANG = /^#!(?!.*\b(ba|z|k|da|a)?sh\b)/;

let grammar: Grammar | undefined;

/**
 * Shell scripts by the tree-sitter grammar for bash. It sees commands wherever they are run from: functions, pipelines, `&&`
 * lists, conditions, subshells and substitutions; a here-doc is the input of its command and no command itself. Assignments
 * come out as settings, so that a rule may look up what a variable holds.
 */
const language: Language = {
  id: 'shell',
  longestLine: LONGEST_LINE,
  embeds: ['sql'],
  owns: (path) => EXTENSION.test(path) || KNOWN.test(path),
  async prepare(readAsset: ReadAsset) {
    grammar = await loadGrammar('tree-sitter-bash.wasm', readAsset);
  },
  facts(path: RepoPath, text: string, embed: Embed) {
    const draft = draftFacts('shell');
    if (grammar === undefined) {
      draft.blindSpots.push({ reason: 'grammar-missing', detail: 'tree-sitter-bash.wasm' });
      return draft;
    }
    if (!EXTENSION.test(path) && isOther(text)) {
      draft.blindSpots.push({ reason: 'no-language' });
      return draft;
    }
    readSyntax(grammar, text, draft, (root) => {
      gatherCommands(root, { path, text, embed, draft });
      nameProgramsOf(draft);
      const error = findSyntaxError(root);
      // What the grammar skipped is in no token, and may be all that changed.
      if (error === undefined) draft.tokens.push(...shellTokens(root, text));
      else draft.blindSpots.push({ reason: 'parse-error', detail: `line ${indexLines(text).lineAt(error)}` });
    });
    return draft;
  },
};

export default language;

/** A program in another language, by its first line, or no text that a person wrote. */
function isOther(text: string): boolean {
  return OTHER_SHEBANG.test(text.slice(0, 200)) || text.slice(0, 2000).includes('\u0000');
}
