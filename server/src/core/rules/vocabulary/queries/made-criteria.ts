import type { SourceFacts } from '../../../model/facts.ts';

/** Functions that one argument asks for its criteria; a longer list is no query. */
const MOST_CALLS = 4;

/**
 * An argument with the criteria that functions of the file make of nothing but what they are told, written out: `{ where: stale('draft') }`
 * reads as `{ where: { state: 'draft', … } }`, and so does what is spread among others. `{ where: { id, ...own(user) } }`.
 */
export function withMade(argument: string, facts: SourceFacts): string {
  if (!/^\{ ?(?:where|filter|criteria|query)\b/.test(argument) || !MADE.test(argument)) return argument;
  let text = argument;
  for (let round = 0; round < MOST_CALLS; round += 1) {
    const found = MADE.exec(text);
    if (found === null) break;
    const [whole, lead = '', name = '', given = ''] = found;
    const fields = fieldsOf(facts, name, given);
    if (fields === undefined) return text;
    text = text.slice(0, found.index) + (lead === '...' ? fields : `${lead}{ ${fields} }`) + text.slice(found.index + whole.length);
  }
  return text;
}

const MADE = /(\.\.\.|\b(?:where|filter|criteria|query): ?)([A-Za-z_]\w*)\(([^()]*)\)/;

/** The fields of the one object that a function answers, with what it is told in place of its parameters. */
function fieldsOf(facts: SourceFacts, name: string, given: string): string | undefined {
  const symbol = facts.symbols.find((other) => other.name === name && other.kind === 'function');
  if (symbol === undefined || symbol.parameters.some((parameter) => /[{[]/.test(parameter.name))) return undefined;
  if (facts.guards.some(({ scope }) => scope === name) || facts.conditions.some(({ scope }) => scope === name)) return undefined;
  const own = facts.options.filter((option) => option.scope === name && option.callee === '' && option.name !== name);
  const fields = own.filter((option) => option.key.startsWith(`(.${option.name}: `));
  if (fields.length === 0) return undefined;
  const told = given.split(',').map((part) => part.trim());
  const values = new Map(symbol.parameters.map((parameter, at) => [parameter.name, told[at] ?? '']));
  const filled = (value: string): string =>
    value.replace(/(?<![\w$.'"])[A-Za-z_$][\w$]*(?![\w$(:]|['"])/g, (word) => values.get(word) || word);
  return fields.map((field) => `${field.name}: ${filled(field.value)}`).join(', ');
}
