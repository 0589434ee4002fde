import type { Option, SourceFacts, SymbolFact } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { declaredDefaults } from '../vocabulary/access/declared-defaults.ts';
import { rehousedDefaults } from '../vocabulary/access/rehoused-defaults.ts';
import { lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { within } from '../vocabulary/code/counterpart.ts';
import { keepOf } from '../vocabulary/code/kept.ts';
import { changedOptions } from '../vocabulary/code/option-changes.ts';
import { homeOf } from '../vocabulary/code/option-paths.ts';
import { fanIn, severityByFanIn } from '../vocabulary/contract/contract-callers.ts';
import { isAccessName } from '../vocabulary/guards/guard-kinds.ts';

/**
 * ## What it sees
 * The default of a parameter, an option or a field of something shared that changes to the weaker value: `optional = true`,
 * `verify = false`, `strict = false`; in Go's option values, Rust's `Default` and `new`, and Java's fields and builders too, and on the
 * way of a parameter into a record of options, and of a flag or a setting that a program declares (`flag.Bool("require-tls", false)`). Also a strict default that went with the function which made the defaults.
 *
 * ## Why it matters
 * Every caller that leaves the option out changes with it, and none of their files is in the change.
 *
 * ## When it is fine
 * Nobody imports the function. That is not flagged.
 *
 * ## What it misses
 * A default that is computed or that another function returns, and one that is set in another file.
 */
export default defineRule({
  id: 'access/shared-default-loosened',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'medium',
  title: 'A shared default became the weaker one',
  reads: ['options', 'calls'],
  evidence: [
    {
      title: 'Reported retail order loss after high-blast-radius changes, 2026',
      url: 'https://vibegraveyard.ai/story/amazon-ai-code-retail-outages',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    yield* leftOut(input);
    for (const { call, name, was, now } of declaredDefaults(input))
      if (isWeaker(name, was, now))
        yield {
          side: 'after',
          range: call.range,
          message: fitMessage(`\`${shorten(name, 30)}\` is \`${now}\` where nobody sets it; it was \`${was}\``),
          severity: 'high',
        };
    const changed = changedOptions(input).filter(
      ({ before, after }) => isWeaker(after.name, before.value, after.value) || isWeakerWord(input, after, before.value),
    );
    const direct = [...changed.map((change) => change.after), ...introduced(input)].flatMap((after) => {
      const symbol = isDefault(after) ? ownerOf(input, after) : undefined;
      return symbol === undefined ? [] : [{ after, symbol }];
    });
    const moved = [...rehousedDefaults(input)].flatMap(({ name, was, now, range, owner }) =>
      isWeaker(name, was, now) || isWeakerWord(input, { name, value: now, scope: owner.name }, was)
        ? [{ after: { name, value: now, range }, symbol: owner }]
        : [],
    );
    for (const { after, symbol } of [...direct, ...moved]) {
      const radius = input.reach.of(symbol);
      // An alias of a workspace hides who imports a guard; its name in another file tells.
      const isNamed = isAccessName(lastName(symbol.name)) && isMentioned(input, lastName(symbol.name));
      if ((radius === null || radius.files === 0) && !isNamed) continue;
      if (radius === null || radius.files === 0) {
        yield {
          side: 'after',
          range: after.range,
          message: fitMessage(`\`${shorten(after.name, 20)}\` of \`${shorten(symbol.name, 24)}\` is \`${after.value}\` by default now`),
        };
        continue;
      }
      // A guard of access is one wherever it is used; of other functions the reach decides.
      const isAsked =
        isAccessName(lastName(symbol.name)) ||
        PROVES.test(words(lastName(symbol.name))) ||
        (input.before !== undefined && refuses(input.before, symbol.name));
      const isGuard = isAsked && radius.references > 2;
      const severity = isGuard || opensWrites(input, after, symbol) || severityByFanIn(radius) !== 'medium' ? 'critical' : 'high';
      yield {
        side: 'after',
        range: after.range,
        message: fitMessage(`\`${shorten(after.name, 20)}\` is \`${after.value}\` by default now; ${fanIn(radius)}`),
        radius,
        severity,
      };
    }
  },
});

/** Proves who sent something. */
const PROVES =
  /^(?:verify|check|validate|assert|ensure|require)\b.*\b(?:signature|signatures|signed|hmac|digest|webhook|certificate|nonce|captcha)\b/;

/** The shared thing whose default it is. */
function ownerOf({ before }: RuleInput, after: Option): SymbolFact | undefined {
  const owner = after.scope.split('.')[0] || (homeOf(after).split('.')[0] ?? '');
  return (
    before?.symbols.find((other) => other.exported && (other.name === after.scope || other.name === owner)) ??
    before?.symbols.find((other) => other.exported && after.scope === '' && other.kind === 'function')
  );
}

/** Whoever is handed a text to run may only read with it by default, and may write now: `def run_query(sql, *, read_only=False)`. */
function opensWrites({ after }: RuleInput, { name }: Pick<Option, 'name'>, symbol: SymbolFact): boolean {
  const isHanded = symbol.parameters.some((parameter) =>
    /^(?:sql|query|statement|command|script|stmt|text|code|expression)$/i.test(parameter.name),
  );
  return (
    /\bread ?only\b/.test(words(name)) &&
    isHanded &&
    after?.calls.some(
      ({ callee, scope }) => within(scope, symbol.name) && /^(?:execute\w*|query|run|raw|exec\w*|Query\w*|Exec\w*)$/.test(lastName(callee)),
    ) === true
  );
}

function isMentioned({ trees, path }: RuleInput, name: string): boolean {
  const extensions = ['.ts', '.tsx', '.js', '.mjs', '.py', '.go', '.java', '.rs'];
  return trees.after.mentioning(name, extensions).some((other) => other !== path);
}

/**
 * `RequireSigned: true` of a function that makes the defaults, which is gone with it: the option stays under its name, and only
 * who asks for it gets it.
 */
function* leftOut({ removed, before, after, reach }: RuleInput): Iterable<FindingDraft> {
  if (before === undefined || after === undefined) return;
  for (const old of removed.options) {
    const text = words(old.name);
    const closed = (SAFE.test(text) && /^(true|True)$/.test(old.value)) || (UNSAFE.test(text) && /^(false|False)$/.test(old.value));
    if (!closed || /^(false|False)$/.test(old.value) || !/default|^New|^new$/i.test(`${lastName(old.scope)}`)) continue;
    const owner = before.symbols.find((symbol) => symbol.exported && symbol.name === old.scope);
    const isNamed = after.symbols.some(({ name }) => words(lastName(name)) === text);
    const sets = after.options.filter((option) => words(option.name) === text && option.value === old.value);
    const stays = sets.some((option) => /^(new|default|make|create|build)/i.test(lastName(option.scope)) || option.scope === '');
    const isAsked = sets.length > 0 || after.scopes.some(({ name }) => words(lastName(name)).endsWith(text));
    if (owner === undefined || !isNamed || !isAsked || stays) continue;
    const radius = reach.of(owner);
    yield {
      side: 'before',
      range: old.range,
      message: fitMessage(`\`${shorten(old.name, 30)}\` was \`${old.value}\` by default, and only who asks for it gets it now`),
      ...(radius === null ? {} : { radius }),
      severity: 'high',
    };
  }
}

/** The default of a parameter, or what the defaults of all are made of: `DefaultOptions`, `New`. */
function isDefault(option: Option): boolean {
  const { callee, scope } = option;
  if (callee === '' || /default/i.test(lastName(scope)) || /default/i.test(homeOf(option))) return true;
  // What a constructor of Go or Rust sets, nobody who calls it has said.
  return /^(New([A-Z]\w*)?|new)$/.test(lastName(scope));
}

const CLOSED =
  /^['"`](?:closed|close|deny|denied|reject|block|required|require|strict|enforce|enforced|enforcing|private|mandatory|always|on|full|secure|forbid|restricted|locked|hard|fail[-_ ]?closed|authenticated|login|default[-_ ]deny|verify|verified)['"`]$/i;
const OPEN =
  /^['"`](?:open|opened|allow|allowed|accept|pass|optional|lax|lenient|permissive|relaxed|report|warn|warning|audit|public|never|off|none|insecure|permit|unlocked|soft|fail[-_ ]?open|anonymous|guest|default[-_ ]allow|skip|disabled|any|log|monitor)['"`]$/i;

/** A word that closes and became one that opens, where a check of this file asks for it or the name is one of access. */
function isWeakerWord(input: RuleInput, option: Pick<Option, 'name' | 'value' | 'scope'>, before: string): boolean {
  if (!CLOSED.test(before) || !OPEN.test(option.value)) return false;
  const bound = input.after?.options.filter(({ value, callee }) => callee === '' && value === option.name).map(({ name }) => name) ?? [];
  const asked = new Set([option.name, ...bound]);
  return (
    input.after?.guards.some(({ reads }) => reads.some((name) => asked.has(name))) === true ||
    [option.name, option.scope, input.path.replace(/\.\w+$/, '')].some((name) => isAccessName(lastName(name)))
  );
}

/** Defaults that a guard did not have: it refused whoever was not known, and leaves that to its caller now. */
function introduced({ added, before, after }: RuleInput): readonly Option[] {
  if (before === undefined) return [];
  return added.options.filter((option) => {
    const text = words(option.name);
    const isWeak = (SAFE.test(text) && /^(false|False)$/.test(option.value)) || (UNSAFE.test(text) && /^(true|True)$/.test(option.value));
    if (!isWeak || option.callee !== '' || namesIn(before).has(option.name)) return false;
    const isTable = /^\([\w$]*defaults?[\w$]*\./i.test(option.key);
    const owner = option.scope.split('.')[0] ?? '';
    const guards = before.symbols.filter(
      (symbol) => symbol.exported && symbol.kind === 'function' && (isTable || symbol.name === owner) && refuses(before, symbol.name),
    );
    return guards.length > 0 && after?.guards.some(({ reads }) => reads.includes(option.name)) === true;
  });
}

/** Names of options and of parameters. */
const namesIn = keepOf(
  ({ options, symbols }: SourceFacts): ReadonlySet<string> =>
    new Set([...options.map(({ name }) => name), ...symbols.flatMap(({ parameters }) => parameters.map(({ name }) => name))]),
);

function refuses({ guards, scopes, tokens }: SourceFacts, name: string): boolean {
  const place = scopes.find((scope) => scope.name === name);
  return (
    guards.some(({ scope, exit }) => (scope === name || scope.startsWith(`${name}.`)) && exit !== 'break') &&
    (isAccessName(name) ||
      tokens.some(
        ({ text, line }) =>
          place !== undefined &&
          line >= place.startLine &&
          line <= place.endLine &&
          /^(40[13]|\w*(Unauthori[sz]ed|Forbidden|UNAUTHORIZED|FORBIDDEN)\w*)$/.test(text),
      ))
  );
}

const SAFE =
  /\b(strict|verify|verified|secure|required|require|requires|enforce|enforced|validate|authenticated|auth|authorize|check|checked|sanitize|escape|http only|read only|signed|encrypt|encrypted|protected|guarded|second factor|two factor|mfa|2fa|factor|otp|step up|reauth\w*|re auth\w*|csrf|xsrf|tls|ssl|https only|secure only|same site|signature|signatures|sign|audit|audited|mask|masked|redact|redacted|sandbox|sandboxed|isolated|confirm|approval|approved|captcha|logged in|login|staff only|admin only|owner only|private|permission|permissions|scoped|tenant|expire|expires)\b/;
const UNSAFE =
  /\b(optional|allow|allowed|skip|disable|disabled|ignore|insecure|public|anonymous|unsafe|bypass|permissive|trust|lax|open|unauthenticated)\b/;

function isWeaker(name: string, before: string, after: string): boolean {
  const text = words(name);
  const [old, now] = [before.toLowerCase(), after.toLowerCase()];
  if (UNSAFE.test(text)) return old === 'false' && now === 'true';
  return SAFE.test(text) && old === 'true' && now === 'false';
}
