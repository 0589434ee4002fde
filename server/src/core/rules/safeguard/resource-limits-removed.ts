import type { Setting } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { LIMIT_CUT } from '../thresholds.ts';
import { settingsUnder } from '../vocabulary/settings/setting-index.ts';
import { changedSettings, ofResource, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';
import { successorPlace } from '../vocabulary/settings/successors.ts';
import { blockOf } from '../vocabulary/settings/switched-templates.ts';
import { nameOfTaken, takenOut } from '../vocabulary/settings/taken-out.ts';
import { changedCommands, flagsOf, sourceOf } from '../vocabulary/shell/command-parts.ts';

/**
 * ## What it sees
 * Limits and requests of a container that are taken out or cut by half, in Kubernetes, compose, Nomad, systemd, `docker run` and the values of a chart; a quota or
 * limit range that a namespace loses. A patch of an overlay that takes them out of its base counts as well.
 *
 * ## Why it matters
 * Without a limit one leaking container takes the node's memory from all others; with half of it, it is killed under load.
 *
 * ## When it is fine
 * Limits that are added or raised, and a container that goes away. A limit of CPU alone whose request stays is a note.
 *
 * ## What it misses
 * Defaults that a namespace gives, and limits that a chart puts together.
 */
export default defineRule({
  id: 'safeguard/resource-limits-removed',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'high',
  title: 'Lets a container take what it wants',
  reads: ['settings', 'resources', 'commands'],
  evidence: [
    { title: 'kube-linter: unset-memory-requirements', url: 'https://docs.kubelinter.io/#/generated/checks?id=unset-memory-requirements' },
  ],
  *check(input) {
    const told = new Set<string>();
    for (const gone of takenOut(input)) {
      const at = gone.path.indexOf('resources');
      if (at < 0 || gone.path.at(-1) === 'claims') continue;
      const of = nameOfTaken(gone);
      const message = `${quote(gone.path.slice(at).join('.'), 30)}${of === '' ? '' : ` of ${quote(of, 20)}`} removed`;
      const isNote = gone.path.at(-1) === 'cpu';
      yield { side: 'after', range: gone.setting.range, ...(isNote ? { severity: 'low' as const } : {}), message: fitMessage(message) };
    }
    for (const change of changedSettings(input)) {
      const found = removed(change, input) ?? cut(change);
      if (found === undefined || told.has(found.about)) continue;
      told.add(found.about);
      yield { ...placeOf(change), ...(found.isNote === true ? { severity: 'low' as const } : {}), message: fitMessage(found.message) };
    }
    yield* lostFlags(input);
    for (const resource of input.removed.resources) {
      if (
        !/^(ResourceQuota|LimitRange)$/.test(resource.type) ||
        input.after?.resources.some((other) => other.key === resource.key) === true
      )
        continue;
      yield { side: 'before', range: resource.range, message: fitMessage(`removes ${quote(`${resource.type} ${resource.name}`, 40)}`) };
    }
  },
});

/** `docker run --memory 512m` without its bound. */
function* lostFlags(input: RuleInput): Generator<FindingDraft> {
  for (const { before, after } of changedCommands(input)) {
    if (!/^(docker|podman|nerdctl|systemd-run)$/.test(after.name)) continue;
    const now = new Set(flagsOf(after).map(({ name }) => name));
    const lost = flagsOf(before).find(
      ({ name }) => /^(--memory|-m|--memory-limit|--limit-memory|--pids-limit)$/.test(name) && !now.has(name),
    );
    if (lost === undefined || [...now].some((name) => /^(--memory|-m|--memory-limit)$/.test(name))) continue;
    yield { side: 'after', range: after.range, message: fitMessage(`${quote(sourceOf(after), 36)} lost ${quote(lost.name)}`) };
  }
}

interface Loss {
  readonly message: string;
  readonly about: string;
  readonly isNote?: boolean;
}

const COMPOSE = /^(mem_limit|mem_reservation|cpus|pids_limit|memswap_limit|cpu_quota)$/;

/** The place of `limits` or `requests` in a path, or of a limit that stands by itself; -1 for anything else. */
function placeOfLimit({ path, resource }: Pick<SettingChange, 'path' | 'resource'>): number {
  if (resource?.type === 'service' && COMPOSE.test(path[0] ?? '')) return 0;
  // What a claim asks of a disk is no limit of a container.
  if (path.some((element) => /^(volumeClaimTemplates?|storage|ephemeral)$/.test(element)) || resource?.type === 'PersistentVolumeClaim')
    return -1;
  // What a namespace may have at most, and what its containers get where they ask for nothing.
  if (resource?.type === 'ResourceQuota') return path[1] === 'hard' && /^(limits|requests)\./.test(path[2] ?? '') ? 2 : -1;
  // What systemd and Nomad hold a program to.
  if (path[0] === 'Service' && path.length === 2 && /^(MemoryMax|MemoryLimit|MemoryHigh|TasksMax|CPUQuota)$/.test(path[1] ?? '')) return 1;
  if (
    path.at(-2) === 'resources' &&
    path.some((element) => /^task\./.test(element)) &&
    /^(memory|memory_max|cpu|cores)$/.test(path.at(-1) ?? '')
  )
    return path.length - 1;
  const at = path.findIndex((element) => /^(limits|requests|reservations)$/.test(element));
  return at > 0 && /^(resources|resource)$/.test(path[at - 1] ?? '') ? at : -1;
}

function removed(change: SettingChange, input: RuleInput): Loss | undefined {
  const { path, before, after, resource } = change;
  const { after: facts } = input;
  const now = before === undefined ? undefined : successorPlace(input, before);
  if (before === undefined || after !== undefined || now === undefined || facts === undefined) return undefined;
  const place = path.lastIndexOf('resources');
  const block = place < 0 ? undefined : blockOf(input, { path: now.path.slice(0, place + 1), resource: now.resource });
  if (block?.isEmpty === true)
    return {
      message: `the resource limits come from ${quote(block.value, 30)}, which is empty`,
      about: `${before.resource} ${block.value}`,
    };
  if (block !== undefined || isFilledIn(input)) return undefined;
  const at =
    path.at(-1) === 'resources' &&
    path.some((element) => /^containers$/i.test(element)) &&
    before.value !== null &&
    !/^[[{]/.test(String(before.value))
      ? path.length
      : placeOfLimit(change);
  if (at < 0) return undefined;
  const owner = path.slice(0, Math.max(0, at - 1));
  const isContainer = path.some((element) => /^(init|ephemeral)?containers$/i.test(element));
  // A container that went away took its limits with it.
  if (isContainer && !settingsUnder(facts, now, now.path.slice(0, owner.length)).some((setting) => setting.path.length > owner.length))
    return undefined;
  const left = settingsUnder(facts, now, now.path.slice(0, at)).filter((setting) => setting.value !== null && setting.value !== '{}');
  const of = isContainer && !/^\d+$/.test(path[at - 2] ?? '') ? ` of ${quote(path[at - 2] ?? '', 20)}` : ofResource(change);
  const taken = path.slice(0, at).join('/');
  if (left.length === 0) return { message: `the resource limits${of === '' ? '' : of} removed`, about: `${before.resource} ${taken}` };
  if (before.value === null) return undefined;
  const kept = left.some((setting) => setting.path[at] === 'requests' && setting.path.at(-1) === path.at(-1));
  return {
    message: `${quote(path.slice(at).join('.'), 30)}${of} removed`,
    about: `${before.resource} ${path.join('/')}`,
    isNote: path.at(-1) === 'cpu' && path[at] === 'limits' && (kept || resource === undefined),
  };
}

/** A chart's template that takes the whole block from the chart's values, which have limits. */
function isFilledIn({ trees, path, hunk }: RuleInput): boolean {
  const handed = (line: string): string => /\b(?:toYaml|include|tpl)\b(.*)/i.exec(line.slice(line.indexOf('{{')))?.[1] ?? '';
  if (!hunk.added.some((line) => line.includes('{{') && /resources/i.test(handed(line)))) return false;
  const chart = path.replace(/(^|\/)templates\/.*$/, '$1');
  return trees.after
    .mentioning('limits', ['.yaml', '.yml'])
    .some((file) => file.startsWith(chart) && /(^|\/)values[^/]*\.ya?ml$/.test(file));
}

function cut(change: SettingChange): Loss | undefined {
  const { path, before, after } = change;
  if (before === undefined || after === undefined || change.resourceIsGone) return undefined;
  const at = placeOfLimit(change);
  if (at < 0) return undefined;
  const [old, now] = [quantityOf(before.value), quantityOf(after.value)];
  if (old === undefined || now === undefined || now > old * LIMIT_CUT) return undefined;
  const name = path.slice(at).join('.');
  return {
    message: `${quote(name, 24)}${ofResource(change)}: ${String(before.value)} -> ${String(after.value)}`,
    about: `${before.resource} ${path.join('/')}`,
    isNote: /cpus?$/.test(name),
  };
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  m: 0.001,
  k: 1e3,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  b: 1,
  kb: 2 ** 10,
  mb: 2 ** 20,
  gb: 2 ** 30,
  g: 2 ** 30,
};

/** A quantity of Kubernetes or compose (`512Mi`, `500m`, `1.5`, `512M`) in bytes or cores. */
function quantityOf(value: Setting['value']): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(?:([A-Za-z]+)\s*)?$/.exec(String(value));
  const factor = match === null ? undefined : UNITS[match[2] ?? ''];
  return factor === undefined ? undefined : Number(match?.[1]) * factor;
}
