import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten } from '../code/call-names.ts';
import { nameOf } from './setting-index.ts';
import { changedSettings, placeOf } from './settings.ts';

/** Rules of a store that are conditions in a string: Firebase's `".write": "auth.uid === $uid"`, that ask for less than before. */
export function* databaseRules(input: RuleInput): Iterable<FindingDraft> {
  for (const change of changedSettings(input)) {
    const { before, after } = change;
    const name = nameOf(change);
    if (!/^\.(read|write|validate)$/.test(name) || before === undefined || after === undefined) continue;
    const [old, now] = [String(before.value).trim(), String(after.value).trim()];
    if (!asksLess(old, now)) continue;
    const place = change.path.slice(-2, -1)[0] ?? '';
    yield {
      ...placeOf(change),
      message: fitMessage(`\`${name}\` of \`${shorten(place, 18)}\` asks for less: \`${shorten(now, 30)}\``),
      ...(name === '.validate' ? { severity: 'high' as const } : {}),
    };
  }
}

/** A part that had to hold went and none came, another way in came, or everybody may now. */
function asksLess(old: string, now: string): boolean {
  if (old === now || old === 'true') return false;
  if (now === 'true') return true;
  if (old === 'false') return now !== 'false';
  const [was, is] = [partsOf(old, '&&'), partsOf(now, '&&')];
  if (is.length < was.length && is.every((part) => was.includes(part))) return true;
  const [ways, waysNow] = [partsOf(old, '||'), partsOf(now, '||')];
  return waysNow.length > ways.length && ways.every((part) => waysNow.includes(part));
}

function partsOf(test: string, operator: string): readonly string[] {
  return test.split(operator).map((part) => part.replace(/[\s()]/g, ''));
}
