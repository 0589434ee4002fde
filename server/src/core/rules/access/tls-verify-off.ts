import type { Call, Command, Option, Setting, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { tokensOf } from '../vocabulary/code/token-lines.ts';
import { isFalse, isTrue, nameOf } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * An option or a call that stops checking the certificate of the other side, a class of one's own that is asked about a
 * certificate and never says no, an environment variable (in code, in a script, a Dockerfile, a compose file, a `.env` file, a
 * workflow or a Kubernetes object), and the switch of a command: `curl -k`, `wget --no-check-certificate`, `npm config set
 * strict-ssl false`, `git -c http.sslVerify=false`.
 *
 * ## Why it matters
 * The connection stays encrypted and may now end anywhere: whoever stands in between reads and changes everything.
 *
 * ## When it is fine
 * Tests against a server with its own certificate; those files keep it as a note.
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
      const isOpen = isOff(option) || isOff({ ...option, value: valueUnset(option.value) ?? option.value });
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
      const isSwitch = isOff({ ...setting, name, value: String(setting.value), callee: '' }) || isSwitchOff(name, setting.value);
      const had = (): boolean =>
        input.before?.settings.some(
          (other) => other.value === setting.value && nameOf(other) === name && other.resource === setting.resource,
        ) === true;
      if (isSwitch && VARIABLE.test(name) === false && !had()) {
        yield {
          side: 'after',
          range: setting.range,
          message: fitMessage(`\`${shorten(name, 30)}: ${shorten(String(setting.value), 10)}\` accepts any certificate`),
        };
        continue;
      }
      const variable = variableOf(setting);
      if (variable !== undefined && isVariableOff(variable.name, variable.value))
        yield {
          side: 'after',
          range: setting.range,
          message: fitMessage(`\`${variable.name} = ${shorten(String(variable.value), 10)}\` accepts any certificate`),
        };
    }
    yield* blindManagers(input);
    for (const command of input.added.commands) {
      if (isBlindCommand(command))
        yield { side: 'after', range: command.range, message: fitMessage(`\`${shorten(command.written, 44)}\` accepts any certificate`) };
    }
  },
});

/** A class of one's own that is asked about a certificate and whose answer is never no: `checkServerTrusted` with nothing in it. */
function* blindManagers({ added, before, after }: RuleInput): Iterable<FindingDraft> {
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

/** The file had as many of them, and the function that has this one is new: it was extracted with it. */
function cameAlong(input: RuleInput, option: Option): boolean {
  const isSame = (other: Option): boolean => other.name === option.name && other.value === option.value;
  const count = (facts: RuleInput['before']): number => facts?.options.filter(isSame).length ?? 0;
  const isNew = !(input.before?.scopes.some((scope) => scope.name === option.scope) ?? true);
  return option.scope !== '' && isNew && count(input.after) <= count(input.before);
}

const ENVIRONMENT =
  /^\(?(!{0,2})(?:Boolean\(|bool\()?(?:process\.env(?:\.(\w+)|\[['"](\w+)['"]\])|Deno\.env\.get\(['"](\w+)['"]\)|(?:os\.)?(?:getenv|Getenv|environ\.get|environ)[([]['"](\w+)['"](?:,\s*['"]?(\w*)['"]?)?[)\]]|System\.getenv\(['"](\w+)['"]\)|(?:std::)?env::var\(['"](\w+)['"]\)(?:\.\w+\([^()]{0,30}\)){0,3})(?:\.(?:lower|toLowerCase|strip|trim)\(\))?\)?\s*(?:(===?|!==?|==|!=|in|not in)\s*(.{1,40}))?$/;

/**
 * What a condition on the environment comes to where nobody sets the variable: `process.env.X === 'strict'` is false there.
 * Undefined where it is no such condition, or asks which environment this is.
 */
function valueUnset(value: string): 'true' | 'false' | undefined {
  const match = ENVIRONMENT.exec(value);
  if (match === null) return undefined;
  const [, bangs = '', a, b, c, d, fallback = '', e, f, operator, wanted = ''] = match;
  const name = a ?? b ?? c ?? d ?? e ?? f ?? '';
  if (/(^|_)ENV(IRONMENT)?$|^STAGE$|_MODE$/i.test(name)) return undefined;
  const words: readonly string[] = wanted.match(/\w+/g) ?? [];
  const isEqual =
    operator === undefined
      ? fallback !== ''
      : words.includes(fallback) || (fallback === '' && /^(''|""|null|nil|None|undefined)$/.test(wanted));
  const isTurned = (bangs === '!') !== (operator !== undefined && /^(!|not)/.test(operator));
  return isEqual !== isTurned ? 'true' : 'false';
}

/** It was off before, or the same condition decided it, whatever the variable is called now. */
function wasLeftOpen(input: RuleInput, option: Option): boolean {
  const unset = valueUnset(option.value);
  return input.removed.options.some(
    (other) =>
      other.name === option.name &&
      other.callee === option.callee &&
      (isOff(other) || (unset !== undefined && valueUnset(other.value) === unset)),
  );
}

/** What files of settings call it: Prometheus' `insecure_skip_verify`, `tls_skip_verify`, an APIService's `insecureSkipTLSVerify`. */
function isSwitchOff(name: string, value: Setting['value']): boolean {
  const text = words(name);
  if (
    /^(insecure skip verify|insecure skip tls ?verify|insecure skip tls verify|(tls|ssl) ?(insecure )?skip verify|skip (tls|ssl|cert|certificate) (verify|verification|check|validation)|(tls|ssl) insecure|allow insecure (tls|ssl|certs?|certificates?)|accept invalid certs?|trust all certs?)$/.test(
      text,
    )
  )
    return isTrue(value);
  return (
    /^((tls|ssl|https) ?(verify|verification)|verify (tls|ssl|certs?|certificates?)|validate (certs?|certificates?)|(tls|ssl) verify (peer|host|cert)|strict ssl)$/.test(
      // A variable says whose it is first: `LDAP_TLS_VERIFY`.
      text.replace(/^(\w+ ){1,2}(?=((tls|ssl|https) (verify|verification)|verify (tls|ssl|certs?|certificates?)|strict ssl)$)/, ''),
    ) && isFalse(value)
  );
}

interface Variable {
  readonly name: string;
  readonly value: Setting['value'];
}

const VARIABLE = /^(NODE_TLS_REJECT_UNAUTHORIZED|PYTHONHTTPSVERIFY|GIT_SSL_NO_VERIFY)$/;

/** `NAME: value`, Kubernetes' `name` and `value`, and the `NAME=value` of a list. */
function variableOf(setting: Setting): Variable | undefined {
  const name = nameOf(setting);
  if (VARIABLE.test(name)) return { name, value: setting.value };
  const element = setting.path.at(-2) ?? '';
  if (name === 'value' && VARIABLE.test(element)) return { name: element, value: setting.value };
  return typeof setting.value === 'string' ? assignmentOf(setting.value) : undefined;
}

function assignmentOf(word: string): Variable | undefined {
  const at = word.indexOf('=');
  const name = word.slice(0, Math.max(0, at));
  return VARIABLE.test(name) ? { name, value: word.slice(at + 1).replace(/^["']|["']$/g, '') } : undefined;
}

function isVariableOff(name: string, value: Setting['value']): boolean {
  if (name === 'GIT_SSL_NO_VERIFY') return isTrue(value) || String(value) === '1';
  return isFalse(value) || String(value) === '0';
}

/** Options of curl that take no value and so may stand before `k` in one word. */
const CURL = /^-[fsSLIvigGjlNOpqRJaB0-9#]*k/;

function isBlindCommand(command: Command): boolean {
  const words = command.words.slice(1).map((word) => word.text);
  const text = words.join(' ');
  if (
    words.some((word) =>
      /^--(insecure-skip-tls-verify|kube-insecure-skip-tls-verify|no-verify-ssl|no-check-certificate|tlsverify=false|tls-verify=false|tls-skip-verify|skip-tls-verify|allow-unauthenticated|nogpgcheck|allow-untrusted|no-gpg-check)(=true)?$/.test(
        word,
      ),
    ) ||
    givesVariable(command)
  )
    return true;
  if (/\bsslmode=disable\b|--ssl-?mode[ =]disabled\b/i.test(text) && !/localhost|127\.0\.0\.1/.test(text)) return true;
  switch (command.name) {
    case 'curl':
      return words.some((word) => word === '--insecure' || word === '--proxy-insecure' || CURL.test(word));
    case 'wget':
      return words.includes('--no-check-certificate');
    case 'npm':
    case 'pnpm':
    case 'yarn':
      return (
        /(^| )((config )?set (-\S+ )*["']?strict-ssl[ =]|--strict-ssl[ =])["']?false\b/.test(text) || words.includes('--no-strict-ssl')
      );
    case 'http':
    case 'https':
      return /(^| )--verify[ =](no|false)( |$)/.test(text);
    case 'skopeo':
    case 'podman':
    case 'buildah':
      return /--(src-|dest-)?tls-verify=false/.test(text);
    case 'git':
      return /(^| )http\.(\S+\.)?sslverify[ =](false|0|no|off)( |$)/i.test(text);
    default:
      return false;
  }
}

/** `env NAME=0 node …` and `docker run -e NAME=0 …`. What the shell itself assigns is a setting and told as one. */
function givesVariable(command: Command): boolean {
  if (/^(export|declare|local|readonly|typeset)$/.test(command.name)) return false;
  const words = command.written.split(' ');
  const first = words.findIndex((word) => !/^\w+=/.test(word));
  return (
    first >= 0 &&
    words.slice(first).some((word) => {
      const variable = assignmentOf(word);
      return variable !== undefined && isVariableOff(variable.name, variable.value);
    })
  );
}

function isOff(option: Option): boolean {
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

function isBlindCall(call: Call): boolean {
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
function lostCredentials(call: Call, removed: readonly Call[]): boolean {
  const lost = (pattern: RegExp): boolean => removed.some((other) => pattern.test(lastName(other.callee)));
  const name = lastName(call.callee);
  if (
    /^(insecure_channel|WithInsecure|NewCredentials|usePlaintext)$/.test(name) &&
    (name !== 'NewCredentials' || /(^|\.)insecure\./.test(call.callee))
  )
    return lost(/^(secure_channel|NewTLS|NewClientTLSFrom\w+|ssl_channel_credentials|useTransportSecurity|WithTransportCredentials)$/);
  return /^(AutoAddPolicy|WarningPolicy)$/.test(name) && lost(/^(RejectPolicy|load_system_host_keys|load_host_keys)$/);
}
