import type { ts } from 'ts-morph';
import type { SymbolFact } from '../../model/facts.ts';
import { isAsynchronous, parametersOf } from './signatures.ts';
import type { View } from './view.ts';

type Draft = Pick<SymbolFact, 'name' | 'kind'> & Partial<Pick<SymbolFact, 'parameters' | 'type' | 'async' | 'exported'>>;

/** What reads the declared symbols of a file: where it is, what of it is exported, and where a symbol goes. */
export interface SymbolContext {
  readonly view: View;
  /** Reads a node, or takes what was read of it: `told` is all that its surroundings say, beside what the file exports elsewhere. */
  once(node: ts.Node, told: string, read: () => void): void;
  isExported(node: ts.Node, name: string): boolean;
  push(draft: Draft, start: number, end: number, scope: string): void;
}

/** What a caller leans on of a function: parameters, the written result, and whether it must be awaited. */
export function signatureOf(view: View, node: ts.SignatureDeclaration): Pick<SymbolFact, 'parameters' | 'type' | 'async'> {
  return {
    parameters: parametersOf(view, node),
    type: node.type === undefined ? '' : view.text(node.type),
    async: isAsynchronous(view, node),
  };
}

/** The written type of a variable or property, empty where none is; an optional one may be undefined. */
export function typeText(
  view: View,
  node: { readonly type?: ts.TypeNode | undefined; readonly questionToken?: ts.QuestionToken | undefined },
): string {
  if (node.type === undefined) return '';
  return node.questionToken === undefined ? view.text(node.type) : `${view.text(node.type)} | undefined`;
}
