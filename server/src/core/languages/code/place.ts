import type { FactsDraft } from '../facts-draft.ts';
import type { Embed } from '../language.ts';
import type { SyntaxNode } from '../tree-sitter.ts';
import type { View } from './view.ts';

/** Where the readers of one file put what they see, and the scope they stand in. */
export interface Place {
  readonly view: View;
  readonly draft: FactsDraft;
  readonly embed: Embed;
  readonly scope: string;
  /** Parts of strings that were read with the whole. */
  readonly taken: Set<SyntaxNode>;
}

/** Adds a name to a dotted symbol path. */
export function join(scope: string, name: string): string {
  return scope === '' ? name : `${scope}.${name}`;
}
