import type { RuleInput } from '../../define.ts';

/**
 * The plain type of which a type of TypeScript that has a name of its own is a part: `string` for `type IsoDay = `${number}-${number}`` and for
 * `type Id = string & { readonly brand: 'id' }`, `number` for `type Step = 1 | 2`. Whoever took the plain one takes it as before. The name itself
 * where it is any other type.
 */
export function plainOfNamed(input: RuleInput, name: string): string {
  const declared = /^[A-Z]\w*$/.test(name) ? declaredAs(input, name) : undefined;
  if (declared === undefined) return name;
  const parts = declared.split('|').map((part) => part.trim());
  const kinds = new Set(
    parts.map((part) =>
      /^(?:`[^`]*`|'[^']*'|"[^"]*"|string & \{.*\})$/s.test(part)
        ? 'string'
        : /^(?:-?\d[\d_.]*|number & \{.*\})$/s.test(part)
          ? 'number'
          : '',
    ),
  );
  const [only = ''] = kinds;
  return kinds.size === 1 && only !== '' ? only : name;
}

function declaredAs({ after, addedElsewhere }: RuleInput, name: string): string | undefined {
  const found = [...(after?.symbols ?? []), ...addedElsewhere().symbols].filter((symbol) => symbol.kind === 'type' && symbol.name === name);
  return found.length === 1 ? found[0]?.type : undefined;
}
