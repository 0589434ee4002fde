import type { Command, Option, Setting } from '../../model/facts.ts';
import type { FindingDraft, Severity } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { knownFallbacks } from '../vocabulary/access/known-keys.ts';
import { boundOnLines, fallbacksIn, givenInstead, lookedUpSecret } from '../vocabulary/access/secret-fallbacks.ts';
import { findIssued, isCredential, isCredentialName, isSecretValue, passwordInUrl } from '../vocabulary/access/secret-shapes.ts';
import { shorten } from '../vocabulary/code/call-names.ts';
import { nameOf } from '../vocabulary/settings/setting-index.ts';
import { flagsOf } from '../vocabulary/shell/command-parts.ts';

/**
 * ## What it sees
 * A credential written into a file: a token by its provider's prefix, a private key, a random value or a picked password
 * under a name that says so, also as what is taken where the environment has none, a password inside an address, and a secret that
 * becomes a build argument or an environment variable of an image. What was found is never shown. A secret by which others are
 * proved (of tokens, sessions, webhooks) that had to be given, and has a default now: any text counts, and none as well.
 *
 * ## Why it matters
 * Whoever can read the repository, a build log or a layer of the image has it, and it stays in the history.
 *
 * ## When it is fine
 * Placeholders, references to a secret store, to the environment or to another variable, public keys, examples and tests.
 *
 * ## What it misses
 * A credential that is a common word, and one that is put together from parts.
 */
export default defineRule({
  id: 'access/secret-literal',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A credential is written into the file',
  reads: ['settings', 'options', 'commands', 'calls', 'symbols', 'resources', 'dependencies', 'statements'],
  evidence: [
    { title: 'gitleaks', url: 'https://github.com/gitleaks/gitleaks' },
    { title: 'hadolint DL3064', url: 'https://github.com/hadolint/hadolint' },
  ],
  *check(input): Iterable<FindingDraft> {
    const lines = new Set<number>();
    for (const draft of candidates(input)) {
      const line = draft.range.start.line;
      if (lines.has(line)) continue;
      lines.add(line);
      yield isExampleFile(input.path) ? { ...draft, severity: 'low' } : draft;
    }
  },
});

function isExampleFile(path: string): boolean {
  return /\.(example|sample|template|dist|tpl|defaults?)(\.[a-z]+)?$|(^|\/)(example|sample)[._-]|[._-](example|sample|template|test|testing)(\.[a-z]+)?$|(^|\/)\.env\.(test|ci|local|development|dev)$/i.test(
    path,
  );
}

function* candidates(input: RuleInput): Generator<FindingDraft> {
  yield* issuedSecrets(input);
  for (const setting of input.added.settings) {
    const found = inSetting(setting, input);
    if (found !== undefined) yield { side: 'after', range: setting.range, severity: found.severity, message: fitMessage(found.message) };
  }
  for (const option of input.added.options) {
    const value = stringIn(option.value);
    const hidden = value === undefined && !wasThere(option, input) && fallbacksIn(option.value).some((text) => isHidden(option.name, text));
    if (hidden)
      yield {
        side: 'after',
        range: option.range,
        message: fitMessage(`${quote(option.name, 30)} falls back to a credential in plain text`),
      };
    if (value !== undefined && (isHidden(option.name, value) || isHeaderToken(option.name, value)) && !wasThere(option, input))
      yield { side: 'after', range: option.range, message: fitMessage(`${quote(option.name, 30)} holds a credential in plain text`) };
    else if (value !== undefined && passwordInUrl(value) !== undefined)
      yield { side: 'after', range: option.range, message: fitMessage(`${quote(option.name, 30)} holds an address with its password`) };
  }
  for (const call of input.added.calls) {
    const { kind, callee, args, range } = call;
    const name = lookedUpSecret(call) ?? givenInstead(call, input.removed.calls);
    if (name !== undefined && input.before?.calls.some(({ key }) => key === call.key) !== true)
      yield { side: 'after', range, message: fitMessage(`${quote(name, 30)} is written out where it was looked up`) };
    // `@Value("${jwt.secret:…}")`: what is taken where nothing is given.
    const [, key = '', value = ''] =
      kind === 'decorator' && callee === 'Value' ? (/\$\{([\w.-]+):([^{}]+)\}/.exec(args[0] ?? '') ?? []) : [];
    if (value !== '' && isHidden(key.slice(key.lastIndexOf('.') + 1), value))
      yield { side: 'after', range, message: fitMessage(`${quote(key, 30)} holds a credential in plain text`) };
  }
  for (const { name, range } of knownFallbacks(input))
    yield { side: 'after', range, message: fitMessage(`${quote(name, 30)} is a text of the code where nothing is given`) };
  for (const { name, range } of boundOnLines(input))
    yield { side: 'after', range, message: fitMessage(`${quote(name, 30)} holds a credential in plain text`) };
  for (const command of input.added.commands) {
    const what = inCommand(command);
    if (what !== undefined) yield { side: 'after', range: command.range, message: fitMessage(what) };
  }
}

/** By the lines themselves: a provider's prefix is one in any language, and in a remark as well. */
function* issuedSecrets({ hunk, before, trees, path }: RuleInput): Generator<FindingDraft> {
  let old: string | undefined;
  for (const [at, line] of hunk.added.entries()) {
    const found = findIssued(line);
    if (found === undefined || hunk.removed.some((other) => other.includes(found.text))) continue;
    if (found.what === 'a private key' && !isKeyBody(hunk.added[at + 1] ?? '', line.slice(found.end))) continue;
    if (before !== undefined && old === undefined) {
      const content = trees.before.read(hunk.previousPath ?? path);
      old = content?.kind === 'text' ? content.text : '';
    }
    if (old?.includes(found.text) === true) continue;
    const range = {
      start: { line: hunk.after.start + at, character: found.start },
      end: { line: hunk.after.start + at, character: found.end },
    };
    yield {
      side: 'after',
      range,
      confidence: 'high',
      ...(found.manual ? { severity: 'medium' as const } : {}),
      message: `${found.what} is written into the file`,
    };
  }
}

/** A pattern that looks for keys has the header and no body. */
function isKeyBody(next: string, rest: string): boolean {
  return (
    /^["'\s]*[A-Za-z0-9+/=]{20}/.test(next) || /^(\\n|\s)*[A-Za-z0-9+/=]{16}/.test(rest) || /^\s*(Proc-Type|Version|Comment):/.test(next)
  );
}

function inSetting(setting: Setting, input: RuleInput): { readonly severity: Severity; readonly message: string } | undefined {
  if (setting.value === null || typeof setting.value === 'boolean') return undefined;
  const { name, value } = variableOf(setting);
  const [instruction = ''] = setting.path;
  if (input.after?.language === 'dockerfile' && (instruction === 'ENV' || instruction === 'ARG')) return inImage(instruction, name, value);
  if (passwordInUrl(value) !== undefined) return { severity: 'high', message: `${quote(name, 30)} holds an address with its password` };
  if (/^(run|script|command|args|description|title|message|if|uses|image)$/.test(name)) return undefined;
  if (isDefaultOfSecret(setting, input) && value.trim() !== '' && isSecretValue(value, 'password'))
    return { severity: 'high', message: `${quote(name === '' ? setting.scope : name, 34)} is a secret and has its value in plain text` };
  if (isPublicKind(setting) || !isHidden(name, value)) return undefined;
  return { severity: 'high', message: `${quote(name, 34)} holds a credential in plain text` };
}

/** What the file itself calls a secret, whatever its name: `sensitive = true` of Terraform, `secure: true`, `NoEcho: true` beside it. */
function isDefaultOfSecret({ path, resource }: Setting, { after }: RuleInput): boolean {
  if (!/^(default|Default|value|defaultValue)$/.test(path.at(-1) ?? '')) return false;
  const home = path.slice(0, -1);
  return (
    after?.settings.some(
      (other) =>
        other.resource === resource &&
        other.path.length === path.length &&
        home.every((part, at) => other.path[at] === part) &&
        ((/^(sensitive|NoEcho|noEcho|secure|secret|isSecret|masked|is_secret|sealed)$/.test(other.path.at(-1) ?? '') &&
          /^true$/i.test(String(other.value))) ||
          (other.path.at(-1) === 'type' && /^secure(string|object)$/i.test(String(other.value)))),
    ) === true
  );
}

/** `- name: X` with `value: …`, `- X=…` of a list, and `NAME: …`. */
function variableOf(setting: Setting): { readonly name: string; readonly value: string } {
  const name = nameOf(setting);
  const value = String(setting.value);
  if (/^(value|default)$/i.test(name)) return { name: setting.path.at(-2) ?? '', value };
  const pair = /^([A-Za-z_]\w*)=(.+)$/s.exec(value);
  if (pair !== null && /^(environment|env|args|env_vars?)$/i.test(name)) return { name: pair[1] ?? '', value: pair[2] ?? '' };
  // `//registry.example.org/:_authToken`, `db.password`.
  return { name: name.slice(Math.max(name.lastIndexOf(':'), name.lastIndexOf('.')) + 1), value };
}

/** Sealed values, hashes of packages, and what a schema says of a field. */
function isPublicKind(setting: Setting): boolean {
  return (
    setting.path.some((part) =>
      /^(properties|schema|definitions|paths|encryptedData|sealed|dependencies|devDependencies|resolutions|integrity|checksums?|hashes|labels|annotations|matchLabels)$/.test(
        part,
      ),
    ) || /SealedSecret/.test(setting.resource)
  );
}

/** What an ARG or an ENV holds is in the image's history, also where it comes from outside. */
function inImage(instruction: string, name: string, value: string): { readonly severity: Severity; readonly message: string } | undefined {
  if (!isCredentialName(name)) return undefined;
  const text = value.replace(/^["']|["']$/g, '');
  if (instruction === 'ENV' && text === '') return undefined;
  const literal = isSecretValue(text, name);
  return {
    severity: instruction === 'ENV' || literal ? 'high' : 'medium',
    message: `${quote(name, 30)} stays readable in the image as ${instruction}`,
  };
}

function isHidden(name: string, value: string): boolean {
  return isCredential(name, value);
}

/** `"Authorization": "Bearer …"`, `'X-Api-Key': '…'`: a header whose value is written out. */
function isHeaderToken(name: string, value: string): boolean {
  if (
    !/^['"`]?(Proxy-)?Authorization['"`]?$|^['"`]?X-[\w-]*(Token|Key|Secret)['"`]?$|^['"`]?(Private-Token|Api-Key|apikey)['"`]?$/i.test(
      name,
    )
  )
    return false;
  return isSecretValue(value.replace(/^(Bearer|Basic|Token|ApiKey|Key|Digest)\s+/i, ''), 'token');
}

/** A string without anything filled in; undefined for code. */
function stringIn(source: string): string | undefined {
  return /^[bruBRU]{0,2}(["'`])([^"'`\n]*)\1$/.exec(source.trim())?.[2]?.replace(/^.*\$\{.*$/s, '');
}

function wasThere(option: Option, { before }: RuleInput): boolean {
  return before?.options.some((other) => other.name === option.name && other.value === option.value) ?? false;
}

/** `--password hunter…`, `-H "Authorization: Bearer …"`, `PGPASSWORD=… psql`, `https://user:…@host`. */
function inCommand(command: Command): string | undefined {
  if (/^(echo|printf|grep|sed|awk|export|local|declare|readonly|\[|\[\[|test)$/.test(command.name)) return undefined;
  for (const { name, value } of flagsOf(command)) {
    if (value !== undefined && isHidden(name.replace(/^-+/, ''), value))
      return `${quote(name, 24)} of ${quote(command.name, 24)} is given a credential in plain text`;
  }
  for (const word of command.words) {
    if (word.expansions.length > 0 || word.dynamic) continue;
    const bearer =
      /^(?:Proxy-)?(?:Authorization|X-[\w-]*(?:Token|Key|Secret)|Private-Token|Api-Key|apikey)\s*:\s*(?:(?:Bearer|Basic|token)\s+)?(\S+)$/i.exec(
        word.text,
      )?.[1];
    if (bearer !== undefined && isSecretValue(bearer, 'token'))
      return `a header of ${quote(shorten(command.name, 24))} holds a credential in plain text`;
    if (passwordInUrl(word.text) !== undefined) return `an address that ${quote(shorten(command.name, 24))} is given holds its password`;
  }
  return undefined;
}
