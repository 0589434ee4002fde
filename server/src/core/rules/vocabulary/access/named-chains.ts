import type { CodeToken, SourceFacts } from '../../../model/facts.ts';
import type { Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { keepOf } from '../code/kept.ts';

/** A name in more files than this is a common word. */
const MOST_FILES = 12;
/** Tokens of a list that is read, with the type in front of it. */
const LONGEST = 80;

/**
 * What a name in front of a handler stands for where it is a list: `requireUser`, `requireScope('x')` for `keeper` of
 * `const keeper = [requireUser, requireScope('x')]` or `compose(requireUser, requireScope('x'))`, in the file itself or in another one of
 * its language. Empty where it is none, or where several places declare one.
 */
export function chainNamed(input: RuleInput, side: Side, name: string): readonly string[] {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? (declaredAs(input, side, name, (facts) => listOf(facts, name)) ?? []) : [];
}

/**
 * The objects that an argument of a route names, as written: what `strict` holds for `{ config: strict }`, `{ ...strict, schema }` and
 * `strict` alone, and `limits.strict` for a field of an object; with what those name in turn. In the file itself or in another one of its
 * language.
 */
export function objectsNamed(input: RuleInput, side: Side, argument: string, above: readonly string[] = []): readonly string[] {
  const code = argument.replace(/'[^']*'|"[^"]*"|`[^`]*`/g, "''");
  const names = new Set(code.match(/(?<![\w$])[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)?(?![\w$.(]|\s*:)/g) ?? []);
  return [...names].slice(0, MOST_NAMES).flatMap((name) => {
    if (above.includes(name) || above.length > DEEPEST || /^(?:fn|true|false|null|undefined)$/.test(name)) return [];
    const [head = ''] = name.split('.');
    const held = declaredAs(input, side, head, (facts) => objectOf(facts, name));
    return held === undefined ? [] : [held, ...objectsNamed(input, side, held, [...above, name])];
  });
}

/** The object that a function of this name answers, for a call of it: `perMinute(5)` of `perMinute = (max) => ({ config: { rateLimit: { max } } })`. */
export function objectAnswered(input: RuleInput, side: Side, argument: string): readonly string[] {
  const name = /^([A-Za-z_$][\w$]*)\(/.exec(argument)?.[1];
  const found = name === undefined ? undefined : declaredAs(input, side, name, (facts) => answerOf(facts, name));
  return found === undefined ? [] : [found];
}

/** Fields of an object that stands by itself in a function, which has no other work: no call and one object. */
function answerOf({ options, calls, scopes }: SourceFacts, name: string): string | undefined {
  if (!scopes.some((scope) => scope.name === name) || calls.some(({ scope }) => scope === name)) return undefined;
  const fields = options.filter((option) => option.scope === name && option.callee === '' && option.key.startsWith(`(.${option.name}: `));
  const own = fields.filter((option) => option.name !== name);
  return own.length === 0 ? undefined : `{ ${own.map((option) => `${option.name}: ${option.value}`).join(', ')} }`;
}

/** Names of one argument that are looked up, and how many steps a name may lead on to another. */
const MOST_NAMES = 12;
const DEEPEST = 2;

/** An object that is bound outside of all functions, or a field of one; undefined where the file has none of the name. */
function objectOf({ options }: SourceFacts, name: string): string | undefined {
  const key = name.includes('.') ? `(${name}: ` : `(.${name}: `;
  return options.find((option) => option.callee === '' && option.key.startsWith(key) && option.value.startsWith('{'))?.value;
}

/** What is read of a name in the file itself, else in the one other file of its language where there is something to be read. */
function declaredAs<T>(input: RuleInput, side: Side, name: string, read: (facts: SourceFacts) => T | undefined): T | undefined {
  const facts = input[side];
  const own = facts === undefined ? undefined : read(facts);
  if (own !== undefined) return own;
  const paths = input.trees[side].mentioning(name, EXTENSIONS).filter((path) => path !== input.path);
  if (paths.length > MOST_FILES) return undefined;
  const found = paths.flatMap((path) => {
    const around = input.factsAt(side, path);
    const one = around === undefined ? undefined : read(around);
    return one === undefined ? [] : [one];
  });
  return found.length === 1 ? found[0] : undefined;
}

const EXTENSIONS = ['.ts', '.js', '.mjs', '.cjs', '.mts', '.cts', '.tsx', '.jsx'];

/** Where each name is declared first, as a place among the tokens: a route may have any number of arguments. */
const declaredAt = keepOf(({ tokens }: SourceFacts): ReadonlyMap<string, number> => {
  const places = new Map<string, number>();
  for (const [at, { text }] of tokens.entries()) {
    if (text !== 'const' && text !== 'let' && text !== 'var') continue;
    const name = tokens[at + 1]?.text;
    if (name !== undefined && !places.has(name)) places.set(name, at + 1);
  }
  return places;
});

function listOf(facts: SourceFacts, name: string): readonly string[] | undefined {
  const { tokens } = facts;
  const at = declaredAt(facts).get(name);
  if (at === undefined) return undefined;
  const near = tokens.slice(at, at + LONGEST);
  const equals = near.findIndex(({ text }) => text === '=' || text === ';');
  if (near[equals]?.text !== '=') return undefined;
  const value = near.slice(equals + 1);
  const [first = '', second = ''] = value.map(({ text }) => text);
  if (first === '[') return itemsOf(value.slice(1));
  return /^(compose|combine|chain|every|all|pipe|sequence|stack|applyMiddlewares?)$/.test(first) && second === '('
    ? itemsOf(value.slice(value[2]?.text === '[' ? 3 : 2))
    : undefined;
}

/** Items up to the bracket that closes the list, each without spaces; undefined where the list is longer than what is read. */
function itemsOf(tokens: readonly CodeToken[]): readonly string[] | undefined {
  const items: string[] = [''];
  let depth = 0;
  for (const { text } of tokens) {
    if (depth === 0 && /^[\])]$/.test(text)) return items.filter(Boolean);
    if (/^[[({]$/.test(text)) depth++;
    if (/^[\])}]$/.test(text)) depth--;
    if (depth === 0 && text === ',') items.push('');
    else items[items.length - 1] += text;
  }
  return undefined;
}
