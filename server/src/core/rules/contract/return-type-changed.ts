import type { SymbolFact } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import type { Dependent } from '../../model/radius.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten } from '../vocabulary/code/call-names.ts';
import { escaped } from '../vocabulary/code/literal-patterns.ts';
import { isAmong, symbolsNamed } from '../vocabulary/code/symbols-by-name.ts';
import { changedFunctions, isTheirPlace, reachOf } from '../vocabulary/contract/changed-signatures.ts';
import {
  fanIn,
  isEveryCallerUpdated,
  isImport,
  isUnused,
  isWithinBuild,
  severityOfBreak,
} from '../vocabulary/contract/contract-callers.ts';
import { isHeirOfBuiltin } from '../vocabulary/contract/heirs-of-builtins.ts';
import { plainOfNamed } from '../vocabulary/contract/named-texts.ts';
import { underOldNames } from '../vocabulary/contract/renamed-types.ts';
import { changedReturns } from '../vocabulary/contract/returned-shapes.ts';
import { awaited, isWider } from '../vocabulary/contract/types.ts';
import { lostThrows } from '../vocabulary/guards/lost-throws.ts';

/**
 * ## What it sees
 * An exported function whose declared result is another one: a new shape, a value that may now be null, a type given up for
 * `any`. One that threw where nothing was found, and gives that nothing back now. And one without a declared result, or with the
 * same, that gives a table where it gave a tuple or a list, or its number in another unit.
 *
 * ## Why it matters
 * Callers read fields that are no longer there, or use a null that could not come before. `any` hides both from the compiler.
 *
 * ## When it is fine
 * The new result is one that every caller could already get (a narrower type), nothing was returned before, nobody calls it,
 * or every call changed with it. These are not flagged.
 *
 * ## What it misses
 * Results that only another function's name tells, and a named type that changed its fields.
 */
export default defineRule({
  id: 'contract/return-type-changed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'An exported function returns something else',
  reads: ['symbols', 'guards', 'calls', 'tokens'],
  evidence: [
    {
      title: 'Google Cloud 2025-06-12: a null that no caller expected',
      url: 'https://status.cloud.google.com/incidents/ow5i3PPK96RduMcb1SsW',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    const language = input.before?.language ?? '';
    for (const symbol of changedFunctions(input)) {
      // Of several overloads one that still returns the old type is enough.
      const candidates = symbolsNamed(input.after, symbol.name).filter((other) => other.kind === symbol.kind && other.exported);
      const now = candidates.find((other) => isAmong(input.added.symbols, other)) ?? candidates[0];
      const typeOf = (other: SymbolFact): string => (other.type === '' ? handedOnType(input, other) : other.type);
      if (
        now === undefined ||
        !isTheirPlace(input, symbol, now) ||
        candidates.some(
          (other) =>
            !isOther(symbol.type, plainOfNamed(input, underOldNames(input, symbol.type, typeOf(other))), language) ||
            isHeirOfBuiltin(input, symbol.type, typeOf(other)),
        )
      )
        continue;
      const isOfHandler = language === 'rust' && givenBy(symbol.type) !== '' && givenBy(symbol.type) === givenBy(typeOf(now));
      const reach = reachFrom(input, symbol, isOfHandler ? isRouted : undefined);
      if (reach === undefined) continue;
      yield {
        side: 'after',
        range: now.range,
        message: fitMessage(`\`${shorten(symbol.name, 20)}\` returns \`${shorten(typeOf(now), 20)}\` now; ${reach.text}`),
        ...reach.draft,
        ...(isWithinBuild(input, symbol) || failsBetter(input, symbol.type, typeOf(now)) || isPicked(input, symbol.type, typeOf(now))
          ? { severity: 'low' as const }
          : {}),
      };
    }
    for (const { symbol, range, text, isOneByOne } of changedReturns(input)) {
      const reach = reachFrom(input, symbol, isOneByOne === true ? goesOver : undefined);
      if (reach !== undefined)
        yield { side: 'after', range, message: fitMessage(`\`${shorten(symbol.name, 22)}\` ${text}; ${reach.text}`), ...reach.draft };
    }
    for (const { scope, range } of lostThrows(input)) {
      const symbol = input.before?.symbols.find(
        ({ name, exported, kind }) => name === scope && exported && /^(function|method|variable)$/.test(kind),
      );
      const reach = symbol === undefined ? undefined : reachFrom(input, symbol);
      if (symbol === undefined || reach === undefined) continue;
      yield {
        side: 'before',
        range,
        message: fitMessage(`\`${shorten(symbol.name, 24)}\` gives nothing where it stopped; ${reach.text}`),
        ...reach.draft,
      };
    }
  },
});

/** What a function without a declared result gives, where it only hands on to one of its file: `(id) => rows.byId(id)`. */
function handedOnType({ after }: RuleInput, { name }: SymbolFact): string {
  const [call, ...others] = after?.calls.filter((other) => other.scope === name) ?? [];
  if (call === undefined || others.length > 0 || call.use === 'discarded') return '';
  const last = lastName(call.callee);
  const given = after?.symbols.filter((other) => /^(function|method)$/.test(other.kind) && lastName(other.name) === last) ?? [];
  return given.length === 1 ? (given[0]?.type ?? '') : '';
}

/**
 * Rust: it gives what it gave, and only what it fails with was a text and is a type that can be shown: whoever hands that on or
 * shows it goes on as before, and whoever takes it for a text is named by the compiler.
 */
function failsBetter({ trees }: RuleInput, old: string, now: string): boolean {
  const parts = (type: string): readonly string[] => /^(?:\w+::)*Result<(.*), ?([\w:&' ]+(?:<dyn [^<>]*>)?)>$/.exec(type)?.slice(1) ?? [];
  const [[gave, failed = ''], [gives, fails = '']] = [parts(old), parts(now)];
  if (gave === undefined || gave !== gives || !/^(?:String|&(?:'static )?str|Box<dyn .*Error\b.*>|(?:anyhow::)?Error)$/.test(failed))
    return false;
  const name = fails.slice(fails.lastIndexOf(':') + 1).trim();
  if (!/^[A-Z]\w*$/.test(name)) return false;
  const shown = new RegExp(
    `\\bDisplay for ${escaped(name)}\\b|#\\[derive\\([^\\])]*\\bError\\b[^\\])]*\\)\\][^{;]{0,200}\\b(?:enum|struct) ${escaped(name)}\\b`,
  );
  return trees.after
    .mentioning(name, ['.rs'])
    .slice(0, 12)
    .some((path) => {
      const content = trees.after.read(path);
      return content?.kind === 'text' && shown.test(content.text);
    });
}

/** TypeScript: it gives some fields of what it gave, by name: `type LeadRow = Pick<Lead, 'id'>`. Whoever reads another one is named by the compiler. */
function isPicked({ after }: RuleInput, old: string, now: string): boolean {
  const own = (type: string): string => /^(?:Promise<)?(\w+)(?:\[\])?(?: \| (?:null|undefined))?>?$/.exec(type)?.[1] ?? '';
  const [was, is] = [own(old), own(now)];
  if (after?.language !== 'typescript' || was === '' || is === '' || old.replace(was, is) !== now) return false;
  const { tokens } = after;
  return tokens.some(
    ({ text }, at) => text === 'type' && tokens[at + 1]?.text === is && tokens[at + 3]?.text === 'Pick' && tokens[at + 5]?.text === was,
  );
}

interface Leaning {
  /** In words. */
  readonly text: string;
  readonly draft: Pick<FindingDraft, 'radius' | 'severity'>;
}

/** A line that goes over what it is given once: `for order in open_orders(c):`, `sum(… for …)`, `list(open_orders(c))`. */
function goesOver(line: string, name: string): boolean {
  const at = line.indexOf(`${name}(`);
  return (
    at > 0 &&
    /(?:\bin|\b(?:list|tuple|set|sorted|sum|any|all|max|min|map|filter|enumerate|zip|dict|chain|join|extend|yield from)\(?) ?(?:[\w.]+\.)?$/.test(
      line.slice(0, at),
    )
  );
}

/** Who calls it and was left as it was; undefined where that is nobody. */
function reachFrom(
  input: RuleInput,
  symbol: SymbolFact,
  isUnmoved: (line: string, name: string) => boolean = () => false,
): Leaning | undefined {
  const radius = reachOf(input, symbol);
  if (radius === null) return { text: 'callers unknown', draft: { radius } };
  const isAffected = (line: string, dependent: Dependent): boolean =>
    !isImport(line, dependent) && !isUnmoved(line, lastName(symbol.name)) && !isNamesake(input, symbol, line, dependent);
  if (isUnused(radius) || isEveryCallerUpdated(input, radius, isAffected)) return undefined;
  const severity = severityOfBreak(input, symbol, radius, isAffected);
  return { text: fanIn(radius), draft: { radius, ...(severity === undefined ? {} : { severity }) } };
}

/** Another class declares a method of this name, and is no heir: `updateItem(item: Row): void {`. */
function isNamesake(input: RuleInput, { name, kind }: SymbolFact, line: string, { path }: Dependent): boolean {
  const [method = '', owner = ''] = name.split('.').reverse();
  if (kind !== 'method' || owner === '' || path === input.path || input.before?.language !== 'typescript') return false;
  const rest = line.replace(/^(?:(?:public|private|protected|static|override|async)\s+)*/, '');
  if (!rest.startsWith(`${method}(`) || !/\)(?:: [^=()]+)? \{$/.test(rest)) return false;
  const content = input.trees.before.read(path);
  return content?.kind === 'text' && !new RegExp(`\\b(?:extends|implements)\\s[^{\\n]*\\b${escaped(owner)}\\b`).test(content.text);
}

/** What a result holds where nothing failed: `Json<Bed>` of `Result<Json<Bed>, StatusCode>` and of `ApiResult<Json<Bed>>`; empty for any other type. */
function givenBy(type: string): string {
  const open = /^(?:[\w:]*::)?\w*Result</.exec(type)?.[0].length;
  if (open === undefined) return '';
  let depth = 0;
  for (let at = open; at < type.length; at += 1) {
    const sign = type[at];
    if (depth === 0 && (sign === ',' || sign === '>')) return type.slice(open, at).trim();
    if (sign === '<' || sign === '(' || sign === '[') depth += 1;
    if (sign === '>' || sign === ')' || sign === ']') depth -= 1;
  }
  return '';
}

const ROUTES = /^(get|post|put|delete|patch|head|options|any|on|to|service|handler|fallback)$/;

/** A line that imports a handler of Rust or hands it to a router, which turns whatever went wrong into an answer: `get(beds::list)`. */
function isRouted(line: string, name: string): boolean {
  // A handler may be called as the router's own `get` is.
  const isOwn = (word: string, index: number): boolean =>
    word.endsWith(`::${name}`) || (word === name && !(ROUTES.test(name) && line[index + word.length] === '('));
  const mentions = [...line.matchAll(/[\w:]+/g)].filter(({ 0: word, index }) => isOwn(word, index));
  const isHandedOn = mentions.every(({ 0: word, index }) => {
    const [before, after] = [line.slice(0, index), line.slice(index + word.length)];
    return (
      /\b(get|post|put|delete|patch|head|options|any|on|to|service|handler|routes!|fallback|method_router)\s?[([]([\w:]+, ){0,20}$/.test(
        before,
      ) && !/^\s*[(<]/.test(after)
    );
  });
  return /^(pub )?(use|mod) /.test(line) || isHandedOn;
}

function isOther(before: string, after: string, language: string): boolean {
  const old = managed(awaited(before), language);
  // Without a word a function of Go or Rust gives nothing.
  const now = after === '' && /^(go|rust)$/.test(language) ? 'void' : managed(awaited(after), language);
  if (now === 'void' && /^(go|rust|java)$/.test(language)) return old !== '' && old !== 'void' && old !== '()';
  if (old === '' || now === '' || old === 'any' || old === 'unknown' || old === 'void' || old === 'never' || old === '()' || old === 'None')
    return false;
  if (now === 'any' || now === 'unknown') return true;
  // `Function` and `object` promised nothing that a caller could lean on.
  if (old === 'Function' || old === 'object' || old === '{}') return false;
  return !isWider(now, old);
}

/** What `@contextmanager` decorates says that it yields; its callers hold the manager. */
function managed(type: string, language: string): string {
  return language === 'python' ? type.replace(/^(?:\w+\.)?(?:Abstract)?(Async)?(?:ContextManager|Iterator)\[\s*/, '$1Iterator[') : type;
}
