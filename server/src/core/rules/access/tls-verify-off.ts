import type { Option } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { shorten } from '../vocabulary/code/call-names.ts';
import { nameOf } from '../vocabulary/settings/setting-index.ts';
import { blindManagers, isBlindCall, isTlsOff, lostCredentials } from '../vocabulary/tls/blind-calls.ts';
import { blindArrays, isBlindCommand, takesUnsigned } from '../vocabulary/tls/blind-commands.ts';
import { fallbackOf, isSwitchOff, isVariableOff, TLS_VARIABLE, tlsVariableOf } from '../vocabulary/tls/blind-settings.ts';
import { optionalClients } from '../vocabulary/tls/client-certificates.ts';
import { valueUnset, wasLeftOpen } from '../vocabulary/tls/environment-switches.ts';
import { unknownHosts } from '../vocabulary/tls/host-keys.ts';
import { lowerVersions } from '../vocabulary/tls/lower-versions.ts';
import { plainConnections } from '../vocabulary/tls/plain-connections.ts';

/**
 * ## What it sees
 * An option or a call that stops checking the certificate of the other side, a class of one's own that is asked about a
 * certificate and never says no, an environment variable (in code, in a script, a Dockerfile, a compose file, a `.env` file, a
 * workflow or a Kubernetes object), and the switch of a command: `curl -k`, `wget --no-check-certificate`, `npm config set
 * strict-ssl false`, `git -c http.sslVerify=false`; a package manager that no longer asks for signatures (`--allow-unauthenticated`,
 * `--nogpgcheck`), a client of SSH that believes any host, and a server that no longer demands a certificate of whoever calls. A connection to a store or a broker that was encrypted and is no more:
 * `ssl: false`, an `ssl` that is left out, `sslmode=disable`, `rediss://` that became `redis://`.
 *
 * ## Why it matters
 * The connection stays encrypted and may now end anywhere: whoever stands in between reads and changes everything.
 *
 * ## When it is fine
 * Tests against a server with its own certificate; those files keep it as a note. A store on the same machine.
 *
 * ## What it misses
 * A value that is computed (`rejectUnauthorized: isProduction`) by more than one look at the environment, and a checker that
 * accepts everything in more than one step.
 */
export default defineRule({
  id: 'access/tls-verify-off',
  version: '1.1.0',
  severity: 'high',
  confidence: 'high',
  title: 'TLS certificates are no longer checked',
  reads: ['options', 'calls', 'settings', 'commands', 'symbols', 'tokens'],
  evidence: [
    {
      title: 'CodeQL: disabling certificate validation (CWE-295)',
      url: 'https://codeql.github.com/codeql-query-help/javascript/js-disabling-certificate-validation/',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const option of input.added.options) {
      const isOpen = isTlsOff(option) || isTlsOff({ ...option, value: valueUnset(option.value) ?? option.value });
      if (isOpen && !cameAlong(input, option) && !wasLeftOpen(input, option))
        yield {
          side: 'after',
          range: option.range,
          message: fitMessage(`\`${shorten(option.name, 30)} = ${shorten(option.value, 10)}\` accepts any certificate`),
        };
    }
    for (const call of input.added.calls) {
      if (isBlindCall(call) || lostCredentials(call, input.removed.calls))
        yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(call.callee, 36)}\` accepts any certificate`) };
    }
    for (const setting of input.added.settings) {
      const name = nameOf(setting);
      const isSwitch =
        isTlsOff({ ...setting, name, value: String(setting.value), callee: '' }) || isSwitchOff(name, fallbackOf(setting.value));
      const had = (): boolean =>
        input.before?.settings.some(
          (other) => other.value === setting.value && nameOf(other) === name && other.resource === setting.resource,
        ) === true;
      if (isSwitch && TLS_VARIABLE.test(name) === false && !had()) {
        yield {
          side: 'after',
          range: setting.range,
          message: fitMessage(`\`${shorten(name, 30)}: ${shorten(String(setting.value), 10)}\` accepts any certificate`),
        };
        continue;
      }
      const variable = tlsVariableOf(setting);
      if (variable !== undefined && isVariableOff(variable.name, variable.value))
        yield {
          side: 'after',
          range: setting.range,
          message: fitMessage(`\`${variable.name} = ${shorten(String(variable.value), 10)}\` accepts any certificate`),
        };
    }
    yield* blindManagers(input);
    yield* plainConnections(input);
    yield* lowerVersions(input);
    yield* optionalClients(input);
    yield* unknownHosts(input);
    for (const { range, command } of blindArrays(input))
      yield { side: 'after', range, message: fitMessage(`\`${shorten(command.written, 44)}\` may accept any certificate`) };
    for (const command of input.added.commands) {
      if (!isBlindCommand(command)) continue;
      const message = takesUnsigned(command)
        ? `\`${shorten(command.written, 38)}\` takes packages that nobody signed`
        : `\`${shorten(command.written, 44)}\` accepts any certificate`;
      yield { side: 'after', range: command.range, message: fitMessage(message) };
    }
  },
});

/** The file had as many of them, and the function that has this one is new: it was extracted with it. */
function cameAlong(input: RuleInput, option: Option): boolean {
  const isSame = (other: Option): boolean => other.name === option.name && other.value === option.value;
  const count = (facts: RuleInput['before']): number => facts?.options.filter(isSame).length ?? 0;
  const isNew = !(input.before?.scopes.some((scope) => scope.name === option.scope) ?? true);
  return option.scope !== '' && isNew && count(input.after) <= count(input.before);
}
