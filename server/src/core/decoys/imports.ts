import type { AnalysedChange } from '../facts/analyse-change.ts';
import type { SourceFacts } from '../model/facts.ts';
import { lastName } from '../rules/vocabulary/code/call-names.ts';
import { keepOf } from '../rules/vocabulary/code/kept.ts';
import { programOf } from './losses.ts';
import type { Voucher } from './vouchers.ts';

/** What a file imports, as far as a name needs it. */
export interface Imports {
  /** True for the index of a token that stands in an import. */
  holds(token: number): boolean;
  /** Names by which the file calls what it imports under another one: `guard as demand`. */
  aliases(name: string): readonly string[];
  /** True where the file takes the name from another file of the change that declares it too. */
  isOfOther(name: string, voucher: Voucher, analysed: AnalysedChange): boolean;
}

interface Statement {
  readonly first: number;
  readonly last: number;
  /** The last part of what is imported from, without its extension; empty where it is not to be told. */
  readonly from: string;
}

/** Read off the tokens: a statement that begins with `import` or `from`, `export {…} from`, and one that takes names out of `require(…)`. */
export const importsOf = keepOf((facts: SourceFacts): Imports => {
  const statements = statementsOf(facts);
  const { tokens } = facts;
  const inside = (token: number): Statement | undefined => statements.find(({ first, last }) => first <= token && token <= last);
  const renamed = statements.flatMap(({ first, last }) => {
    const found: (readonly [string, string])[] = [];
    for (let at = first + 1; at < last; at += 1)
      if (/^(?:as|:)$/.test(tokens[at]?.text ?? '')) found.push([tokens[at - 1]?.text ?? '', tokens[at + 1]?.text ?? '']);
    return found;
  });
  return {
    holds: (token) => inside(token) !== undefined,
    aliases: (name) => renamed.flatMap(([was, now]) => (was === name && /^[A-Za-z_$]/.test(now) ? [now] : [])),
    isOfOther(name, voucher, analysed) {
      if (facts === voucher.facts) return false;
      const taken = tokens.findIndex(({ text }, at) => text === name && inside(at) !== undefined);
      const from = taken < 0 ? '' : (inside(taken)?.from ?? '');
      if (from === '' || from === stemOf(voucher.file.file.path)) return false;
      return programOf(analysed).some(
        ({ file, after }) =>
          after !== undefined &&
          after !== voucher.facts &&
          stemOf(file.path) === from &&
          after.scopes.some((scope) => lastName(scope.name) === voucher.name),
      );
    },
  };
});

/** `guards` of `src/guards.ts`, and the folder of an index. */
function stemOf(path: string): string {
  const parts = path.replace(/(?:\.d)?\.\w+$/, '').split('/');
  const own = parts.at(-1) ?? '';
  return /^(?:index|__init__|mod)$/.test(own) ? (parts.at(-2) ?? own) : own;
}

function statementsOf({ tokens, language }: SourceFacts): readonly Statement[] {
  const found: Statement[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const { text, line } = tokens[at] ?? { text: '', line: 0 };
    const isFirst = tokens[at - 1]?.line !== line || /^[;{}]$/.test(tokens[at - 1]?.text ?? '');
    const opens =
      (text === 'import' || (text === 'from' && language === 'python')) && tokens[at + 1]?.text !== '(' && tokens[at + 1]?.text !== '.';
    const passesOn = text === 'export' && tokens[at + 1]?.text === '{';
    const requires = isFirst && /^(?:const|let|var)$/.test(text) && tokens[at + 1]?.text === '{';
    if (!isFirst || !(opens || passesOn || requires)) continue;
    const statement = opens || passesOn ? importAt(tokens, at, language) : requireAt(tokens, at);
    if (statement === undefined) continue;
    found.push(statement);
    at = statement.last;
  }
  return found;
}

type Tokens = SourceFacts['tokens'];

const LONGEST = 400;

function importAt(tokens: Tokens, first: number, language: string): Statement {
  let last = first;
  let depth = 0;
  for (let at = first + 1; at < tokens.length && at - first < LONGEST; at += 1) {
    const { text, line } = tokens[at] ?? { text: '', line: 0 };
    if (depth === 0 && line !== tokens[at - 1]?.line && !/^(?:from|\{|,)$/.test(text) && tokens[at - 1]?.text !== 'from') break;
    if (/^[({]$/.test(text)) depth += 1;
    if (/^[)}]$/.test(text)) depth -= 1;
    last = at;
    if (text === ';' || depth < 0) break;
  }
  const inside = tokens.slice(first, last + 1).map(({ text }) => text);
  if (language === 'python') {
    const end = inside.indexOf('import');
    return { first, last, from: inside[0] === 'from' && end > 1 ? (inside[end - 1] ?? '').replace(/^.*\./, '') : '' };
  }
  return { first, last, from: sourceOf(inside) };
}

/** `const { guard } = require('./guards')`. */
function requireAt(tokens: Tokens, first: number): Statement | undefined {
  const close = tokens.findIndex(({ text }, at) => at > first && (text === '}' || at - first > LONGEST));
  if (tokens[close + 1]?.text !== '=' || tokens[close + 2]?.text !== 'require') return undefined;
  return { first, last: close + 5, from: sourceOf(tokens.slice(close, close + 6).map(({ text }) => text)) };
}

function sourceOf(texts: readonly string[]): string {
  const quoted = texts.findLast((text) => /^['"`]/.test(text)) ?? '';
  return /^['"`]\.{0,2}/.test(quoted) ? stemOf(`${quoted.slice(1, -1).replace(/\.[cm]?[jt]sx?$/, '')}.ts`) : '';
}
