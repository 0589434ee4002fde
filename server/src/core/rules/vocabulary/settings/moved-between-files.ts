import type { Setting } from '../../../model/facts.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { words } from '../code/call-names.ts';
import { groupBy } from '../code/kept.ts';
import { findSetting } from './setting-index.ts';

/**
 * What settings of this hunk held in the file that they came from: `POOL_MAX=40` of `.env.production` for `pool.max: 4` of a file that
 * the change made or added them to. Each is the only one of its name that left and the only one that came, by all words of its path or all but
 * the first of the longer one, and the two files speak for the same stage. Keyed by the new setting.
 */
export function movedBetweenFiles(input: RuleInput): ReadonlyMap<Setting, Setting> {
  const known = found.get(input) ?? findMoved(input);
  found.set(input, known);
  return known;
}

const found = new WeakMap<RuleInput, ReadonlyMap<Setting, Setting>>();

function findMoved(input: RuleInput): ReadonlyMap<Setting, Setting> {
  const moved = new Map<Setting, Setting>();
  const isFree = ({ resource, path }: Setting): boolean => resource === '' && !path.some((part) => /^\d+$/.test(part));
  if (!HOLDS.test(input.path)) return moved;
  const fresh = input.added.settings.filter((setting) => isFree(setting) && findSetting(input.before, setting) === undefined);
  if (fresh.length === 0) return moved;
  const left = groupBy(input.removedElsewhere().settings.filter(isFree), ({ path }) => nameIn(path));
  if (left.size === 0) return moved;
  const came = groupBy([...(input.after?.settings ?? []), ...input.addedElsewhere().settings].filter(isFree), ({ path }) => nameIn(path));
  for (const setting of fresh) {
    const name = nameIn(setting.path);
    const own = [name, afterFirst(name)].filter((one) => one.includes(' '));
    const candidates = own.flatMap((one) => left.get(one) ?? []);
    const longer = candidates.length > 0 ? candidates : [...left].flatMap(([other, all]) => (afterFirst(other) === name ? all : []));
    const [old] = longer;
    if (old === undefined || longer.length > 1 || !name.includes(' ') || (came.get(name)?.length ?? 0) > 1) continue;
    if ((typeof old.value === 'boolean') !== (typeof setting.value === 'boolean') && !/^(?:true|false)$/i.test(String(old.value))) continue;
    if (isSameStage(input, old)) moved.set(setting, old);
  }
  return moved;
}

const HOLDS = /\.(?:ya?ml|json5?|jsonc|toml|properties|ini|conf)$|(?:^|\/)\.env[\w.-]*$|\.env$/;

/** `UPLOAD_DIR` and `uploads.dir` are one name. */
function nameIn(path: readonly string[]): string {
  return words(path.join(' '))
    .split(' ')
    .map((word) => word.replace(/(?<=\w{2})s$/, ''))
    .join(' ');
}

function afterFirst(name: string): string {
  const at = name.indexOf(' ');
  return at < 0 ? '' : name.slice(at + 1);
}

/** The file that the setting left, if one did, speaks for no other stage, and is no sample. */
function isSameStage({ trees, path, factsAt }: RuleInput, old: Setting): boolean {
  const key = old.path.at(-1) ?? '';
  const from = trees.before
    .mentioning(key, HOLDERS)
    .filter((file) => file !== path && findSetting(factsAt('after', file), old) === undefined)
    .find((file) => findSetting(factsAt('before', file), old)?.value === old.value);
  return from !== undefined && !SAMPLE.test(from) && !SAMPLE.test(path) && sayStage(from, path);
}

/** A file that names no stage speaks for the one that is live. */
function sayStage(from: RepoPath, to: RepoPath): boolean {
  const stageOf = (path: string): string => {
    const stage = STAGE.exec(path.toLowerCase())?.[1] ?? 'prod';
    return /^(?:prod|production|live|default|base|main)$/.test(stage)
      ? 'prod'
      : stage.replace(/^development$/, 'dev').replace(/^stage$/, 'staging');
  };
  return stageOf(from) === stageOf(to);
}

const STAGE =
  /(?:^|[/._-])(prod|production|live|default|base|main|dev|development|local|test|testing|ci|e2e|stage|staging|qa|uat|sandbox|preview|demo|canary)(?:[/._-]|$)/;
const SAMPLE = /(?:^|[/._-])(?:example|sample|template|dist|defaults?-example|fixtures?|docs?)(?:[/._-]|$)/i;

const HOLDERS = [
  '.yaml',
  '.yml',
  '.json',
  '.json5',
  '.jsonc',
  '.toml',
  '.env',
  '.properties',
  '.ini',
  '.conf',
  '.production',
  '.prod',
  '.live',
  '.staging',
  '.stage',
  '.local',
  '.development',
  '.dev',
  '.test',
  '.ci',
];
