import type { Command, Setting, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { keepOf } from '../code/kept.ts';
import { flagsOf, isMutating, pairCommands, plainWords, sourceOf } from './command-parts.ts';
import { targetFlags } from './target-flags.ts';

/** Values that name nobody and mean everybody. */
export const EVERYTHING = /^(all|\*|\.\*|'\*'|"\*"|any|everyone|everything|global|world|fleet|@all|everywhere)$/i;

/** True where one of the command's words says that it speaks to all: `--all`, `--limit all`, `ansible all`. */
export function reachesAll(command: Command): boolean {
  const all = flagsOf(command).some(
    (flag) =>
      /^(--all|-A|--all-(namespaces|regions|hosts|tenants|clusters|projects|accounts|environments|zones|contexts|nodes|customers|users|sites|orgs|instances|workspaces|shards))$/.test(
        flag.name,
      ) && !(command.name === 'git' || (flag.name === '-A' && !/^(kubectl|oc|helm)$/.test(command.name))),
  );
  if (all) return true;
  if (targetFlags(command).some((flag) => EVERYTHING.test(flag.value ?? ''))) return true;
  if (flagsOf(command).some((flag) => EVERYTHING.test(flag.value ?? '') && !SAYS_HOW.test(flag.name))) return true;
  // A script of the project's own is told where by its first words, or by a variable.
  const values = new Set(flagsOf(command).map((flag) => flag.value));
  if (
    isOwnScript(command) &&
    plainWords(command).some((word) => !values.has(word) && /^(all|'\*'|"\*"|\*|everywhere|global|fleet)$/i.test(word))
  )
    return true;
  if (command.name === 'make' && plainWords(command).some((word) => /^[A-Z_]+=(all|\*|everywhere|global|fleet)$/i.test(word))) return true;
  // The first word of these that belongs to no option is whom they speak to.
  return (
    /^(ansible|salt|pssh|clush|fab)$/.test(command.name) && EVERYTHING.test(plainWords(command).find((word) => !values.has(word)) ?? '')
  );
}

/** Options that say how a command works or what it prints, not what it reaches. */
const SAYS_HOW =
  /log|verb|level|format|output|show|print|display|colou?r|warn|feature|report|cover|type|kind|trace|include-?|exclude|ignore|check|scope-?type|prune|cache|progress|debug|rules|metrics|stat|reload|depth|method|policy|source|severity|mode|header|origin|cors|address|listen|bind/i;

function isOwnScript(command: Command): boolean {
  return (
    /\/[\w.-]+\/?$|\/\/$|\.(sh|py|rb|js|ts)$/.test(command.words[0]?.text ?? '') || /^(make|just|task|rake|fab|cap)$/.test(command.name)
  );
}

/**
 * A variable that holds `all`, or falls back to it, and that a command takes where it named one group, region or tenant: the command reads
 * `--limit "$TARGET"` and says nothing of how far that is. Told where the variable is given its value if that is new, else at the command.
 */
export function* allByVariable(input: RuleInput): Generator<FindingDraft> {
  const { added, after, before } = input;
  if (after === undefined || before === undefined || (added.settings.length === 0 && added.commands.length === 0)) return;
  const wide = wideVariables(after);
  if (wide.length === 0) return;
  const known = new Map(before.commands.map((command) => [command.key, command]));
  const takers = after.commands.filter(({ words }) => words.some(({ text }) => wide.some((setting) => isWhole(text, setting))));
  const fresh = takers.filter(({ key }) => !known.has(key));
  const kept = takers.flatMap((command) => {
    const old = known.get(command.key);
    return old === undefined ? [] : [{ before: old, after: command }];
  });
  const told = new Set<Setting>();
  for (const { before: old, after: now } of [...pairCommands(fresh, input), ...kept]) {
    if (!isMutating(now) || reachesAll(filled(old, before))) continue;
    const setting = wide.find((one) => now.words.some(({ text }) => isWhole(text, one)) && reachesAll(filled(now, { settings: [one] })));
    if (setting === undefined || told.has(setting)) continue;
    const isNew = !before.settings.some(({ path, value }) => path[0] === setting.path[0] && value === setting.value);
    const place = isNew ? added.settings.find(({ key }) => key === setting.key) : added.commands.find(({ key }) => key === now.key);
    const message = `${quote(sourceOf(now), 36)} reaches everything by ${quote(setting.path[0] ?? '', 16)} now`;
    if (place === undefined) continue;
    if (isNew) told.add(setting);
    yield { side: 'after', range: place.range, message: fitMessage(message) };
  }
}

const wideVariables = keepOf(({ settings, commands }: SourceFacts): readonly Setting[] =>
  commands.length === 0 ? [] : settings.filter((setting) => isVariable(setting) && EVERYTHING.test(heldBy(setting))),
);

function isVariable({ path, resource, value }: Setting): boolean {
  return path.length === 1 && resource === '' && typeof value === 'string';
}

/** What a variable holds where nobody says otherwise: `all` of `${1:-all}`. */
function heldBy({ value }: Setting): string {
  return /^\$\{\w+:?[-=]([^{}$]*)\}$/.exec(String(value))?.[1] ?? String(value);
}

function isWhole(text: string, { path: [name = ''] }: Setting): boolean {
  return text === `$${name}` || text === `\${${name}}`;
}

/** The command with what its variables hold in their place. */
function filled(command: Command, { settings }: Pick<SourceFacts, 'settings'>): Command {
  return {
    ...command,
    words: command.words.map((word) => {
      const held =
        word.expansions.length !== 1 ? undefined : settings.find((setting) => isVariable(setting) && isWhole(word.text, setting));
      return held === undefined ? word : { ...word, text: heldBy(held) };
    }),
  };
}
