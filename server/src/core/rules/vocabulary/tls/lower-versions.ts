import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { changedOptions } from '../code/option-changes.ts';
import { changedSettings } from '../settings/settings.ts';

/** A server or a client that takes TLS 1.1 or older, and did not: RFC 8996 forbids both. */
export function* lowerVersions(input: RuleInput): Generator<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    if (isVersionName(after.name) && isLower(before.value, after.value))
      yield { side: 'after', range: after.range, message: say(after.name, after.value) };
  }
  for (const { before, after, path } of changedSettings(input)) {
    const name = path.findLast((part) => !/^(#|\[)?\d+\]?$/.test(part)) ?? '';
    if (before !== undefined && after !== undefined && isVersionName(name) && isLower(String(before.value), String(after.value)))
      yield { side: 'after', range: after.range, message: say(name, String(after.value)) };
  }
}

function say(name: string, value: string): string {
  return fitMessage(`\`${shorten(lastName(name), 30)}\` takes \`${shorten(value, 26)}\`, which can be broken`);
}

const isVersionName = (name: string): boolean =>
  /\b(min version|minimum version|min tls version|minimum tls version|minimum protocol version|min protocol version|ssl protocols|ssl protocol|tls version|ssl version|secure protocol|enabled protocols|tls min version|minimum ssl version|ssl policy|tls policy|security policy)\b/.test(
    words(name),
  );

function isLower(before: string, after: string): boolean {
  const [was, now] = [lowest(before), lowest(after)];
  return was !== undefined && now !== undefined && now < was && now < 1.2;
}

/** What a load balancer's policy takes, by its name: `ELBSecurityPolicy-TLS13-1-2-2021-06`; those that name no version take 1.0. */
function ofPolicy(value: string): number | undefined {
  const policy = /^['"]?ELBSecurityPolicy-(?:(?:TLS|TLS13|FS)-(1)-([0-3])-)?/.exec(value);
  return policy === null ? undefined : policy[1] === undefined ? 1 : Number(`1.${policy[2]}`);
}

/** The oldest version that a value names: 1.2 of `TLSv1.2`, `tls.VersionTLS12`, `TLS1_2`, `TLSv1_2_method`; 0 for any SSL. */
function lowest(value: string): number | undefined {
  const policy = ofPolicy(value);
  if (policy !== undefined) return policy;
  const found = [...value.matchAll(/SSL_?v?[23]\b|TLS(?:_?v|_)?(1)(?:[._]?([0-3])(?!\d))?/gi)].map(([, major, minor]) =>
    major === undefined ? 0 : Number(`${major}.${minor ?? 0}`),
  );
  return found.length === 0 ? undefined : Math.min(...found);
}
