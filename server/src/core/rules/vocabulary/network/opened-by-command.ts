import type { Command } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { quote } from '../../quote.ts';
import { isDryRun } from '../shell/command-parts.ts';

/** A command that lets everybody in. */
export interface OpenedByCommand {
  readonly range: Range;
  readonly message: string;
}

/** Programs of clouds, with the words that make or change a rule for who may come in. */
const RULES: readonly (readonly [RegExp, RegExp])[] = [
  [/^gcloud$/, /\bfirewall-rules (?:create|update)\b|\bsql instances patch\b|\bcontainer clusters update\b/],
  [/^aws$/, /\b(?:authorize|update)-security-group-(?:ingress|rule\w*)|\bec2 modify-security-group-rules\b|\beks update-cluster-config\b/],
  [
    /^az$/,
    /\bnetwork nsg rule (?:create|update)\b|\b(?:sql|postgres|mysql)\b.*\bfirewall-rule (?:create|update)\b|\bstorage account update\b/,
  ],
  [/^doctl$/, /\bdatabases firewalls|\bcompute firewall\b/],
];
const EVERYBODY =
  /(?<![\d.])(?:0\.0\.0\.0\/0|::\/0)|--source-address-prefix(?:es)?[= ]["']?(?:\*|Internet|Any)(?=["'\s]|$)|--start-ip-address[= ]0\.0\.0\.0\b.*--end-ip-address[= ]255\./;

/** Rules of a firewall that a script sets for every source, other than for the ports of the web, and that it set for fewer or not at all. */
export function* openedByCommand({ added, before }: RuleInput): Generator<OpenedByCommand> {
  for (const command of added.commands) {
    const text = textOf(command);
    const open = opensTo(command, text);
    if (open === undefined || isDryRun(command)) continue;
    if (before?.commands.some((other) => other.name === command.name && opensTo(other, textOf(other)) === open) === true) continue;
    yield { range: command.range, message: `lets in everybody: ${quote(open, 48)}` };
  }
}

function textOf({ words }: Command): string {
  return words.map(({ text }) => text).join(' ');
}

function opensTo({ name }: Command, text: string): string | undefined {
  if (name === 'ufw') return ofUfw(text);
  if (/^(?:ip6?tables)$/.test(name)) return ofTables(text);
  const isRule = RULES.some(([program, verbs]) => program.test(name) && verbs.test(text));
  if (!isRule || !EVERYBODY.test(text) || /\begress\b|--direction[= ]Outbound|--action[= ]deny|--access[= ]Deny/i.test(text))
    return undefined;
  return isWebOnly(/--(?:allow|rules|port|destination-port-ranges?)[= ]["']?(\S+)/.exec(text)?.[1]) ? undefined : text.slice(0, 90);
}

/** `ufw allow 5432`; what names its source is for some. */
function ofUfw(text: string): string | undefined {
  if (!/^ufw (?:insert \d+ )?allow (?:in )?(?:proto \w+ )?(?:from any |to any port )?\d/.test(text) || /\bfrom (?!any)/.test(text))
    return undefined;
  return isWebOnly(/(?<![\d,:])(\d[\d,:]*)(?:\/\w{1,5})?$/.exec(text.trimEnd())?.[1]) ? undefined : text;
}

/** `iptables -A INPUT -p tcp --dport 5432 -j ACCEPT` without a source. */
function ofTables(text: string): string | undefined {
  const accepts = /-(?:A|I)\s+INPUT\b.*-j\s+ACCEPT\b/.test(text) && /--dports?\s/.test(text);
  if (!accepts || /(?:^|\s)(?:-s|--source|-i|--in-interface|--src-range)\s(?!0\.0\.0\.0\/0)/.test(text)) return undefined;
  return isWebOnly(/--dports?\s+(\S+)/.exec(text)?.[1]) ? undefined : text;
}

/** `tcp:443`, `80,443`. */
function isWebOnly(ports: string | undefined): boolean {
  const found = ports?.match(/\d+/g) ?? [];
  return found.length > 0 && found.every((port) => port === '80' || port === '443');
}
