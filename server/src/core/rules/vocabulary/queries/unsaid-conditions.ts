import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { type ChainLink, chainOf, splitSource } from '../code/argument-text.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { isIn, workScopes } from '../code/own-parts.ts';
import type { NarrowedQuery } from './query-filters.ts';

/**
 * A delete or an update that is put together by any builder, of which one condition is gone: the same rows are still written in the function,
 * and nothing that the condition named is said there, nor in what the function calls, any more. So is read what no reader of queries
 * knows: `Where(upload.Not(upload.HasAttachment()))`, `.and(SESSIONS.REMEMBER_ME.isFalse())`, a builder in a variable.
 */
export function* unsaidConditions(input: RuleInput): Iterable<NarrowedQuery> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  const removed = writesAmong(input.removed.calls);
  if (removed.length === 0) return;
  const stood = new Set(writesAmong(before.calls).map(({ call }) => call.key));
  for (const old of removed) {
    const scope = old.conditions.length === 0 ? undefined : counterpartScope(input, old.call.scope);
    if (scope === undefined || scope === '') continue;
    const scopes = workScopes(after, scope);
    const now = writesAmong(after.calls.filter((call) => isIn(scopes, call.scope))).filter(
      (each) => each.target === old.target && each.verb === old.verb,
    );
    if (now.length === 0 || now.some(({ call }) => stood.has(call.key))) continue;
    const said = wordsOf(after, scopes);
    const known = new Set([...wordsOf(before, [old.call.scope]), ...wordsOf(after, scopes, BOUND)]);
    // What is newly asked, and made elsewhere, may ask the same.
    if (
      now.some((each) =>
        each.conditions.some((condition) => namesIn(condition).some((name) => !known.has(plain(name)) && !isDeclared(after, name))),
      )
    )
      continue;
    const elsewhere = input.addedElsewhere();
    const spoken = new Set(
      [...elsewhere.calls, ...elsewhere.options, ...elsewhere.symbols].flatMap(({ key }) => (key.match(/[A-Za-z_]\w*/g) ?? []).map(plain)),
    );
    const lost = old.conditions.find((condition) => {
      const own = namesIn(condition).filter((name) => !old.common.has(name));
      return own.length > 0 && own.every((name) => !said.has(plain(name)) && !spoken.has(plain(name)));
    });
    if (lost === undefined) continue;
    const name = namesIn(lost).find((each) => !old.common.has(each)) ?? '';
    yield { callee: old.call.callee, lost: name, side: 'before', range: old.call.range };
  }
}

/** A chain of calls that deletes or updates rows. */
interface Written {
  readonly call: Call;
  readonly verb: 'delete' | 'update';
  /** What is written: `SESSIONS`, `client.Upload`, `order::Entity`. */
  readonly target: string;
  readonly conditions: readonly string[];
  /** Names that other parts of the chain say as well. */
  readonly common: ReadonlySet<string>;
}

function writesAmong(calls: readonly Call[]): readonly Written[] {
  const found = calls.flatMap((call) => readWrite(call) ?? []);
  // The longest chain says all of it: `delete(x).where(y)` and not its beginning.
  const beginnings = new Set(found.flatMap(({ call }) => beginningsOf(call.callee)));
  return found.filter(({ call }) => !beginnings.has(call.callee));
}

function readWrite(call: Call): Written | undefined {
  if (call.kind !== 'call' || !VERB.test(call.callee)) return undefined;
  const links = [...chainOf(call.callee.replaceAll('::', '.'))];
  const last = links.pop();
  if (last === undefined) return undefined;
  const chain: readonly ChainLink[] = [...links, { name: last.name, args: call.args.join(', ') }];
  const at = chain.findIndex(({ name, args }) => args !== undefined && (DELETES.test(name) || UPDATES.test(name)));
  const verb = chain[at];
  if (verb === undefined) return undefined;
  const filters = chain.filter(({ name, args }) => args !== undefined && args !== '' && FILTERS.test(name));
  const given = (verb.args ?? '').trim();
  const first = chain.findIndex(({ name, args }) => args !== undefined && FILTERS.test(name));
  const head = chain.slice(0, first < 0 ? at : Math.min(at, first));
  const source = head
    .map(({ name, args }) => (args === undefined ? name : `${name}(${args})`))
    .filter((name) => !/^(?:this|self)$/.test(name))
    .join('.');
  const target = plain(SIMPLE.test(given) ? given : source);
  if (target === '' || IN_MEMORY.test(target)) return undefined;
  const conditions = filters.flatMap(({ args = '' }) => splitSource(args, ',').flatMap(partsOf));
  const rest = chain.filter((link) => !filters.includes(link)).flatMap(({ name, args = '' }) => [name, ...namesIn(args)]);
  const often = conditions
    .flatMap((condition) => [...new Set(namesIn(condition))])
    .filter((name, index, all) => all.indexOf(name) !== index);
  return { call, verb: DELETES.test(verb.name) ? 'delete' : 'update', target, conditions, common: new Set([...rest, ...often]) };
}

/** `a.b` and `a.b(x).c` of `a.b(x).c(y).d`. */
function beginningsOf(callee: string): readonly string[] {
  return [...callee.matchAll(/\(/g)].map(({ index }) => callee.slice(0, index));
}

const VERB = /delet|remove|updat|destroy/i;
const DELETES = /^(?:delete\w*|Delete\w*|remove|destroy\w*)$/;
const UPDATES = /^(?:update\w*|Update\w*)$/;
const FILTERS = /^(?:where\w*|Where\w*|filter\w*|Filter\w*|and|and_where|andWhere|And|or_filter|exclude|eq|neq|lt|lte|gt|gte|is|in)$/;
const SIMPLE = /^[&'"`]?[A-Za-z_][\w.:]*(?:\{\})?['"`]?$/;
const IN_MEMORY = /^(?:map|set|cache|list|items|params|headers|node|element|document|localstorage|sessionstorage|fs|path)$/;

/** Conditions that are joined: `and(a, b)`, `And(a, b)`, `a & b`. */
function partsOf(argument: string): readonly string[] {
  const joined = /^(?:[\w.]*\.)?(?:and_?|And|all_of)\(([\s\S]*)\)$/.exec(argument)?.[1];
  return joined === undefined ? splitSource(argument, '&&') : splitSource(joined, ',').flatMap(partsOf);
}

/** Names of an expression, and words of the texts in it, without what every language has. */
function namesIn(source: string): readonly string[] {
  return [...source.matchAll(/[A-Za-z_]\w*/g)].flatMap(([name]) => (COMMON.test(name) ? [] : [name]));
}

const COMMON =
  /^(?:and|or|not|Not|And|Or|is|in|null|None|nil|true|false|True|False|eq|ne|lt|lte|gt|gte|like|ilike|between|isNull|isNotNull|isFalse|isTrue|is_null|any|some|new|this|self|db|await|async|fn|const|let|to|as|sql|Q|F|func|now|NOW|Date|Column|Entity|Expr|col|lit|eb|qb|interval|current_timestamp)$/;

/** A name of this file, or a parameter, whose value the file says. */
function isDeclared(after: SourceFacts, name: string): boolean {
  return (
    after.scopes.some(({ name: own }) => own === name || own.endsWith(`.${name}`)) ||
    after.symbols.some((symbol) => symbol.name === name && symbol.kind !== 'function')
  );
}

/** Words of some functions in one spelling; with a pattern, of what stands right before it. */
function wordsOf(facts: SourceFacts, scopes: readonly string[], before?: RegExp): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { name, startLine, endLine } of facts.scopes) {
    if (!scopes.some((scope) => within(name, scope))) continue;
    const tokens = tokensOn(facts, startLine, endLine);
    for (const [at, { text }] of tokens.entries())
      if (before === undefined || before.test(tokens[at + 1]?.text ?? ''))
        for (const word of text.match(/\w+/g) ?? []) found.add(plain(word));
  }
  return found;
}

const BOUND = /^(?::?=|:|=>|->)$/;

function plain(text: string): string {
  return text.replaceAll('_', '').toLowerCase();
}
