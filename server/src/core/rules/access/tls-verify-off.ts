import type { Call, Option } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { lastName, shorten } from '../call-names.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';

/**
 * ## What it sees
 * An option, an environment variable or a call that stops checking the certificate of the other side.
 *
 * ## Why it matters
 * The connection stays encrypted and may now end anywhere: whoever stands in between reads and changes everything.
 *
 * ## When it is fine
 * Tests against a server with its own certificate; those files keep it as a note.
 *
 * ## What it misses
 * A value that is computed (`rejectUnauthorized: isProduction`), and a checker that accepts everything.
 */
export default defineRule({
  id: 'access/tls-verify-off',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'TLS certificates are no longer checked',
  reads: ['options', 'calls'],
  evidence: [
    {
      title: 'CodeQL: disabling certificate validation (CWE-295)',
      url: 'https://codeql.github.com/codeql-query-help/javascript/js-disabling-certificate-validation/',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const option of input.added.options) {
      if (isOff(option))
        yield {
          side: 'after',
          range: option.range,
          message: fitMessage(`\`${shorten(option.name, 30)} = ${shorten(option.value, 10)}\` accepts any certificate`),
        };
    }
    for (const call of input.added.calls) {
      if (isBlindCall(call))
        yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(call.callee, 36)}\` accepts any certificate`) };
    }
  },
});

function isOff(option: Option): boolean {
  const value = option.value.replace(/^['"]|['"]$/g, '');
  if (
    /^(rejectUnauthorized|strictSSL|checkCertificate|verifyCertificate|validateCertificate|verify_ssl|sslVerify|verifySsl|ssl_verify|verifyTLS|tlsVerify)$/i.test(
      option.name,
    )
  )
    return /^(false|0|False)$/.test(value);
  if (option.name === 'verify')
    return value === 'False' || (value === 'false' && /(request|axios|fetch|got|https?|client|session|tls)/i.test(option.callee));
  if (option.name === 'NODE_TLS_REJECT_UNAUTHORIZED') return value === '0';
  if (
    /^(InsecureSkipVerify|tlsInsecure|tlsAllowInvalidCertificates|tlsAllowInvalidHostnames|sslInvalidCertAllowed|insecureSkipTlsVerify|skipTlsVerify|allowInvalidCertificates|trustServerCertificate|ignoreHTTPSErrors)$/i.test(
      option.name,
    )
  )
    return /^(true|1|True)$/.test(value);
  return option.name === 'checkServerIdentity' && /^(fn|undefined|\(\) => undefined)$/.test(value);
}

function isBlindCall(call: Call): boolean {
  return (
    (/^(danger_accept_invalid_certs|danger_accept_invalid_hostnames|setTrustAll|trustAllCerts|disableTlsVerification)$/.test(
      lastName(call.callee),
    ) &&
      call.args[0] !== 'false') ||
    /_create_unverified_context$/.test(call.callee)
  );
}
