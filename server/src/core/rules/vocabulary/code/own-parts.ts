import type { SourceFacts } from '../../../model/facts.ts';
import { lastName } from './call-names.ts';
import { tokensOn } from './code-text.ts';
import { within } from './counterpart.ts';
import { frameworkCalls } from './framework-calls.ts';
import { groupBy, keepOf } from './kept.ts';

/**
 * Scopes of one file in which the work of `scope` is done: its own, and those of the functions of the same file that it calls,
 * and that these call. A rewrite that cuts a function up leaves a list of calls in it and its writes in the parts.
 */
export function workScopes(facts: SourceFacts, scope: string): readonly string[] {
  const known = worked(facts).get(scope) ?? findWork(facts, scope);
  worked(facts).set(scope, known);
  return known;
}

/** Asked for each call of each hunk, and the same for all of them. */
const worked = keepOf((_: SourceFacts) => new Map<string, readonly string[]>());

function findWork(facts: SourceFacts, scope: string): readonly string[] {
  const found = [scope];
  if (scope === '') return found;
  const { calls, functions } = helpersOf(facts);
  for (let at = 0; at < found.length && found.length < REACH; at += 1) {
    const from = found[at] ?? '';
    for (const [name, callees] of calls) {
      if (!within(name, from)) continue;
      for (const called of callees)
        for (const helper of functions.get(called) ?? []) if (!found.some((known) => within(helper, known))) found.push(helper);
    }
  }
  return found;
}

/** `workScopes`, and with them the functions that are handed on by their name: `map(this::step)`, `.map(price)`, `COMMANDS[name]`. */
export function partScopes(facts: SourceFacts, scope: string): readonly string[] {
  const known = parted(facts).get(scope) ?? findParts(facts, scope);
  parted(facts).set(scope, known);
  return known;
}

const parted = keepOf((_: SourceFacts) => new Map<string, readonly string[]>());

function findParts(facts: SourceFacts, scope: string): readonly string[] {
  const found = new Set(workScopes(facts, scope));
  const { functions } = helpersOf(facts);
  for (const from of found) {
    for (const helper of tabledIn(facts, from)) for (const part of workScopes(facts, helper)) found.add(part);
    for (const { scope: inner, args } of facts.calls) {
      if (!within(inner, from) || found.size > REACH) continue;
      for (const argument of args) {
        if (!HANDED.test(argument)) continue;
        for (const helper of functions.get(argument.slice(Math.max(argument.lastIndexOf('.'), argument.lastIndexOf(':')) + 1)) ?? [])
          for (const part of workScopes(facts, helper)) found.add(part);
      }
    }
  }
  return [...found];
}

/** Functions that stand in a table of the file which the function names: `COMMANDS = {'load': load}`. */
function tabledIn(facts: SourceFacts, scope: string): readonly string[] {
  const tables = tablesOf(facts);
  const inline = inlineTables(facts);
  if ((tables.size === 0 && inline.size === 0) || scope === '') return [];
  const place = facts.scopes.find(({ name }) => name === scope);
  if (place === undefined) return [];
  return tokensOn(facts, place.startLine, place.endLine).flatMap(({ text }) => [...(tables.get(text) ?? []), ...(inline.get(text) ?? [])]);
}

/** Functions that are written in a table, `const SENDERS = { sms: async (user) => … }`, by the name of the table. */
const inlineTables = keepOf(({ options, scopes }: SourceFacts): ReadonlyMap<string, readonly string[]> => {
  const starting = groupBy(scopes, ({ startLine }) => String(startLine));
  const tables = new Map<string, readonly string[]>();
  for (const { name, value, callee, scope, range } of options) {
    if (callee !== '' || scope !== '' || !/^\{.*\bfn\b/s.test(value)) continue;
    const found: string[] = [];
    for (let line = range.start.line; line <= range.end.line; line += 1)
      for (const inner of starting.get(String(line)) ?? []) if (inner.name !== name) found.push(inner.name);
    tables.set(name, found);
  }
  return tables;
});

/** What is bound outside of all functions to a list of more than one of them, by its name. */
const tablesOf = keepOf((facts: SourceFacts): ReadonlyMap<string, readonly string[]> => {
  const { functions } = helpersOf(facts);
  const tables = new Map<string, readonly string[]>();
  const { tokens } = facts;
  for (let at = 1; at < tokens.length; at += 1) {
    if (tokens[at]?.text !== '=' || !/^[[{(]$|^(?:new|Map|map|Object|Collections|ImmutableMap|dict)$/.test(tokens[at + 1]?.text ?? ''))
      continue;
    const found: string[] = [];
    let depth = 0;
    let end = at + 1;
    for (; end < tokens.length && end - at < LONGEST_TABLE; end += 1) {
      const text = tokens[end]?.text ?? '';
      if (/^[[{(]$/.test(text)) depth += 1;
      if (/^[\])}]$/.test(text)) depth -= 1;
      if (depth < 0 || (depth === 0 && (text === ';' || tokens[end]?.line !== tokens[end + 1]?.line))) break;
      if (tokens[end + 1]?.text !== ':' && tokens[end + 1]?.text !== '.') found.push(...(functions.get(text) ?? []));
    }
    // `HANDLERS: Record<string, Handler> = {`: the name begins the line, or stands behind the word that declares it.
    const line = tokens[at]?.line ?? 0;
    const name = tokensOn(facts, line, line).find(
      ({ text }) => /^[A-Za-z_$][\w$]*$/.test(text) && !DECLARES.test(text) && !/^[A-Z][a-z]\w*$/.test(text),
    );
    if (found.length > 1 && name !== undefined) tables.set(name.text, found);
    at = Math.max(at, end - 1);
  }
  return tables;
});

const DECLARES = /^(?:export|const|let|var|static|final|private|public|protected|readonly|pub|mut|this|self)$/;
const LONGEST_TABLE = 400;

/** A function by its name alone. */
const HANDED = /^(?:(?:this|self|Self|cls|[A-Z]\w*)(?:\.|::))?_*[A-Za-z]\w*$/;

/** True where a fact's scope is one of them, or stands inside one. */
export function isIn(scopes: readonly string[], scope: string): boolean {
  return scopes.some((outer) => within(scope, outer));
}

/** A file whose functions all call each other is not followed to its end. */
const REACH = 24;

/** A function of the file itself: asked of nobody, of the object that the function belongs to, or of one that is made on the spot. */
const OWN =
  /^(?:(?:this|self|Self|cls|super|[a-z]{1,2}|(?:new )?[A-Z]\w*\([^()]*\)|[A-Z]\w*(?:::\w+\([^()]*\)\??)?)(?:\.|::|->))?_*[A-Za-z]\w*$/;

const helpersOf = keepOf((facts: SourceFacts) => {
  const names = [...new Set(facts.symbols.filter(({ kind }) => kind === 'function' || kind === 'method').map(({ name }) => name))];
  const functions = new Map<string, readonly string[]>([
    ...names.filter((name) => name.includes('.')).map((name) => [name, [name]] as const),
    ...groupBy(names, (name) => name.slice(name.lastIndexOf('.') + 1)),
  ]);
  const made = [...facts.calls, ...frameworkCalls(facts)].flatMap(({ kind, callee, scope }) => {
    if (kind !== 'call') return [];
    const helper = OWN.test(callee) ? lastName(callee) : methodOfField(facts, callee, scope);
    return helper !== undefined && functions.has(helper) ? [{ scope, helper }] : [];
  });
  const calls = [...groupBy(made, ({ scope }) => scope)].map(([name, own]) => [name, new Set(own.map(({ helper }) => helper))] as const);
  return { calls, functions };
});

/** `Http.post` of `this.http.post(…)`, where the file declares the class that the field or the parameter holds; Java says `http.post(…)`. */
function methodOfField(facts: SourceFacts, callee: string, scope: string): string | undefined {
  const [, field, method] = /^(?:(?:this|self|[a-z]{1,2})\.)?_*([A-Za-z]\w*)\.([A-Za-z]\w*)$/.exec(callee) ?? [];
  if (field === undefined || method === undefined) return undefined;
  const held =
    parameterTypes(facts).get(`${scope}.${field}`) ?? fieldTypes(facts).get(`${scope.slice(0, Math.max(0, scope.indexOf('.')))}.${field}`);
  return held === undefined ? undefined : `${held}.${method}`;
}

/** Classes that functions are handed, by `Owner.method.parameter`. */
const parameterTypes = keepOf((facts: SourceFacts): ReadonlyMap<string, string> => {
  const types = new Map<string, string>();
  for (const { name, parameters } of facts.symbols)
    for (const parameter of parameters) {
      const held = /^[&*]*(?:mut )?([A-Z]\w*)$/.exec(parameter.type)?.[1];
      if (held !== undefined) types.set(`${name}.${parameter.name}`, held);
    }
  return types;
});

/** Classes that fields hold, by `Owner.field`: by the type that is written, or by what the field is made of. */
const fieldTypes = keepOf((facts: SourceFacts): ReadonlyMap<string, string> => {
  const types = new Map<string, string>();
  for (const { name, kind, type } of facts.symbols) {
    const held = /^[*&]*(?:\w+\.)?([A-Z]\w*)\b/.exec(type)?.[1];
    if (kind === 'property' && held !== undefined) types.set(name, held);
  }
  const { tokens } = facts;
  for (const [at, { text, line }] of tokens.entries()) {
    if (text !== '=' || tokens[at - 2]?.text !== '.' || !/^(this|self)$/.test(tokens[at - 3]?.text ?? '')) continue;
    const made = tokens[at + 1]?.text === 'new' ? at + 2 : at + 1;
    const [held = '', open] = [tokens[made]?.text, tokens[made + 1]?.text];
    const owner = facts.scopes.find(({ name, startLine, endLine }) => name.includes('.') && startLine <= line && line <= endLine)?.name;
    if (open !== '(' || !/^[A-Z]/.test(held) || owner === undefined) continue;
    types.set(`${owner.slice(0, owner.indexOf('.'))}.${tokens[at - 1]?.text ?? ''}`, held);
  }
  return types;
});
