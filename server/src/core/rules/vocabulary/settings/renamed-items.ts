import type { Setting, SourceFacts } from '../../../model/facts.ts';
import type { Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { keepOf } from '../code/kept.ts';
import { nameOf, settingsUnder } from './setting-index.ts';
import { withLocals } from './terraform-values.ts';

/**
 * Where a setting of one side stands on the other, if an entry around it goes by another name or number there: a step that got a name,
 * `steps/2/run` and `steps/Contract tests/run`, one before which another step came, and a container whose name is a local value.
 * Entries are the same where they run the same, or where the name holds the same. Undefined where every entry goes by its own name,
 * and where one is new.
 */
export function pathAcross(input: RuleInput, from: Side, { resource, path }: Pick<Setting, 'resource' | 'path'>): Path | undefined {
  if (input.before === undefined || input.after === undefined || path.length < 2) return undefined;
  const known = found(input);
  const other: string[] = [];
  for (const [at, own] of path.slice(0, -1).entries()) {
    const place = [resource, ...path.slice(0, at + 1)].join('\u0000');
    if (!known[from].has(place)) known[from].set(place, nameAcross(input, from, resource, [path.slice(0, at), other], own));
    const name = known[from].get(place);
    if (name === undefined) return undefined;
    other.push(name);
  }
  return other.every((name, at) => name === path[at]) ? undefined : [...other, path.at(-1) ?? ''];
}

type Path = readonly string[];
/** What entries of either side are called on the other one. */
const found = keepOf(
  (_input: RuleInput): Readonly<Record<Side, Map<string, string | undefined>>> => ({ before: new Map(), after: new Map() }),
);

/** What the entry `own` of the first place is called in the second one, which is the same of the other side. */
function nameAcross(input: RuleInput, from: Side, resource: string, [here, there]: readonly [Path, Path], own: string): string | undefined {
  const entries = entriesAt(input[from], resource, here);
  const others = entriesAt(from === 'before' ? input.after : input.before, resource, there);
  const isNumber = /^\d+$/.test(own);
  if (others.has(own) && !isNumber) return own;
  const held = (name: string): string => String(withLocals(input, 'after', name));
  const named = [...others.keys()].find((name) => !entries.has(name) && (from === 'after' ? name === held(own) : own === held(name)));
  if (named !== undefined) return named;
  const work = workOf(entries.get(own), here.length);
  if (work === undefined || workOf(others.get(own), there.length) === work) return others.has(own) ? own : undefined;
  const alike = (all: Entries, depth: number): readonly string[] =>
    [...all].flatMap(([name, settings]) => (workOf(settings, depth) === work ? [name] : []));
  return alike(others, there.length)[alike(entries, here.length).indexOf(own)] ?? (others.has(own) ? own : undefined);
}

type Entries = ReadonlyMap<string, readonly Setting[]>;

/** What stands right below a place, by its name or its number. */
function entriesAt(facts: SourceFacts | undefined, resource: string, place: Path): Entries {
  const entries = new Map<string, Setting[]>();
  for (const setting of settingsUnder(facts, { resource }, place)) {
    const name = setting.path[place.length];
    if (name === undefined || setting.path.length < place.length + 2) continue;
    const own = entries.get(name);
    if (own === undefined) entries.set(name, [setting]);
    else own.push(setting);
  }
  return entries;
}

/** What an entry runs; an action is the same action at another version. */
function workOf(settings: readonly Setting[] | undefined, depth: number): string | undefined {
  const runs = settings?.find(
    (setting) => setting.path.length === depth + 2 && RUNS.test(nameOf(setting)) && typeof setting.value === 'string',
  );
  if (runs === undefined) return undefined;
  const text = String(runs.value).trim();
  return nameOf(runs) === 'uses' ? `uses ${text.split('@')[0]}` : `run ${text}`;
}

const RUNS = /^(?:run|uses|script|command|bash|pwsh|task|plugin)$/;
