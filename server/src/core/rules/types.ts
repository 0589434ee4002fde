/** True where every value of `narrow` is plainly one of `wide`: equal text, `any`, `unknown`, or a union that holds all of it. */
export function isWider(narrow: string, wide: string): boolean {
  if (flat(narrow) === flat(wide) || wide === 'any' || wide === 'unknown') return true;
  const members = new Set(unionOf(wide));
  return unionOf(narrow).every(
    (member) => members.has(member) || (members.has('string') && /^['"`]/.test(member)) || (members.has('number') && /^\d/.test(member)),
  );
}

/** Members of a union at its top level, in order. */
function unionOf(type: string): readonly string[] {
  const members: string[] = [];
  let depth = 0;
  let member = '';
  // An arrow is no closing bracket.
  for (const character of type.replaceAll('=>', '→')) {
    if (/[<({[]/.test(character)) depth += 1;
    if (/[>)}\]]/.test(character)) depth -= 1;
    if (character === '|' && depth === 0) {
      members.push(flat(member));
      member = '';
    } else member += character;
  }
  return [...members, flat(member)].filter((part) => part !== '');
}

/** The type that a promise gives, or the type itself. */
export function awaited(type: string): string {
  const match = /^(?:Promise|PromiseLike|Awaitable)<(.*)>$/s.exec(type.trim());
  return match?.[1] ?? type;
}

function flat(type: string): string {
  return type
    .replace(/\breadonly\s+/g, '')
    .replace(/\s+/g, '')
    .replaceAll('=>', '→')
    .replace(/([:<(,{[=→])\|/g, '$1')
    .replace(/[;,](?=})/g, '')
    .replace(/;/g, ',');
}
