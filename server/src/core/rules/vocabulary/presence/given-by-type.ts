import type { SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { symbolsNamed } from '../code/symbols-by-name.ts';
import { fieldsOf, resolve } from '../contract/type-shapes.ts';

/**
 * TypeScript: true where `row.status` could be missing by the type of the old side's parameter and cannot by that of the new side's: the
 * compiler asks whoever makes a row for it. A type that nobody finds, and one that holds `any`, prove nothing.
 */
export function isGivenByType(input: RuleInput, scopes: readonly [before: string, after: string], name: string): boolean {
  if (!/\.[cm]?tsx?$/.test(input.path)) return false;
  const was = isMissingAllowed(input, 'before', scopes[0], name);
  return was === true && isMissingAllowed(input, 'after', scopes[1], name) === false;
}

/** Whether a path of fields from a parameter may end in nothing; undefined where the types do not say. */
function isMissingAllowed(input: RuleInput, side: 'before' | 'after', scope: string, name: string): boolean | undefined {
  const [root = '', ...fields] = name.split('.');
  const facts = input[side];
  let type = facts === undefined ? '' : parameterType(facts, scope, root);
  let place = { tree: input.trees[side], path: input.path };
  for (const [at, field] of ['', ...fields].entries()) {
    if (at > 0) {
      const own = resolve(type, place, 0);
      const found = own === undefined ? undefined : fieldsOf(own.type, own.place, 0)?.get(field);
      if (own === undefined || found === undefined) return undefined;
      type = found.optional ? `${found.type} | undefined` : found.type;
      ({ place } = own);
    }
    if (type === '' || /^(?:any|unknown)$/.test(type)) return undefined;
    if (NOTHING.test(type)) return true;
  }
  return false;
}

/** `Carrier | null`, outside of what it holds. */
const NOTHING = /(?:^|\|)\s*(?:null|undefined)\s*(?:\||$)/;

function parameterType(facts: SourceFacts, scope: string, name: string): string {
  const found = symbolsNamed(facts, scope)
    .flatMap(({ parameters }) => parameters)
    .find((parameter) => parameter.name === name);
  return found === undefined ? '' : `${found.type}${found.optional ? ' | undefined' : ''}`;
}
