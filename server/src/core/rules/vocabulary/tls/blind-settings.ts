import type { Setting } from '../../../model/facts.ts';
import { words } from '../code/call-names.ts';
import { nameOf } from '../settings/setting-index.ts';
import { isFalse, isTrue } from '../settings/setting-values.ts';

/** What files of settings call it: Prometheus' `insecure_skip_verify`, `tls_skip_verify`, an APIService's `insecureSkipTLSVerify`. */
export function isSwitchOff(name: string, value: Setting['value']): boolean {
  const text = words(name);
  if (
    /^(insecure skip verify|insecure skip tls ?verify|insecure skip tls verify|(tls|ssl) ?(insecure )?skip verify|skip (tls|ssl|cert|certificate) (verify|verification|check|validation)|(tls|ssl) insecure|allow insecure (tls|ssl|certs?|certificates?)|accept invalid certs?|trust all certs?)$/.test(
      text,
    )
  )
    return isTrue(value);
  return (
    /^((tls|ssl|https) ?(verify|verification)|verify (tls|ssl|certs?|certificates?)|validate (certs?|certificates?)|(tls|ssl) verify (peer|host|cert)|strict ssl|(?:nginx ingress kubernetes io )?proxy ssl verify|(?:proxy|uwsgi|grpc) ssl verify)$/.test(
      // A variable says whose it is first: `LDAP_TLS_VERIFY`.
      text.replace(/^(\w+ ){1,2}(?=((tls|ssl|https) (verify|verification)|verify (tls|ssl|certs?|certificates?)|strict ssl)$)/, ''),
    ) && isFalse(value)
  );
}

/** What holds where nobody says otherwise: `false` of `{{ validate | default(false) }}`. */
export function fallbackOf(value: Setting['value']): Setting['value'] {
  return typeof value === 'string' ? (/\|\s*default\(\s*['"]?(\w+)['"]?\s*(?:,[^()]*)?\)\s*\}\}$/.exec(value)?.[1] ?? value) : value;
}

interface TlsVariable {
  readonly name: string;
  readonly value: Setting['value'];
}

/** Variables of the environment that turn the check off for a whole process. */
export const TLS_VARIABLE = /^(NODE_TLS_REJECT_UNAUTHORIZED|PYTHONHTTPSVERIFY|GIT_SSL_NO_VERIFY)$/;

/** `NAME: value`, Kubernetes' `name` and `value`, and the `NAME=value` of a list. */
export function tlsVariableOf(setting: Setting): TlsVariable | undefined {
  const name = nameOf(setting);
  if (TLS_VARIABLE.test(name)) return { name, value: setting.value };
  const element = setting.path.at(-2) ?? '';
  if (name === 'value' && TLS_VARIABLE.test(element)) return { name: element, value: setting.value };
  return typeof setting.value === 'string' ? assignmentOf(setting.value) : undefined;
}

/** `NAME=0` as one word; undefined for any other name. */
export function assignmentOf(word: string): TlsVariable | undefined {
  const at = word.indexOf('=');
  const name = word.slice(0, Math.max(0, at));
  return TLS_VARIABLE.test(name) ? { name, value: word.slice(at + 1).replace(/^["']|["']$/g, '') } : undefined;
}

/** Whether the variable turns the check off with this value: for git, true does. */
export function isVariableOff(name: string, value: Setting['value']): boolean {
  if (name === 'GIT_SSL_NO_VERIFY') return isTrue(value) || String(value) === '1';
  return isFalse(value) || String(value) === '0';
}
