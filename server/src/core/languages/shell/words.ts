import type { ShellWord } from '../../model/facts.ts';
import { type SyntaxNode, walkSyntax } from '../tree-sitter.ts';

/** Reads one argument as the shell sees it: quotes gone, expansions named. */
export function readWord(node: SyntaxNode, text: string): ShellWord {
  const expansions: { name: string; guarded: boolean }[] = [];
  let dynamic = false;
  for (const inner of walkSyntax(node)) {
    if (inner.type === 'simple_expansion') expansions.push({ name: text.slice(inner.start + 1, inner.end), guarded: false });
    else if (inner.type === 'expansion') expansions.push(readExpansion(inner, text));
    else if (inner.type === 'command_substitution' || inner.type === 'process_substitution') dynamic = true;
    else if (inner.type === 'word' && isGlob(text.slice(inner.start, inner.end))) dynamic = true;
    else if (inner.type === 'brace_expression') dynamic = true;
  }
  return { source: text.slice(node.start, node.end), text: unquote(node, text), expansions, dynamic };
}

/** `${NAME:?}` and `${NAME?}` stop the script where the value is missing. */
function readExpansion(node: SyntaxNode, text: string): { name: string; guarded: boolean } {
  const name = node.children.find((child) => child.type === 'variable_name' || child.type === 'special_variable_name');
  const rest = text.slice(name?.end ?? node.start, node.end);
  return { name: name === undefined ? '' : text.slice(name.start, name.end), guarded: /^:?\?/.test(rest) };
}

function isGlob(word: string): boolean {
  return /(^|[^\\])[*?[]/.test(word);
}

function unquote(node: SyntaxNode, text: string): string {
  const source = text.slice(node.start, node.end);
  switch (node.type) {
    case 'raw_string':
      return source.slice(1, -1);
    case 'ansi_c_string':
      return source.slice(2, -1);
    case 'string':
      return source.slice(source.startsWith('$') ? 2 : 1, -1).replace(/\\(["$`\\])/g, '$1');
    case 'concatenation':
      return node.children.map((child) => unquote(child, text)).join('');
    case 'word':
      return source.replace(/\\\r?\n/g, '').replace(/\\(.)/g, '$1');
    default:
      return source;
  }
}
