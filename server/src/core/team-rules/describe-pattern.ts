import type { Learned } from './generalise.ts';
import { CALL } from './node-kinds.ts';

/** What a learned pattern matches, and what it does not, as two plain sentences; the pattern itself stands beside them. */
export function describePattern({ shown, kind, matcher }: Pick<Learned, 'shown' | 'kind' | 'matcher'>): {
  readonly matches: string;
  readonly misses: string;
} {
  const isCall = CALL.test(kind);
  const isCommand = kind === 'command';
  const isGuard = kind === 'guard';
  const form = isGuard ? 'guards' : isCommand ? 'commands' : isCall ? 'calls' : 'code';
  const code = shown.replace(/\s+/g, ' ').trim();
  return {
    matches: `It matches ${form} of this form${isGuard ? ' that throw, raise or return' : ''}${meaningOf(code, Object.keys(constraintsOf(matcher.constraints)))}.`,
    misses: `It does not match ${[
      isCommand
        ? 'flags in another order or spelling'
        : isCall
          ? calleeOf(code)
          : isGuard
            ? 'the same condition said in another form'
            : 'the same thing said in another form',
      ...(isCall && !code.includes('$$$') ? [isCommand ? 'more or fewer words' : 'more or fewer arguments'] : []),
      ...(/(true|false|True|False|\d|['"])/.test(code) ? ['another value in place of one that is written out'] : []),
    ].join(', or ')}.`,
  };
}

function calleeOf(code: string): string {
  if (/^\$[A-Z]\(/.test(code)) return 'the same setting in a variable';
  return /^[\w.]+\.\$[A-Z]\(/.test(code) ? 'the same setting in calls of another module' : 'the same call under another name';
}

/** What each kind of metavariable of the pattern stands for. */
function meaningOf(code: string, putTogether: readonly string[]): string {
  const single = [...new Set(code.match(/(?<!\$)\$[A-Z]\b/g) ?? [])];
  const plain = single.filter((name) => !putTogether.includes(name.slice(1)));
  const parts = [
    ...(plain.length > 0 ? [`${list(plain)} being anything${plain.length > 1 ? ' each' : ''}`] : []),
    ...(putTogether.length > 0 ? [`${list(putTogether.map((name) => `$${name}`))} any text that a variable is put into`] : []),
    ...(code.includes('$$$') ? ['$$$ any number of others'] : []),
  ];
  return parts.length === 0 ? ', word for word' : `, ${parts.join(', ')}`;
}

function list(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

function constraintsOf(constraints: unknown): object {
  return typeof constraints === 'object' && constraints !== null ? constraints : {};
}
