import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { isBareForceName, isDryName } from '../guards/dry-names.ts';
import { nameOf, settingsUnder } from '../settings/setting-index.ts';
import { changedSettings } from '../settings/settings.ts';
import { changedCommands, dryFlag, isMutating, ownVariables, sourceOf } from './command-parts.ts';

/** Commands of a script that ran dry and now do what they say, and variables of scripts and pipelines that decide it. */
export function* droppedDryRuns(input: RuleInput): Generator<FindingDraft> {
  for (const { before, after } of changedCommands(input)) {
    const flag = dryFlag(before);
    const variable = [...ownVariables(before)].find(([name, value]) => isDryName(name) && isOn(value));
    const still = dryFlag(after) !== undefined || [...ownVariables(after)].some(([name, value]) => isDryName(name) && isOn(value));
    if (
      still ||
      (flag === undefined && variable === undefined) ||
      !(isMutating(after) || /^(rsync|rclone|make|npm|cargo)$/.test(after.name))
    )
      continue;
    // The live command stood beside its dry run before.
    if (input.before?.commands.some((other) => other.written === after.written) === true) continue;
    const lost = flag?.name ?? `${variable?.[0] ?? ''}=${variable?.[1] ?? ''}`;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`${quote(sourceOf(after), 40)} is no dry run any more: lost ${quote(lost)}`),
    };
  }
  yield* lostArguments(input);
  for (const change of changedSettings(input)) {
    const { before, after } = change;
    // The default of an input or of a variable goes by their name.
    const own = nameOf(change);
    const name = own === 'default' ? (change.path.at(-2) ?? change.resource?.name ?? own) : own;
    if (before === undefined || after === undefined || change.resourceIsNew) continue;
    const [old, now] = [defaultOf(before.value), defaultOf(after.value)];
    const off = isDryName(name) && isOn(old) && /^(false|0|no|off|)$/i.test(now);
    const done = isBareForceName(name) && /^(false|0|no|off|)$/i.test(old) && isOn(now);
    if (off || done)
      yield {
        side: 'after',
        range: after.range,
        message: fitMessage(`${quote(name, 24)}: ${quote(old, 12)} -> ${quote(now === '' ? 'empty' : now, 12)}: it acts by default now`),
      };
  }
}

function isOn(value: string): boolean {
  return /^["']?(true|1|yes|on|y)["']?$/i.test(value);
}

/** What `${DRY_RUN:-true}` is where nobody says otherwise; `$1` and its like are unknown. */
function defaultOf(value: string | number | boolean | null): string {
  const text = String(value ?? '');
  return /^\$\{\w+:?[-=](.*)\}$/.exec(text)?.[1]?.replace(/^["']|["']$/g, '') ?? text;
}

/** `args: ["prune", "--dry-run"]` of a container that is started with the other words alone now. */
function* lostArguments(input: RuleInput): Generator<FindingDraft> {
  const { removed, after } = input;
  for (const { path, value, resource, range } of removed.settings) {
    const [list = '', at = ''] = path.slice(-2);
    if (
      !/^--?(dry-?run|preview|simulate|what-?if|no-?op)(=true)?$/i.test(String(value)) ||
      !/^(args|command)$/.test(list) ||
      !/^\d+$/.test(at)
    )
      continue;
    const rest = settingsUnder(after, { resource }, path.slice(0, -1)).filter((setting) => setting.path.length === path.length);
    if (rest.length === 0 || rest.some((setting) => /dry|preview|simulate|no-?op/i.test(String(setting.value)))) continue;
    yield { side: 'before', range, message: fitMessage(`${quote(String(value), 24)} is handed over no more: it is no dry run`) };
  }
}
