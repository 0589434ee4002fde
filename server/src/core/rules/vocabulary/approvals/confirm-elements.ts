import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';

/**
 * True where the work that a question of the browser held back (`if (!confirm('…')) return`) is handed to nothing but what a dialog does when a
 * person says yes: `<ConfirmDialog onConfirm={remove} … />`. `work` are the calls behind the question.
 */
export function isAskedByDialog({ after, path }: RuleInput, work: readonly Call[]): boolean {
  const wanted = new Set(work.map(({ callee }) => callee));
  if (after === undefined || wanted.size === 0 || !/\.[jt]sx$/.test(path)) return false;
  const doing = after.calls.filter(({ callee }) => wanted.has(callee));
  const owners = new Set(doing.map(({ scope }) => scope));
  return (
    doing.length > 0 &&
    [...owners].every((owner) =>
      isOnlyConfirmed(
        after.tokens.map(({ text }) => text),
        lastName(owner),
      ),
    )
  );
}

/** Every mention of a function but its declaration is the answer of a dialog. */
function isOnlyConfirmed(texts: readonly string[], name: string): boolean {
  const places = texts.flatMap((text, at) => (text === name && !/^(?:function|const|let|\.)$/.test(texts[at - 1] ?? '') ? [at] : []));
  return places.length > 0 && places.every((at) => isAnswer(texts, at));
}

function isAnswer(texts: readonly string[], at: number): boolean {
  if (texts[at - 1] !== '{' || texts[at - 2] !== '=' || texts[at + 1] !== '}' || !YES.test(texts[at - 3] ?? '')) return false;
  for (let back = at - 4; back > at - LONGEST; back -= 1)
    if (texts[back] === '<' && /^[A-Z]/.test(texts[back + 1] ?? '')) return DIALOG.test(words(texts[back + 1] ?? ''));
  return false;
}

const YES = /^on(?:Confirm|Confirmed|Accept|Approve|Yes|Ok)$/;
const DIALOG = /\b(?:confirm|confirmation|dialog|modal|prompt|alert|popconfirm)\b/;
const LONGEST = 120;
