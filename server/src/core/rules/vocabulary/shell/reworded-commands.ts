import type { Command, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { keepOfBoth } from '../code/kept.ts';

/**
 * True where a command that the change took out did the same, word by word, to what another variable held: `aws s3 rb "s3://${bucket}"` in a
 * loop that is `aws s3 rb "s3://$1"` in a function now. Two variables of the environment (`$STAGING_BUCKET`, `$LIVE_BUCKET`) are two
 * things, and so are two texts.
 */
export function wasRunAlike({ before, after }: RuleInput, command: Command): boolean {
  if (before === undefined || after === undefined) return false;
  return lostOf(before, after).some(
    (old) => old.name === command.name && old.words.length === command.words.length && isAlike(old, command),
  );
}

const lostOf = keepOfBoth((facts: SourceFacts, other: SourceFacts): readonly Command[] => {
  const keys = new Set(other.commands.map(({ key }) => key));
  return facts.commands.filter(({ key }) => !keys.has(key));
});

const VARIABLE = /\$\{?(\w+)\}?/g;

function isAlike(old: Command, now: Command): boolean {
  return old.words.every(({ text }, at) => {
    const other = now.words[at]?.text ?? '';
    if (text === other) return true;
    if (text.replace(VARIABLE, '$') !== other.replace(VARIABLE, '$')) return false;
    const [was, is] = [namesIn(text), namesIn(other)];
    return was.every((name, place) => name === is[place] || isLocal(name) || isLocal(is[place] ?? ''));
  });
}

function namesIn(text: string): readonly string[] {
  return [...text.matchAll(VARIABLE)].map(([, name = '']) => name);
}

/** A parameter, or a name of the script's own. */
function isLocal(name: string): boolean {
  return /^\d$|^[a-z]/.test(name);
}
