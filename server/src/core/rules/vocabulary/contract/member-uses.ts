import type { SymbolFact } from '../../../model/facts.ts';
import type { Dependent } from '../../../model/radius.ts';
import type { RuleInput } from '../../define.ts';
import { escaped } from '../code/literal-patterns.ts';

/** A member of a class or an interface is another contract, and its name alone finds too much. */
export function isTopLevel(symbol: SymbolFact): boolean {
  return !symbol.name.includes('.') || symbol.name === 'module.exports' || symbol.name.startsWith('* from');
}

/** Only a member's name of several words is rare enough to be nobody else's; a shorter one must stand behind its type. */
export function isSurely(input: RuleInput, symbol: SymbolFact, { path, line }: Dependent): boolean {
  if (isTopLevel(symbol)) return true;
  const [member = '', owner = ''] = symbol.name.split('.').reverse();
  const content = input.trees.before.read(path);
  const text = content?.kind === 'text' ? (content.text.split('\n')[line - 1] ?? '') : '';
  if (input.before?.language === 'typescript') return content?.kind === 'text' && asksTypeFor(content.text, text, owner, member);
  // Another kind's own member of that name: `request.user.account_id` asks nothing of a `Contact`.
  const asked = [...text.matchAll(/\b(\w+)\??\.(?=(\w+))/g)].find(([, , name]) => name === member)?.[1] ?? '';
  if (/^(user|request|req|session|settings|config|principal|claims)$/i.test(asked) && !owner.toLowerCase().includes(asked.toLowerCase()))
    return false;
  if (member.length >= 8 && /[a-z][A-Z]|[a-z]_[a-z]/.test(member)) return true;
  return (
    text.includes(`${owner}.${member}`) ||
    text.includes(`${owner}::${member}`) ||
    (asked !== '' && content?.kind === 'text' && holdsType(content.text, asked, owner))
  );
}

/** `private final Stock stock`, `stock: &Stock`, `stock *Stock`, `Stock stock =`. */
function holdsType(file: string, holder: string, owner: string): boolean {
  return new RegExp(
    `\\b${escaped(owner)} ${escaped(holder)}\\b|\\b${escaped(holder)}: ?[&*]?(?:mut )?(?:\\w{1,40}(?:\\.|::)){0,3}${escaped(owner)}\\b|\\b${escaped(holder)} {1,9}\\*?(?:\\w{1,40}\\.)?${escaped(owner)}\\b`,
  ).test(file);
}

/** A file that names the type, and a line that takes the member from a value: `guest.displayName`, `const { displayName } = guest`. */
function asksTypeFor(file: string, line: string, owner: string, member: string): boolean {
  if (!new RegExp(`(?<![\\w$])${escaped(owner)}(?![\\w$])`).test(file)) return false;
  const words = line.split(/[^\w$]+/);
  const takes = line.includes(`.${member}`) || /^((const|let|var)\s)?\{/.test(line.trim()) || /\(\{/.test(line);
  if (!takes || !words.includes(member)) return false;
  if (member.length >= 8 && /[a-z][A-Z]|[a-z]_[a-z]/.test(member)) return true;
  // A short name is another type's as well, unless it stands behind a value called after this one.
  return words.some(
    (word, at) => words[at + 1] === member && word !== '' && owner.toLowerCase().endsWith(word.toLowerCase()) && word.length > 2,
  );
}
