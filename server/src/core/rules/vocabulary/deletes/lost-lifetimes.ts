import type { Option } from '../../../model/facts.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { surplusOf } from '../code/fact-keys.ts';
import { settingsUnder } from '../settings/setting-index.ts';
import { changedSettings, changeName, placeOf } from '../settings/settings.ts';

/** A store that was to stay until somebody deletes it, and of which nobody says so any more. */
export interface LostLifetime {
  readonly side: Side;
  readonly range: Range;
  /** As it stood: `Term: capacity.Unlimited`. */
  readonly was: string;
}

/**
 * The term of something that holds data, said to have no end and left out or blank now: the default of whoever takes the request
 * ends it. Source: UniSuper and Google Cloud, May 2024. Sessions, tokens and caches are meant to end.
 */
export function lostLifetimes(input: RuleInput): readonly LostLifetime[] {
  const options = input.removed.options.flatMap((option) => {
    if (!TERM.test(words(option.name)) || !isEndless(option.value) || !isStore(`${option.callee} ${option.scope}`)) return [];
    const now = successor(input, option);
    return now === 'gone' || now === undefined || (now !== 'absent' && !isBlank(now.value))
      ? []
      : [
          now === 'absent'
            ? { side: 'before' as const, range: option.range, was: `${option.name}: ${option.value}` }
            : { side: 'after' as const, range: now.range, was: `${option.name}: ${option.value}` },
        ];
  });
  const settings = changedSettings(input).flatMap((change) => {
    const { before, after, path } = change;
    if (before === undefined || change.resourceIsGone || change.resourceIsNew || !TERM.test(words(changeName(change)))) return [];
    if (!isEndless(String(before.value)) || !isStore(`${change.resource?.type ?? ''} ${path.slice(0, -1).join(' ')}`)) return [];
    if (after === undefined ? settingsUnder(input.after, before, path.slice(0, -1)).length === 0 : !isBlank(String(after.value ?? '')))
      return [];
    return [{ ...placeOf(change), was: `${changeName(change)}: ${String(before.value)}` }];
  });
  const told = new Set<string>();
  // A term and what happens at its end are one loss.
  return [...options, ...settings].filter(({ side }) => !told.has(side) && told.add(side));
}

const TERM =
  /^((time to live|ttl|term|lifetime|lease|lease (term|duration)|retention|duration|validity)|((term|lease|contract) (length|end|months|years|duration))|(auto )?expir(y|es|ation)( (at|in|after|time|date|policy))?|(delete|destroy|terminate|remove) (after|at)|auto (delete|destroy|terminate)( (after|at))?|on (term|expiry|expiration|end|term end)|termination( date)?|end date)$/;
const STORE =
  /\b(cloud|clouds|cluster|clusters|volume|volumes|bucket|buckets|database|databases|instance|instances|project|projects|workspace|environment|environments|backup|backups|snapshot|snapshots|archive|archives|repository|repositories|server|servers|vm|vms|machine|machines|capacity|disk|disks|storage|store|datastore|account|tenant|subscription|dataset|datasets|vault|provision\w*)\b/;
const ENDS =
  /\b(cache|cached|session|sessions|token|tokens|cookie|cookies|jwt|invite|invitation|invitations|link|links|password|otp|code|lock|locks|message|messages|presigned|signed|url|record|dns|certificate|credential|credentials|secret|preview|key|keys|ephemeral|sandbox|temporary)\b/;

function isStore(text: string): boolean {
  return STORE.test(words(text)) && !ENDS.test(words(text));
}

function isEndless(value: string): boolean {
  return (
    /\b(unlimited|never|forever|infinite|infinity|indefinite|indefinitely|perpetual|permanent|no (expiry|expiration|end)|until deleted|open ended|keep|retain)\b/.test(
      words(value),
    ) || value === '-1'
  );
}

function isBlank(value: string): boolean {
  return /^(0|''|""|``|nil|None|null|undefined|time\.Duration\(0\)|Duration\.ZERO|Duration::ZERO)?$/.test(value.trim());
}

/** What the same call or record of the same function says of it now; `gone` where there is no such call any more. */
function successor(input: RuleInput, option: Option): Option | 'absent' | 'gone' | undefined {
  const { before, after, added } = input;
  const scope = counterpartScope(input, option.scope);
  if (before === undefined || after === undefined || scope === undefined || option.callee === '') return undefined;
  const own = after.options.filter((other) => other.callee === option.callee && within(other.scope, scope));
  // What another call beside it said all along is none of its own.
  const fresh = surplusOf(after.options, before.options);
  const same = own.find((other) => lastName(other.name) === lastName(option.name) && fresh.includes(other));
  if (same !== undefined) return added.options.includes(same) ? same : undefined;
  return own.length === 0 ? 'gone' : 'absent';
}
