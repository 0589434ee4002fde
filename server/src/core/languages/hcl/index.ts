import type { CodeToken } from '../../model/facts.ts';
import type { RepoPath } from '../../model/tree.ts';
import { LONGEST_LINE } from '../bundles.ts';
import { draftFacts } from '../facts-draft.ts';
import type { Language, ReadAsset } from '../language.ts';
import { indexLines, type LineIndex } from '../positions.ts';
import { findSyntaxError, type Grammar, loadGrammar, readSyntax, type SyntaxNode, walkSyntax } from '../tree-sitter.ts';
import { describeBody } from './blocks.ts';

let grammar: Grammar | undefined;

/** Terraform and other HCL: every block is a resource, every attribute a setting, policies in JSON included. */
const language: Language = {
  id: 'hcl',
  longestLine: LONGEST_LINE,
  owns: (path) => /\.(tf|tofu|hcl|tfvars|nomad|tfbackend)$/i.test(path),
  async prepare(readAsset: ReadAsset) {
    grammar = await loadGrammar('tree-sitter-terraform.wasm', readAsset);
  },
  facts(path: RepoPath, text: string) {
    const draft = draftFacts('hcl');
    if (grammar === undefined) {
      draft.blindSpots.push({ reason: 'grammar-missing', detail: 'tree-sitter-terraform.wasm' });
      return draft;
    }
    readSyntax(grammar, text, draft, (root) => {
      const lines = indexLines(text);
      describeBody(root, { path, text, lines, draft });
      const error = findSyntaxError(root);
      // What the grammar skipped is in no token, and may be all that changed.
      if (error === undefined) draft.tokens.push(...hclTokens(root, text, lines));
      else draft.blindSpots.push({ reason: 'parse-error', detail: `line ${lines.lineAt(error)}` });
    });
    return draft;
  },
};

export default language;

/** Nodes whose inner white space is data. */
const WHOLE = new Set(['string_lit', 'quoted_template', 'heredoc_template']);

function* hclTokens(root: SyntaxNode, text: string, lines: LineIndex): Generator<CodeToken> {
  let end = 0;
  for (const node of walkSyntax(root)) {
    if (node.start < end || node.type === 'comment' || (node.children.length > 0 && !WHOLE.has(node.type))) continue;
    const token = text.slice(node.start, node.end);
    if (token.trim() !== '') yield { text: token, line: lines.lineAt(node.start) };
    if (WHOLE.has(node.type)) end = node.end;
  }
}
