import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { changedOptions } from '../code/option-changes.ts';
import { SOURCE } from '../settings/network-sources.ts';
import { isWeb } from './inbound-rules.ts';

/** A range of sources that a program gives to a construct: `cidr_blocks=["0.0.0.0/0"]`. */
export function* openedInCode(input: RuleInput): Generator<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    if (/^internet_?facing$/i.test(after.name) && /^false$/i.test(before.value) && /^true$/i.test(after.value))
      yield {
        side: 'after',
        range: after.range,
        severity: 'high',
        message: fitMessage(`${quote(after.name)}: the load balancer is not internal any more`),
      };
    const isRange = SOURCE.test(after.name)
      ? !/^(value|whitelist|cidr|cidr_block|cidr_range|cidrRange)$/.test(after.name) || LETS_IN_CODE.test(after.callee)
      : /^(cidr_?blocks?|cidr_?ip(v[46])?|source_?ranges?|ipv6_?cidr_?blocks|SourceAddressPrefix|StartIpAddress)$/i.test(after.name);
    const isOpen = (value: string): boolean =>
      /['"](0\.0\.0\.0\/0|::\/0)['"]/.test(value) || (/^start_?ip/i.test(after.name) && /['"]0\.0\.0\.0['"]/.test(value));
    const told = input.after?.settings.some((setting) => setting.range.start.line === after.range.start.line) === true;
    if (!isRange || told || /egress/i.test(after.key) || !isOpen(after.value) || isOpen(before.value)) continue;
    const ports = (input.after?.options ?? []).flatMap((other) => {
      const isNear = other.scope === after.scope && Math.abs(other.range.start.line - after.range.start.line) <= 4;
      return isNear && /^(from|to)_?port$/i.test(other.name) ? [other.value] : [];
    });
    if (ports.length > 0 && ports.every(isWeb)) continue;
    yield { side: 'after', range: after.range, message: fitMessage(`${quote(after.name)} lets in everybody`) };
  }
}

/** Constructs that are an entry of a list of who may come in. */
const LETS_IN_CODE = /Authorized(External)?Network|AllowList|AccessList|IpFilter|Firewall|IpRestriction|AclRule|Ingress|SecurityGroupRule/;
