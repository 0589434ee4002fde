import type { Call, Option, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { tokensOf } from '../code/token-lines.ts';

/** A class of one's own that is asked about a certificate and whose answer is never no: `checkServerTrusted` with nothing in it. */
export function* blindManagers({ added, before, after }: RuleInput): Iterable<FindingDraft> {
  const body = (facts: SourceFacts | undefined, name: string): string => {
    const text = tokensOf(facts, name);
    return text.slice(text.indexOf('{'));
  };
  for (const symbol of added.symbols) {
    if (lastName(symbol.name) !== 'checkServerTrusted' || symbol.abstract === true) continue;
    const isBlind = (facts: SourceFacts | undefined): boolean => /^\{\s*(return\s*;\s*)?\}/.test(body(facts, symbol.name));
    if (isBlind(after) && !isBlind(before))
      yield { side: 'after', range: symbol.range, message: fitMessage(`\`${shorten(symbol.name, 36)}\` accepts any certificate`) };
  }
}

/** An option with which a library of TLS believes every certificate: `rejectUnauthorized: false`, `verify=False`. */
export function isTlsOff(option: Option): boolean {
  const value = option.value.replace(/^['"]|['"]$/g, '');
  if (
    /^(rejectUnauthorized|strictSSL|checkCertificate|verifyCertificate|validateCertificate|verify_ssl|sslVerify|verifySsl|ssl_verify|verifyTLS|tlsVerify)$/i.test(
      option.name,
    )
  )
    return /^(false|0|False)$/.test(value);
  if (
    /^(check_hostname|verify_certs|validate_certs|ssl_verify_certs|assert_hostname|ssl_assert_hostname|verify_hostname)$/.test(option.name)
  )
    return /^(false|0)$/i.test(value);
  if (/^(verify_mode|cert_reqs|ssl_cert_reqs|tlsCAVerify)$/.test(option.name))
    return /(^|\.|::)(CERT|VERIFY)_NONE$/.test(value) || value === 'none';
  // A constant that can say nothing else, whatever the library calls its option: `Tls(validate=ssl.CERT_NONE)`.
  if (NO_CHECK.test(value)) return true;
  if (option.name === '_create_default_https_context') return /unverified/.test(value);
  if (option.name === 'ssl')
    return (
      value === 'False' && /(connector|session|client|aiohttp|connect|request|\.(get|post|put|patch|delete|head)$)/i.test(option.callee)
    );
  if (option.name === 'verify' && /jwt|jose|token|decode|checksum|hash|signature/i.test(option.callee)) return false;
  if (option.name === 'PYTHONHTTPSVERIFY') return value === '0';
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

/** A call that asks for no check, or gives a judge that says yes to all. */
export function isBlindCall(call: Call): boolean {
  return (
    (/^(danger_accept_invalid_certs|danger_accept_invalid_hostnames|setTrustAll|trustAllCerts|disableTlsVerification)$/.test(
      lastName(call.callee),
    ) &&
      call.args[0] !== 'false') ||
    /_create_unverified_context$|^ssh\.InsecureIgnoreHostKey$/.test(call.callee) ||
    isBlindJudge(call)
  );
}

/** Constants of the libraries of TLS for a peer that shows no certificate, or any. */
const NO_CHECK = /^(?:\w+(?:\.|::)){0,4}(CERT_NONE|VERIFY_NONE|SSL_VERIFY_NONE|OPT_X_TLS_NEVER|OPT_X_TLS_ALLOW|SslVerifyMode::NONE)$/;

/** Something that is asked about a certificate and says yes to all: by its name, or written on the spot. */
function isBlindJudge(call: Call): boolean {
  const name = lastName(call.callee);
  if (
    call.kind === 'new' &&
    /^(X509TrustManager|X509ExtendedTrustManager|NoopHostnameVerifier|AllowAllHostnameVerifier|TrustAllStrategy)$/.test(name)
  )
    return true;
  if (/^(set_certificate_verifier|with_custom_certificate_verifier)$/.test(name)) return true;
  // A function on the spot that really compares has a library's name to call instead.
  if (/^(setHostnameVerifier|setDefaultHostnameVerifier|setSSLHostnameVerifier|hostnameVerifier)$/.test(name) && call.args[0] === 'fn')
    return true;
  // `set_option(OPT_X_TLS_REQUIRE_CERT, OPT_X_TLS_NEVER)`, `context.set_verify(SSL.VERIFY_NONE, …)`.
  if (/^set_?(global_?)?(option|verify|verify_?mode)$/i.test(name) && call.args.some((argument) => NO_CHECK.test(argument))) return true;
  return call.args.some((argument) =>
    /\b(NoopHostnameVerifier|AllowAllHostnameVerifier|ALLOW_ALL_HOSTNAME_VERIFIER|TrustAllStrategy|InsecureTrustManagerFactory|TrustAllCert\w*|TrustAllManager|SslVerifyMode::NONE|SSL_VERIFY_NONE)\b/.test(
      argument,
    ),
  );
}

/** Credentials that checked the other side became none: a gRPC channel, a host key policy. */
export function lostCredentials(call: Call, removed: readonly Call[]): boolean {
  const lost = (pattern: RegExp): boolean => removed.some((other) => pattern.test(lastName(other.callee)));
  const name = lastName(call.callee);
  if (
    /^(insecure_channel|WithInsecure|NewCredentials|usePlaintext|createInsecure|InsecureServerCredentials|InsecureChannelCredentials)$/.test(
      name,
    ) &&
    (name !== 'NewCredentials' || /(^|\.)insecure\./.test(call.callee))
  )
    return lost(
      /^(secure_channel|createSsl|createFromSecureContext|SslCredentials|NewTLS|NewClientTLSFrom\w+|ssl_channel_credentials|useTransportSecurity|WithTransportCredentials)$/,
    );
  return /^(AutoAddPolicy|WarningPolicy)$/.test(name) && lost(/^(RejectPolicy|load_system_host_keys|load_host_keys)$/);
}
