import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { changedOptions } from '../code/option-changes.ts';
import { nameOf } from '../settings/setting-index.ts';
import { changedSettings } from '../settings/settings.ts';

/** A server that demanded a certificate of whoever calls, and takes those that show none: `tls.RequireAndVerifyClientCert`, `client-auth: need`. */
export function* optionalClients(input: RuleInput): Generator<FindingDraft> {
  for (const { before, after } of changedOptions(input))
    if (isOpened(after.name, before.value, after.value)) yield { side: 'after', range: after.range, message: say(after.name, after.value) };
  for (const change of changedSettings(input)) {
    const { before, after } = change;
    if (before !== undefined && after !== undefined && isOpened(nameOf(change), String(before.value), String(after.value)))
      yield { side: 'after', range: after.range, message: say(nameOf(change), String(after.value)) };
  }
}

function say(name: string, value: string): string {
  return fitMessage(`\`${shorten(name, 26)}: ${shorten(value, 26)}\` takes callers without a certificate`);
}

/** What servers call the demand. */
const DEMAND =
  /^(?:client auth(?:entication)?(?: mode| type)?|request cert|require client cert(?:ificate)?|client cert(?:ificate)?s?(?: required| mode| auth)?|client certificate mode|ssl verify client|ssl client auth|ssl client authentication|verify client|peer client certificate mode|client validation mode|mutual authentication|client tls policy)$/;
/** Each word for a demand that nobody gets past. */
const MUST =
  /^(?:RequireAndVerifyClientCert|RequireAnyClientCert|VerifyClientCertIfGiven|need|required?|requireCertificate|mandatory|on|true|CERT_REQUIRED|verify|strict|mutual-authentication)$/i;
const MAY =
  /^(?:NoClientCert|RequestClientCert|want|wanted|none|optional|optional_no_ca|allow|allowed|request|requested|off|false|CERT_OPTIONAL|CERT_NONE|disabled?|ignore)$/i;

function isOpened(name: string, before: string, after: string): boolean {
  const bare = (value: string): string => lastName(value.replace(/^['"`]|['"`]$/g, ''));
  return DEMAND.test(words(name)) && MUST.test(bare(before)) && MAY.test(bare(after));
}
