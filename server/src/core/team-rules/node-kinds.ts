import type { SyntaxNode } from '../languages/tree-sitter.ts';

/** Kinds of nodes of the grammars that ship, by what they are to a pattern. */
export const COMMENT = /comment/;
export const CALL =
  /^(call|call_expression|method_invocation|new_expression|object_creation_expression|macro_invocation|function_call|command)$/;
export const NAME = /^(identifier|shorthand_property_identifier)$/;
export const TEXT =
  /^(string|raw_string|template_string|string_literal|raw_string_literal|interpreted_string_literal|char_literal|character_literal|rune_literal|concatenated_string|concatenation|text_block|quoted_template|template_expr|heredoc_template)$/;
export const NUMBER =
  /^(number|integer|float|int_literal|float_literal|integer_literal|decimal_integer_literal|decimal_floating_point_literal|numeric_lit)$/;
const MEMBER =
  /^(member_expression|attribute|selector_expression|field_expression|field_access|scoped_identifier|subscript_expression|subscript)$/;
export const RECKONED = /^(binary_expression|binary_operator|binary_operation)$/;

/** `a.b`, `a::b`, `a[b]`; Python's grammar calls it an attribute, as Terraform's calls `a = b`. */
export function isMember({ type, children }: SyntaxNode): boolean {
  return MEMBER.test(type) && !children.some((child) => child.type === '=');
}
