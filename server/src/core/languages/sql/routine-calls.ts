import type { Call, SymbolFact } from '../../model/facts.ts';
import type { LineIndex } from '../positions.ts';
import type { SqlToken } from './tokens.ts';

/** A routine of a script as it was read. */
export interface Routine {
  readonly name: string;
  /** The whole statement that makes it. */
  readonly head: readonly SqlToken[];
  readonly body: readonly SqlToken[];
}

/**
 * Calls of one routine of a script by another one, `PERFORM check_points(p_points, v_have)`, and the routines that are called so with their
 * parameters: what a routine asked may stand in a part of it. Calls of anything else are no facts.
 */
export function routineCalls(
  routines: readonly Routine[],
  lines: LineIndex,
): { readonly calls: readonly Call[]; readonly symbols: readonly SymbolFact[] } {
  const byName = new Map(routines.map((routine) => [routine.name.toLowerCase(), routine]));
  const called = new Set<Routine>();
  const calls = routines.flatMap(({ name: scope, body }) => {
    const code = body.filter(({ kind }) => kind !== 'comment');
    return code.flatMap((token, at): readonly Call[] => {
      const [name, length] = nameAt(code, at);
      const target = byName.get(name);
      if (target === undefined || target.name === scope || code[at + length]?.text !== '(' || code[at - 1]?.text === '.') return [];
      const args = argumentsAt(code, at + length + 1);
      const last = code[at + length + 1 + args.reduce((sum, part) => sum + part.length + 1, 0) - 1] ?? token;
      called.add(target);
      const texts = args.map((part) => part.map(spelled).join(' ')).filter((text) => text !== '');
      const use = /^(?:perform|call|exec|execute)$/i.test(code[at - 1]?.text ?? '') ? 'discarded' : 'used';
      return [
        {
          kind: 'call',
          callee: target.name,
          args: texts,
          use,
          range: lines.rangeOf(token.start, Math.max(token.end, last.end)),
          key: `${target.name} ( ${texts.join(' , ')} ) in ${scope}`,
          scope,
        },
      ];
    });
  });
  return { calls, symbols: [...called].map((routine) => symbolOf(routine, lines)) };
}

/** `app.check_points` is three tokens. */
function nameAt(code: readonly SqlToken[], at: number): readonly [string, number] {
  const [first, dot, second] = [code[at], code[at + 1], code[at + 2]];
  if (first === undefined || !/^(?:word|quoted)$/.test(first.kind)) return ['', 1];
  const plain = (token: SqlToken): string => token.text.replace(/["`[\]]/g, '').toLowerCase();
  return dot?.text === '.' && second !== undefined ? [`${plain(first)}.${plain(second)}`, 3] : [plain(first), 1];
}

/** Tokens of each argument from behind the bracket that opens them. */
function argumentsAt(code: readonly SqlToken[], from: number): readonly (readonly SqlToken[])[] {
  const parts: SqlToken[][] = [[]];
  let depth = 0;
  for (const token of code.slice(from, from + LONGEST)) {
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    if (depth < 0) return parts;
    if (token.text === ',' && depth === 0) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return [];
}

/** Tokens of the longest list of arguments that is read. */
const LONGEST = 120;

function spelled({ kind, text }: SqlToken): string {
  return kind === 'word' ? text.toLowerCase() : text;
}

function symbolOf({ name, head }: Routine, lines: LineIndex): SymbolFact {
  const open = head.findIndex(({ text }) => text === '(');
  const parameters = (open < 0 ? [] : argumentsAt(head, open + 1)).flatMap((part) => {
    const [first, ...rest] = part.filter(({ kind, text }) => kind !== 'comment' && !/^(?:in|out|inout|variadic)$/i.test(text));
    return first === undefined ? [] : [{ name: spelled(first), type: rest.map(spelled).join(' '), optional: false }];
  });
  const [from, to] = [head[0], head[open]];
  return {
    name,
    kind: 'function',
    exported: false,
    parameters,
    type: '',
    async: false,
    range: lines.rangeOf(from?.start ?? 0, to?.end ?? from?.end ?? 0),
    key: `routine ${name}(${parameters.map((parameter) => `${parameter.name} ${parameter.type}`).join(', ')})`,
    scope: '',
  };
}
