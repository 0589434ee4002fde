import type { Setting, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { words } from '../code/call-names.ts';
import { holdsLine } from '../code/hunk-lines.ts';
import { isBareForceName, isDryName } from '../guards/dry-names.ts';
import { changedSettings } from '../settings/settings.ts';
import { isMutating } from './command-parts.ts';

/** A default that said what to look at and now says what to do: `MODE=${MODE:-plan}` -> `${MODE:-apply}`, in scripts and pipelines. */
export function* turnedModes(input: RuleInput): Iterable<FindingDraft> {
  if (input.after?.language === 'shell') {
    yield* inScript(input);
    return;
  }
  for (const { path, before, after, resourceIsNew } of changedSettings(input)) {
    const name = path.findLast((part) => !/^(default|value|\d+)$/.test(part)) ?? '';
    if (before !== undefined && after !== undefined && !resourceIsNew && isTurnedMode(name, String(before.value), String(after.value)))
      yield told(name, before, after);
  }
}

/** True where the name is one of a mode, and its value went from one that only looks to one that acts. */
export function isTurnedMode(name: string, before: string, after: string): boolean {
  return MODE.test(words(name)) && LOOKS.test(words(defaultOf(before))) && ACTS.test(words(defaultOf(after)));
}

const MODE = /\b(mode|action|operation|command|cmd|run|task)$/;
const LOOKS =
  /^(plan|list|ls|dry|dry run|dryrun|preview|check|diff|report|show|print|simulate|noop|no op|scan|verify|read|readonly|read only)$/;
const ACTS = /^(apply|delete|execute|destroy|prune|purge|live|commit|remove|rm|real|wipe|erase|drop|write|force|act|clean|cleanup|do)$/;

/** What a script does where nobody says otherwise: the first value that it gives each of its variables. */
function* inScript(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined || !after.commands.some(isMutating)) return;
  const old = defaults(before);
  const asked = [...old.values()].find(
    (setting) => isBareForceName(nameOf(setting)) && isOff(setting) && isSet(before, setting, isOn) && !isStill(after, setting),
  );
  for (const [name, setting] of defaults(after)) {
    if (!isOnHunk(input, setting)) continue;
    const was = old.get(name);
    if (was !== undefined && isTurnedMode(name, String(was.value), String(setting.value))) yield told(name, was, setting);
    // What had to be asked for happens unless something else is.
    else if (asked !== undefined && was === undefined && isTakenBack(after, setting))
      yield {
        side: 'after',
        range: setting.range,
        message: fitMessage(`${quote(nameOf(asked), 18)} had to be asked for; now ${quote(name, 18)} has to be, for nothing to happen`),
      };
  }
}

function told(name: string, before: Setting, after: Setting): FindingDraft {
  const [was, is] = [before, after].map(({ value }) => quote(defaultOf(String(value)), 14));
  return { side: 'after', range: after.range, message: fitMessage(`${quote(name, 24)}: ${was} -> ${is}: it acts by default now`) };
}

/** The first value of each variable, in the order of the script. */
function defaults({ settings }: SourceFacts): ReadonlyMap<string, Setting> {
  const found = new Map<string, Setting>();
  for (const setting of settings) if (setting.path.length === 1 && !found.has(nameOf(setting))) found.set(nameOf(setting), setting);
  return found;
}

/** It acts, or a dry run is off, until an argument says otherwise. */
function isTakenBack(facts: SourceFacts, setting: Setting): boolean {
  const name = nameOf(setting);
  if (isDryName(name)) return isOff(setting) && isSet(facts, setting, isOn);
  const looks = (other: Setting): boolean => LOOKS.test(words(String(other.value)));
  return MODE.test(words(name)) && ACTS.test(words(defaultOf(String(setting.value)))) && isSet(facts, setting, looks);
}

/** Another line gives the variable such a value. */
function isSet({ settings }: SourceFacts, own: Setting, is: (setting: Setting) => boolean): boolean {
  return settings.some((other) => other !== own && nameOf(other) === nameOf(own) && is(other));
}

function isStill(facts: SourceFacts, own: Setting): boolean {
  const now = defaults(facts).get(nameOf(own));
  return now !== undefined && isOff(now);
}

function isOn({ value }: Setting): boolean {
  return /^(true|1|yes|on|y)$/i.test(defaultOf(String(value)));
}

function isOff({ value }: Setting): boolean {
  return /^(false|0|no|off|n|)$/i.test(defaultOf(String(value)));
}

function nameOf({ path }: Setting): string {
  return path[0] ?? '';
}

/** What `${MODE:-plan}` is where nobody says otherwise. */
function defaultOf(text: string): string {
  return (/^["']?\$\{\w+:?[-=](.*)\}["']?$/.exec(text)?.[1] ?? text).replace(/^["']|["']$/g, '');
}

function isOnHunk({ hunk }: RuleInput, { range }: Setting): boolean {
  return holdsLine(hunk.after, range.start.line);
}
