import { words } from '../code/call-names.ts';

/** Prefixes by which providers mark what they issue, and what a person calls it. Anchored by length, so that prose has none. */
const ISSUED: readonly (readonly [RegExp, string])[] = [
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/, 'an AWS access key'],
  [/\b(?:ghp|gho|ghs|ghu|ghr)_[A-Za-z0-9]{30,255}\b/, 'a GitHub token'],
  [/\bgithub_pat_[A-Za-z0-9_]{40,255}\b/, 'a GitHub token'],
  [/\bgl(?:pat|ptt|dt|rt|cbt|soat|agent)-[\w-]{20,64}/, 'a GitLab token'],
  [/\bxox[abeoprs]-[\w-]{10,250}/, 'a Slack token'],
  [/\bxapp-\d-[\w-]{20,250}/, 'a Slack token'],
  [/\bhooks\.slack\.com\/services\/T\w{6,}\/B\w{6,}\/\w{16,}/, 'a Slack webhook'],
  [/\bdiscord(?:app)?\.com\/api\/webhooks\/\d{15,}\/[\w-]{40,}/, 'a Discord webhook'],
  [/\b(?:sk|rk)_live_[0-9A-Za-z]{16,250}\b/, 'a live Stripe key'],
  [/\bwhsec_[A-Za-z0-9+/=]{24,100}/, 'a webhook secret'],
  [/\bsk-ant-[\w-]{20,250}/, 'an Anthropic key'],
  [/\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{32,250}/, 'an API key'],
  [/\bAIza[0-9A-Za-z_-]{35}/, 'a Google API key'],
  [/\bya29\.[\w-]{30,250}/, 'a Google token'],
  [/\bGOCSPX-[\w-]{20,64}/, 'a Google client secret'],
  [/\bnpm_[A-Za-z0-9]{36}\b/, 'an npm token'],
  [/\bpypi-AgE[\w-]{50,250}/, 'a PyPI token'],
  [/\bSG\.[\w-]{16,32}\.[\w-]{16,64}/, 'a SendGrid key'],
  [/\bdop_v1_[a-f0-9]{64}\b/, 'a DigitalOcean token'],
  [/\bkey-[0-9a-f]{32,40}\b/, 'a Mailgun key'],
  [/\bre_[A-Za-z0-9]{8,12}_[A-Za-z0-9]{16,40}\b/, 'a Resend key'],
  [/\b[0-9a-f]{32}-us\d{1,2}\b/, 'a Mailchimp key'],
  [/\bpat[A-Za-z0-9]{14}\.[a-f0-9]{64}\b/, 'an Airtable token'],
  [/\brnd_[A-Za-z0-9]{28,40}\b/, 'a Render key'],
  [/\bsq0(?:atp|csp)-[\w-]{22,60}/, 'a Square token'],
  [/\bEAAA[\w-]{60,80}/, 'a Square token'],
  [/\bntn_[A-Za-z0-9]{40,60}\b/, 'a Notion token'],
  [/\bphx_[A-Za-z0-9]{40,60}\b/, 'a PostHog key'],
  [/\bxkeysib-[a-f0-9]{64}-\w{16}\b/, 'a Brevo key'],
  [/\bATATT3[\w=-]{60,250}/, 'an Atlassian token'],
  [/\bCFPAT-[\w-]{40,50}/, 'a Contentful token'],
  [/\bdp\.(?:pt|st|ct|sa)\.[\w.-]{40,80}/, 'a Doppler token'],
  [/\btfp_[A-Za-z0-9_-]{40,60}/, 'a Typeform token'],
  [/\bfigd_[\w-]{40,60}/, 'a Figma token'],
  [/\bhf_[A-Za-z0-9]{30,64}\b/, 'a Hugging Face token'],
  [/\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b/, 'a Shopify token'],
  [/\bdapi[a-f0-9]{32}\b/, 'a Databricks token'],
  [/\bhvs\.[\w-]{24,250}/, 'a Vault token'],
  [/\bsbp_[a-f0-9]{40}\b/, 'a Supabase token'],
  [/\bpscale_(?:tkn|pw)_[\w-]{32,64}/, 'a PlanetScale token'],
  [/\bglsa_[A-Za-z0-9]{32}_[a-f0-9]{8}\b/, 'a Grafana token'],
  [/\bNRAK-[A-Z0-9]{27}\b/, 'a New Relic key'],
  [/\bsntry[su]_[\w+/=-]{40,250}/, 'a Sentry token'],
  [/\blin_api_[A-Za-z0-9]{32,64}\b/, 'a Linear key'],
  [/\brubygems_[a-f0-9]{48}\b/, 'a RubyGems key'],
  [/\bAGE-SECRET-KEY-1[A-Z0-9]{58}\b/, 'an age key'],
  [/\bAccountKey=[A-Za-z0-9+/]{80,88}={0,2}/, 'an Azure storage key'],
  [/\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b/, 'a Telegram token'],
  [/-----BEGIN (?:(?:RSA|EC|DSA|OPENSSH|ENCRYPTED|PGP) )?PRIVATE KEY(?: BLOCK)?-----/, 'a private key'],
];

export interface IssuedSecret {
  /** What a person calls it, with its article: `a GitHub token`. */
  readonly what: string;
  /** 0-based UTF-16 units in the line. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** True for the key that the provider's manual prints. */
  readonly manual: boolean;
}

/** The first credential of a known provider in a line; undefined for examples (`AKIA…EXAMPLE`, `sk_live_xxxx`). */
export function findIssued(line: string): IssuedSecret | undefined {
  if (line.length > 10_000) return undefined;
  for (const [pattern, what] of ISSUED) {
    const match = pattern.exec(line);
    // The key of the provider's own manual is no secret, and has no place in a file that is deployed.
    const manual = /EXAMPLE(KEY)?$/.test(match?.[0] ?? '');
    if (match === null || (isExample(match[0]) && !manual)) continue;
    return { what, start: match.index, end: match.index + match[0].length, text: match[0], manual };
  }
  return undefined;
}

function isExample(text: string): boolean {
  return /example|sample|placeholder|dummy|redacted|your[-_]|x{6}|X{6}|\*{4}|\.{3}|_test_/i.test(text);
}

const CREDENTIAL =
  /\b(password|passwd|pwd|passphrase|pass|secret|secrets|token|api key|apikey|access key|secret key|private key|client secret|auth key|encryption key|signing key|master key|shared key|session key|credential|credentials|webhook secret|bearer|authorization|auth token|jwt key|service key|service role key|account key|pgpassword|license key|deploy key|cookie secret|connection string|hmac key|salt|pepper)\b/;
/** Names that only sound like one: what a key is called, how long it lives, where it is. */
const ABOUT =
  /\b(public|publishable|id|ids|name|names|path|file|files|filename|dir|url|uri|endpoint|host|header|headers|field|fields|label|ttl|expiry|expires|expiration|lifetime|length|size|type|prefix|suffix|count|counts|limit|limits|max|min|policy|regex|pattern|hint|placeholder|param|parameter|cookie name|scope|scopes|arn|ref|version|algorithm|algo|issuer|audience|index|sort|primary|partition|foreign|object|cache|storage|translation|message|title|error|text|description|enabled|required|rotation|rules|rule|strength|reset|forgot|change|confirm|usage|budget|per|window|bucket|provider|source|manager|store|mode|format|example|test|dummy|fake|mock|kind|class|variable|env|var|key name|secret name|selector|store id|rounds|attempts|timeout|interval|used|counter|estimate|price|cost|model)\b/;

/** True for a name under which a credential is kept: `DB_PASSWORD`, `clientSecret`; not `passwordField`, `tokenUrl`. */
export function isCredentialName(name: string): boolean {
  const text = words(name.replace(/([A-Z])([A-Z][a-z])/g, '$1 $2'));
  return CREDENTIAL.test(text) && !ABOUT.test(text);
}

/** A key of nothing that names itself a credential: `MAIL_KEY`, `partnerKey`; never one that finds a thing or that all may see. */
function isKeyName(name: string): boolean {
  const text = words(name.replace(/([A-Z])([A-Z][a-z])/g, '$1 $2'));
  return (
    / key$/.test(text) &&
    !ABOUT.test(text) &&
    !/\b(site|map|maps|idempotency|routing|row|dedupe|dedup|lock|query|event|shortcut|hot|tab|menu|item|group|feature|flag|config|metric|redis|blob|message|topic|queue|locale|i18n|react|hash|range|record|client|host|pub|build|commit|content|integrity|fingerprint|install|ingestion|instrumentation|search only)\b/.test(
      text,
    )
  );
}

/** Thirty-two hexadecimal digits or more, or letters of both cases with digits that long: nobody thinks of these. */
function isRandomKey(value: string): boolean {
  const text = value.trim();
  if (isExample(text) || PLACEHOLDER.test(text)) return false;
  return (
    (/^(?:[A-Za-z]{1,8}[-_])?[A-Fa-f0-9]{32,128}$/.test(text) ||
      (/^[A-Za-z0-9+/_-]{32,128}={0,2}$/.test(text) &&
        /[a-z]/.test(text) &&
        /[A-Z]/.test(text) &&
        /\d/.test(text) &&
        !/[-_/].*[-_/].*[-_/]/.test(text))) &&
    entropyOf(text) >= 3.3
  );
}

/** True where a name and its value together are a credential. */
export function isCredential(name: string, value: string): boolean {
  return (isCredentialName(name) && isSecretValue(value, name)) || (isKeyName(name) && isRandomKey(value));
}

const PLACEHOLDER =
  /^(change_?-?me|changeit|example|examples?-|placeholder|your|my-?|x{3,}|dummy|test|testing|fake|sample|todo|fixme|redacted|replace|insert|set-?me|secret$|secrets?$|password$|passw0rd|passwd|pass$|token$|api-?key$|key$|none|null|nil|undefined|true|false|admin|root|postgres|mysql|guest|user|foo|bar|baz|local|localhost|dev|development|default|empty|unset|hunter2|letmein|qwerty|abc|123|0+$|n\/a|\*+$|\.+$|<|\[|\(|\{|\$|%|#|@|!|env[:.]|process\.|os\.|vault:|ssm:|sm:|secretsmanager|arn:|op:\/\/|awskms|projects\/|kms|ref\+|enc\[|sops|\/|~|\.\.?\/|[a-z][a-z0-9+.-]*:\/\/[^@?]*$|[a-z0-9.-]+:\d{2,5}(\/|$)|file:)/i;

/** True for a value that somebody made up by chance, or picked as a password: not a word, not a reference, not a placeholder. */
export function isSecretValue(value: string, name: string): boolean {
  const text = value.trim();
  if (
    text.length < 8 ||
    text.length > 4096 ||
    /\s/.test(text) ||
    PLACEHOLDER.test(text) ||
    (isExample(text) && !/^[\w/+]{30,}EXAMPLEKEY$/.test(text))
  )
    return false;
  // A reference or a call: `var.db_password`, `data.x[0].y`, `getSecret(...)`, `{{ .Values.token }}`.
  if (
    /^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)+$/.test(text) ||
    /[({[<]|\$\{|\$\(|\{\{|=>|::/.test(text) ||
    /^[A-Za-z]+([-_/:.][A-Za-z]+)*$/.test(text)
  )
    return false;
  if (
    /change.?me|placeholder|replace.?(me|with|this)|your.{0,20}(key|token|secret|password)|not.?a.?(real|secret)|<[^<>\r\n]*>|dev.?(only|secret|password)|for.?(tests?|dev|local)|local.?only|insecure|test.?(key|token|secret|password)/i.test(
      text,
    )
  )
    return false;
  if (/^\d+(ms|s|m|h|d)?$/.test(text) && text.length < 16) return false;
  const bits = entropyOf(text);
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(text)).length;
  // People pick passwords that are short and still no words.
  if (/\b(password|passwd|pwd|pass|passphrase|pgpassword)\b/.test(words(name))) return bits >= 2.5 && kinds >= 2 && /[\d\W_]/.test(text);
  // Words with a number at their end are names: `auth-token-v2`, `shop/session-key-2024`.
  if (/^[A-Za-z]{2,}\d{0,3}([-_.:/]([A-Za-z]{1,20}\d{0,3}|\d{1,4}))*$/.test(text)) return false;
  return bits >= 3 && kinds >= 2 && text.length >= 12 && /\d/.test(text);
}

/** Bits a character, by the text's own letters. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** The password in `scheme://user:password@host`; undefined where there is none, and for a host that is only a developer's. */
export function passwordInUrl(text: string): string | undefined {
  const match = /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@"']{1,100}:([^\s:/@"']{1,200})@([^\s/:"'?]{1,200})/i.exec(text);
  const [, password = '', host = ''] = match ?? [];
  if (
    match === null ||
    /^(localhost|127\.|0\.0\.0\.0|host\.docker|example|\w+\.example)|example\.(com|org|net)$/i.test(host) ||
    !host.includes('.')
  )
    return undefined;
  return PLACEHOLDER.test(password) || isExample(password) || password.length < 4 ? undefined : password;
}
