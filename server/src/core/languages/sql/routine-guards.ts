import type { Guard } from '../../model/facts.ts';
import type { LineIndex } from '../positions.ts';
import type { SqlToken } from './tokens.ts';

/**
 * Conditions on which a routine stops with an error: `IF … THEN RAISE EXCEPTION`, `IF … THEN SIGNAL SQLSTATE`, and T-SQL's
 * `IF … THROW` and `IF … BEGIN RAISERROR`. A `RAISE NOTICE` stops nothing. The condition reads as in other languages: `==` for
 * `=`, `!=` for `<>`.
 */
export function routineGuards(tokens: readonly SqlToken[], scope: string, lines: LineIndex): readonly Guard[] {
  const code = tokens.filter((token) => token.kind !== 'comment');
  return code.flatMap((token, at): readonly Guard[] => {
    const isIf = token.kind === 'word' && /^(if|elsif|elseif)$/i.test(token.text) && !/^end$/i.test(code[at - 1]?.text ?? '');
    const length = isIf ? code.slice(at + 1, at + 1 + LONGEST).findIndex(opensBranch) : -1;
    const condition = code.slice(at + 1, at + 1 + length);
    const [first, last] = [condition[0], condition.at(-1)];
    if (length < 1 || first === undefined || last === undefined || !stops(code.slice(at + 1 + length, at + 5 + length))) return [];
    const test = condition
      .map(spelled)
      .join(' ')
      .replace(/([<>!]) ==/g, '$1=')
      .replace(/< >/g, '!=')
      .replace(/ ?([.(),]) ?/g, '$1')
      .replace(/\b(in|and|or|not)\(/g, '$1 (');
    return [
      {
        test,
        exit: 'throw',
        reads: [...new Set(condition.filter(({ kind }) => kind === 'word').map(({ text }) => text.toLowerCase()))].filter(
          (name) => !WORDS.test(name),
        ),
        compares: /[<>=]/.test(test),
        range: lines.rangeOf(first.start, last.end),
        key: `${scope} stops on ${test}`,
        scope,
      },
    ];
  });
}

/** Tokens of the longest condition that is read. */
const LONGEST = 80;

const WORDS = /^(and|or|not|is|null|in|between|like|exists|select|from|where|true|false)$/;

function opensBranch({ kind, text }: SqlToken): boolean {
  return kind === 'word' && /^(then|begin|throw|raiserror)$/i.test(text);
}

function stops(branch: readonly SqlToken[]): boolean {
  const [first, second, third] = branch.map(({ text }) => text.toLowerCase());
  const word = first === 'then' || first === 'begin' ? second : first;
  const next = first === 'then' || first === 'begin' ? third : second;
  if (word === 'raise') return !/^(notice|warning|info|log|debug)$/.test(next ?? '');
  return word !== undefined && /^(signal|resignal|throw|raiserror|raise_application_error)$/.test(word);
}

function spelled({ kind, text }: SqlToken): string {
  if (kind === 'word') return text.toLowerCase();
  return text === '=' ? '==' : text;
}
