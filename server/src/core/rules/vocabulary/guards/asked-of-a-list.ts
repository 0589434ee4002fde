import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { newGuardsIn } from '../code/scope-changes.ts';

/**
 * `['image/png', 'image/jpeg'].indexOf(file.mimetype) === -1` that is `!IMAGES.has(file.mimetype)`: a list that was written out has a name
 * now, and lets in nothing that it did not.
 */
export function isAskedOfAList(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined) return false;
  const old = questionOf(before, guard.test);
  if (old === undefined) return false;
  return newGuardsIn(input, guard.scope).some((fresh) => {
    const now = fresh.exit === guard.exit || fresh.exit === 'throw' ? questionOf(after, fresh.test) : undefined;
    return now !== undefined && now.of === old.of && now.items.length > 0 && now.items.every((item) => old.items.includes(item));
  });
}

interface Question {
  /** The last name of what is looked for. */
  readonly of: string;
  readonly items: readonly string[];
}

/** A list of texts that something has to be among. */
function questionOf(facts: SourceFacts, test: string): Question | undefined {
  const found =
    /^(\[[^[\]]*\]|[\w$.]+)\.indexOf\(([\w$.]+)\) ?(?:===? ?-1|< ?0)$/.exec(test) ??
    /^!(\[[^[\]]*\]|[\w$.]+)\.(?:includes|has)\(([\w$.]+)\)$/.exec(test);
  const [, list = '', of = ''] = found ?? [];
  if (of === '') return undefined;
  const items = list.startsWith('[') ? textsIn(list) : declaredItems(facts, list);
  return items === undefined ? undefined : { of: lastName(of), items };
}

/** Texts of the list or the set that a name of the file is bound to. */
function declaredItems({ tokens }: SourceFacts, name: string): readonly string[] | undefined {
  const at = tokens.findIndex(({ text }, place) => text === name && /^(?:const|let|var)$/.test(tokens[place - 1]?.text ?? ''));
  const near = at < 0 ? [] : tokens.slice(at, at + LONGEST).map(({ text }) => text);
  const open = near.indexOf('[', near.indexOf('='));
  const end = near.indexOf(']', open);
  return open < 0 || end < 0 || !near.slice(near.indexOf('=') + 1, open).every((text) => LEAD.test(text))
    ? undefined
    : textsIn(near.slice(open, end).join(' '));
}

/** Tokens of a list that is read, with its type. */
const LONGEST = 60;
/** What may stand between the name of a list and the list. */
const LEAD = /^(?:new|Set|<|>|string|\(|Object|\.|freeze)$/;

/** Undefined where something stands among the texts that is none: `...MORE`, a constant. */
function textsIn(list: string): readonly string[] | undefined {
  const items = list.match(/'[^']*'|"[^"]*"/g)?.map((item) => item.slice(1, -1)) ?? [];
  return /^[[\],\s]*$/.test(list.replace(/'[^']*'|"[^"]*"/g, '')) ? items : undefined;
}
