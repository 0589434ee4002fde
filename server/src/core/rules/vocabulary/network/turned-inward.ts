import type { RuleInput } from '../../define.ts';
import { quote } from '../../quote.ts';
import { EVERYWHERE, SOURCE } from '../settings/network-sources.ts';
import { nameOf, settingsOf, settingsUnder } from '../settings/setting-index.ts';
import type { SettingChange } from '../settings/settings.ts';
import { isWeb, portsOf } from './inbound-rules.ts';

/** A rule for what goes out that is one for what comes in now, with its range of everybody: `type = "egress"`, or the block's own name. */
export function turnedInward({ path, before, after, resource }: SettingChange, input: RuleInput): string | undefined {
  if (after === undefined || resource === undefined) return undefined;
  const [head = ''] = path;
  const isType =
    /^(?:type|direction|Direction)$/.test(nameOf({ path })) &&
    /^(?:egress|outbound)$/i.test(String(before?.value)) &&
    /^(?:ingress|inbound)$/i.test(String(after.value));
  const isBlock =
    path.length === 1 &&
    /^ingress\b/.test(head) &&
    after.value === null &&
    input.removed.settings.some(
      (other) => other.resource === after.resource && other.path.length === 1 && /^egress\b/.test(other.path[0] ?? ''),
    );
  if (!isType && !isBlock) return undefined;
  const own = isBlock ? settingsUnder(input.after, after, path) : settingsOf(input.after, after.resource);
  const open = own.find((setting) => SOURCE.test(nameOf(setting)) && EVERYWHERE.test(String(setting.value)));
  if (open === undefined) return undefined;
  const ports = portsOf(open, input.after);
  return ports.length > 0 && ports.every(isWeb)
    ? undefined
    : `${quote(resource.name, 30)} lets in ${String(open.value)}: it was for what goes out`;
}
