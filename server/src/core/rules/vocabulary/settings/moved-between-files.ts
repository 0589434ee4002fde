import type { Setting } from '../../../model/facts.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { words } from '../code/call-names.ts';
import { groupBy, keepOf } from '../code/kept.ts';
import { findSetting } from './setting-index.ts';

/**
 * What settings of this hunk held in the file that they came from: `POOL_MAX=40` of `.env.production` for `pool.max: 4` of a file that
 * the change made or added them to. Each is the only one of its name that left and the only one that came, by all words of its path or all but
 * the first of the longer one, and the two files speak for the same stage. Keyed by the new setting.
 */
export const movedBetweenFiles = keepOf((input: RuleInput): ReadonlyMap<Setting, Setting> => {
  const moved = new Map<Setting, Setting>();
  if (!HOLDS.test(input.path) || DECLARES.test(input.path)) return moved;
  const fresh = input.added.settings.filter((setting) => isFree(setting) && findSetting(input.before, setting) === undefined);
  const left = fresh.length === 0 ? undefined : namesIn(input.removedElsewhere().settings);
  if (left === undefined || left.whole.size === 0) return moved;
  const [here, elsewhere] = [namesIn(input.after?.settings ?? []), namesIn(input.addedElsewhere().settings)];
  for (const setting of fresh) {
    const name = nameIn(setting.path);
    const own = [name, afterFirst(name)].filter((one) => one.includes(' ')).flatMap((one) => left.whole.get(one) ?? []);
    const candidates = own.length > 0 ? own : (left.rest.get(name) ?? []);
    const [old] = candidates;
    const count = (here.whole.get(name)?.length ?? 0) + (elsewhere.whole.get(name)?.length ?? 0);
    if (old === undefined || candidates.length > 1 || !name.includes(' ') || count > 1) continue;
    const isSwitch = typeof setting.value === 'boolean';
    if (isSwitch !== (typeof old.value === 'boolean') && !/^(?:true|false)$/i.test(String(old.value))) continue;
    if (isSameStage(input, old)) moved.set(setting, old);
  }
  return moved;
});

/** Not of a resource, and no place in a list. */
function isFree({ resource, path }: Setting): boolean {
  return resource === '' && !path.some((part) => /^\d+$/.test(part));
}

/** Settings by all words of their path, and by all but the first: of one list, once for all hunks that ask. */
const namesIn = keepOf((settings: readonly Setting[]) => {
  const free = settings.filter(isFree);
  return { whole: groupBy(free, ({ path }) => nameIn(path)), rest: groupBy(free, ({ path }) => afterFirst(nameIn(path))) };
});

const HOLDS = /\.(?:ya?ml|json5?|jsonc|toml|properties|ini|conf)$|(?:^|\/)\.env[\w.-]*$|\.env$/;
/** Manifests, and texts of pages. */
const DECLARES =
  /(?:^|\/)(?:package|tsconfig[\w.-]*|composer|project)\.json$|lock\.(?:json|ya?ml)$|(?:^|\/)(?:locales?|i18n|translations?|messages)\//;

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
