import type { RepoPath } from '../../model/tree.ts';
import { draftFacts } from '../facts-draft.ts';
import type { Language, ReadAsset } from '../language.ts';
import { indexLines } from '../positions.ts';
import { findSyntaxError, type Grammar, loadGrammar, parseSyntax, type SyntaxNode, walkSyntax } from '../tree-sitter.ts';
import { describeBody } from './blocks.ts';

let grammar: Grammar | undefined;

/** Terraform and other HCL: every block is a resource, every attribute a setting, policies in JSON included. */
const language: Language = {
  id: 'hcl',
  owns: (path) => /\.(tf|tofu|hcl|tfvars|nomad)$/i.test(path),
  async prepare(readAsset: ReadAsset) {
    grammar = await loadGrammar('tree-sitter-terraform.wasm', readAsset);
  },
  facts(path: RepoPath, text: string) {
    const draft = draftFacts('hcl');
    if (grammar === undefined) {
      draft.blindSpots.push({ reason: 'grammar-missing', detail: 'tree-sitter-terraform.wasm' });
      return draft;
    }
    try {
      const root = parseSyntax(grammar, text);
      if (root === undefined) draft.blindSpots.push({ reason: 'parse-error', detail: 'the grammar gave no tree' });
      else {
        const lines = indexLines(text);
        describeBody(root, { path, text, lines, draft });
        for (const node of leavesOf(root)) {
          const token = text.slice(node.start, node.end);
          if (token.trim() !== '') draft.tokens.push({ text: token, line: lines.lineAt(node.start) });
        }
        const error = findSyntaxError(root);
        if (error !== undefined) draft.blindSpots.push({ reason: 'parse-error', detail: `line ${lines.lineAt(error)}` });
      }
    } catch (error) {
      draft.blindSpots.push({ reason: 'parse-error', detail: error instanceof Error ? error.message : String(error) });
    }
    return draft;
  },
};

export default language;

function* leavesOf(root: SyntaxNode): Generator<SyntaxNode> {
  for (const node of walkSyntax(root)) if (node.children.length === 0 && node.type !== 'comment') yield node;
}
