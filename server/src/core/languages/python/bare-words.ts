/**
 * What a word of Python with nothing tied to its front can mean. `code` is a file without remarks and strings, `at` and `end` are
 * offsets of the word. Whatever cannot be told may be meant.
 */

/**
 * Whether a bare word may be a member of a class: what an heir declares anew, an attribute or a default in the body of a class, and
 * where it is no function the name by which a dataclass is given it.
 */
export function mayBeMember(code: string, at: number, end: number, isFunction: boolean): boolean {
  const head = code.slice(Math.max(0, at - NEAR), at);
  if (/^\s*=(?!=)/.test(code.slice(end, end + 20)) && isInCall(head)) return !isFunction && !isParameter(head);
  return blockAround(code, at) !== 'function' && !isParameter(head);
}

/** Whether a bare word means nothing at the top of a file: the name of an argument, a parameter or a method. */
export function meansNothing(code: string, at: number, end: number): boolean {
  const head = code.slice(Math.max(0, at - NEAR), at);
  return (/^\s*=(?!=)/.test(code.slice(end, end + 20)) && isInCall(head)) || /\b(?:def|class)[ \t]+$/.test(head);
}

/** Characters in front of a word that are looked at. */
const NEAR = 1_000;
/** Lines above a word that are looked at. */
const MOST_LINES = 3_000;

/** Whether a round bracket is open where a text ends, as in a call and in a list of parameters. */
function isInCall(head: string): boolean {
  return head.charAt(openBracket(head)) === '(';
}

/** `def pay(self, amount`: behind the bracket of a function's parameters and in front of a default. */
function isParameter(head: string): boolean {
  const open = openBracket(head);
  return head.charAt(open) === '(' && /\bdef[ \t]+\w+[ \t]*$/.test(head.slice(0, open)) && /[(,*]\s*$/.test(head);
}

function openBracket(head: string): number {
  let closed = 0;
  for (let at = head.length - 1; at >= 0; at -= 1) {
    const sign = head.charAt(at);
    if (/[)\]}]/.test(sign)) closed += 1;
    else if (/[([{]/.test(sign)) {
      if (closed === 0) return at;
      closed -= 1;
    }
  }
  return -1;
}

/** In whose body a line stands, by indentation; undefined where that cannot be told. */
function blockAround(code: string, at: number): 'class' | 'function' | undefined {
  let start = code.lastIndexOf('\n', at - 1) + 1;
  let indent = /^[ \t]*/.exec(code.slice(start, start + 200))?.[0].length ?? 0;
  for (let seen = 0; indent > 0 && start > 0 && seen < MOST_LINES; seen += 1) {
    const end = start - 1;
    start = code.lastIndexOf('\n', end - 1) + 1;
    const line = code.slice(start, end);
    const own = line.search(/\S/);
    if (own < 0 || own >= indent) continue;
    const [word = ''] = /^(?:async\s+)?\w+/.exec(line.slice(own)) ?? [];
    if (word === 'class') return 'class';
    if (/\bdef$/.test(word)) return 'function';
    // A condition or a loop, in a class's body as in a function's.
    if (!/^(?:if|elif|else|try|except|finally|for|while|with|match|case|async\s+(?:for|with))$/.test(word)) return undefined;
    indent = own;
  }
  return indent === 0 ? 'function' : undefined;
}
