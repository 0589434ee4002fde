import type { Call, Option } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import type { Range } from '../../model/range.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { openDeciders } from '../vocabulary/access/origin-deciders.ts';
import { lastName, shorten } from '../vocabulary/code/call-names.ts';
import { codeOfScope, tokensOn } from '../vocabulary/code/code-text.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { cameAlong } from '../vocabulary/code/scope-changes.ts';
import { changedSettings, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A list of origins that became all of them: `origin: true`, `origin: '*'`, a pattern that every origin matches, a header that
 * names everybody or whoever asks, a function that says yes to each origin, to each that is named or to all of one scheme, `cors()` without its options;
 * in code, an ingress, a gateway, a bucket or Terraform.
 *
 * ## Why it matters
 * With credentials, any page a signed-in person opens may act and read as that person.
 *
 * ## When it is fine
 * An interface that is public and takes no credentials.
 *
 * ## What it misses
 * A function that accepts whatever origin asks through another one.
 */
export default defineRule({
  id: 'access/cors-any-origin',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Any origin may call with credentials',
  reads: ['options', 'calls', 'settings'],
  evidence: [{ title: 'CWE-942: permissive cross-domain policy', url: 'https://cwe.mitre.org/data/definitions/942.html' }],
  *check(input): Iterable<FindingDraft> {
    for (const option of input.added.options) {
      if (
        /^(CORS_ALLOW_ALL_ORIGINS|CORS_ORIGIN_ALLOW_ALL|AllowAllOrigins|allow_all_origins|AllowAllOriginsWithCredentials)$/.test(
          option.name,
        ) &&
        /^true$/i.test(option.value)
      ) {
        yield { side: 'after', range: option.range, message: fitMessage(`\`${shorten(option.name, 30)}\` lets any origin in`) };
        continue;
      }
      if (
        /^(AllowOriginFunc|AllowOriginRequestFunc|AllowOriginVaryRequestFunc|SetIsOriginAllowed)$/.test(option.name) &&
        saysYes(input, option)
      ) {
        yield { side: 'after', range: option.range, message: fitMessage(`\`${shorten(option.name, 30)}\` accepts any origin`) };
        continue;
      }
      const isOrigin =
        /^(origin|origins|allowedOrigins|allowOrigins|allow_origins|allowOrigin|CORS_ALLOWED_ORIGINS|CORS_ORIGIN_WHITELIST|CORS_ORIGINS|allow_origin_regex|allowed_origins|allowedOriginPatterns|Access-Control-Allow-Origin)$/i.test(
          option.name,
        );
      if (
        !isOrigin ||
        (!isAnyPattern(option.value) &&
          !/^(true|\[?\s*['"]\*['"]\s*\]?|\/\.\*\/|r?['"]\^?\.\*\$?['"]|\[\]string\{['"]\*['"]\}|.*(headers|META|Header\.Get).*\borigin\b.*)$/i.test(
            option.value,
          ))
      )
        continue;
      if (option.value === 'true' && !/cors/i.test(option.callee) && !isHandedToCors(input, option)) continue;
      const old = input.removed.options.find((other) => other.name === option.name);
      yield {
        side: 'after',
        range: option.range,
        message: fitMessage(`\`${shorten(option.name, 28)}\` went from ${shorten(old?.value ?? 'nothing', 24)} to any origin`),
      };
    }
    yield* settings(input);
    yield* mirrored(input);
    const told = new Set(input.added.options.filter((option) => saysYes(input, option)).map(({ name }) => name));
    const open = openDeciders(input);
    if (open.length === 0) yield* unlisted(input);
    for (const call of input.added.calls) {
      if (opensAll(call) && !cameAlong(input, call) && !input.removed.calls.some(opensAll)) {
        const range = tailOf(call);
        yield { side: 'after', range, message: fitMessage(`\`${shorten(writtenAs(call), 36)}\` lets any origin in`) };
        continue;
      }
      if (
        /^(setHeader|header|set|append|Set|Add|Header|add|add_header|setdefault)$/.test(lastName(call.callee)) &&
        /access-control-allow-origin/i.test(call.args[0] ?? '') &&
        /^['"]\*['"]$|\borigin\b/i.test(call.args[1] ?? '') &&
        !cameAlong(input, call)
      ) {
        yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(call.args[0] ?? '', 32)}\` names any origin`) };
      }
      // A function of ours decides; one that calls back with true for whatever came decides nothing.
      const isBlind =
        call.args.length === 2 &&
        /^(null|undefined)$/.test(call.args[0] ?? '') &&
        /^(true|'\*'|origin|_origin|requestOrigin)$/.test(call.args[1] ?? '') &&
        input.after?.options.some(
          (option) =>
            /^origin$/i.test(option.name) &&
            /^fn$/.test(option.value) &&
            option.range.start.line <= call.range.start.line &&
            call.range.start.line <= option.range.start.line + 6,
        ) === true;
      const isGuarded = (): boolean =>
        input.after?.calls.some(
          (other) =>
            other.scope === call.scope &&
            other !== call &&
            /\.(includes|has|some|test|indexOf|find)$/.test(other.callee) &&
            Math.abs(other.range.start.line - call.range.start.line) <= 6,
        ) === true;
      if (isBlind && !isGuarded()) {
        told.add('origin');
        yield { side: 'after', range: call.range, message: '`origin` accepts any origin' };
      }
      const lost =
        /(^|\.)(cors|enableCors)$/.test(call.callee) &&
        call.args.length === 0 &&
        input.removed.calls.some((other) => other.callee === call.callee && other.args.length > 0);
      const isOpened =
        /(^|\.)CORS$/.test(call.callee) &&
        !call.args.some((argument) => /^(origins|resources)\b/.test(argument)) &&
        input.removed.calls.some(
          (other) => other.callee === call.callee && other.args.some((argument) => /^(origins|resources)\b/.test(argument)),
        );
      if (lost || isOpened)
        yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(call.callee, 24)}\` lost its list of origins`) };
    }
    for (const { name, range } of open)
      if (!told.has(name)) yield { side: 'after', range, message: fitMessage(`\`${shorten(name, 30)}\` asks no origin who it is`) };
  },
});

/** `app.register(cors, { origin: true })` of Fastify. */
function isHandedToCors({ after }: RuleInput, { callee, range }: Option): boolean {
  const { line } = range.start;
  return (
    after?.calls.some(
      (call) =>
        call.callee === callee && call.range.start.line <= line && line <= call.range.end.line && /^\w*cors\w*$/i.test(call.args[0] ?? ''),
    ) === true
  );
}

const HEADER = /^(setHeader|header|set|append|Set|Add|Header|add|add_header|setdefault|insert|put|addHeader)$/;
const LISTED =
  /(?:includes|contains|Contains|indexOf|has|in|some|find|any|match|test|allow\w*|Allow\w*|ALLOW\w*|whitelist|trusted|permitted|known|==|===|HasSuffix|endsWith|startsWith)/;

/** The origin that asks is written into the answer, through a name: `o := r.Header.Get("Origin")` and `Set("Access-Control-Allow-Origin", o)`. */
function* mirrored(input: RuleInput): Iterable<FindingDraft> {
  const { after } = input;
  if (after === undefined) return;
  for (const call of input.added.calls) {
    const [header = '', value = ''] = call.args;
    const name = /^&?([A-Za-z_$][\w$]*)(?:\.(?:clone|to_string|as_str|toString|trim)\(\))?$/.exec(value)?.[1];
    if (!HEADER.test(lastName(call.callee)) || !/access[-_]control[-_]allow[-_]origin/i.test(header) || name === undefined) continue;
    if (/\borigin\b/i.test(value) || cameAlong(input, call)) continue;
    const scope = after.scopes.find((other) => other.name === call.scope);
    const tokens = tokensOn(after, scope?.startLine ?? call.range.start.line - 20, call.range.end.line).map(({ text }) => text);
    const from = tokens.findIndex(
      (token, at) =>
        token === name && /^(?::=|=)$/.test(tokens[at + 1] ?? '') && /\borigin\b/i.test(tokens.slice(at + 2, at + 14).join(' ')),
    );
    if (from < 0) continue;
    const tests = [...after.conditions, ...after.guards]
      .filter((test) => test.scope === call.scope && test.reads.includes(name))
      .map(({ test }) => test);
    if (!tests.some((test) => LISTED.test(test.replace(/[!=]==? ?(?:''|""|nil|null|None|undefined)/g, ''))))
      yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(header, 32)}\` names whatever origin asks`) };
  }
}

/** A function that looked an origin up in a list and answers without looking now. */
function* unlisted(input: RuleInput): Iterable<FindingDraft> {
  const { before, after, path } = input;
  if (before === undefined || after === undefined) return;
  const asked = input.removed.conditions.filter(({ test }) =>
    /\borigin\b.{0,40} (?:not )?in |\borigin\b ?===? ?|===? ?origin\b/i.test(test),
  );
  for (const call of [...input.removed.calls.filter(looksUp), ...asked]) {
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || scope === '' || after.calls.some((other) => within(other.scope, scope) && looksUp(other))) continue;
    const { text } = codeOfScope(after, scope);
    if (!/\b\w*origin\w*\b/i.test(text) || /[!=]==? \w*[oO]rigin\b|\b\w*[oO]rigin [!=]==?/.test(text)) continue;
    const file = input.trees.after.read(path);
    const isWeb =
      /(^|\/)(https?|server|middlewares?|mw|api|web|gateway)\/|cors|origin/i.test(path) ||
      (file?.kind === 'text' && /cors|credentials|access-control/i.test(file.text));
    if (isWeb)
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`${shorten(lastName(scope), 28)}\` no longer looks the origin up in a list`),
      };
  }
}

function looksUp({ callee, args }: Call): boolean {
  return (
    /^(includes|has|indexOf|contains|Contains|test|match|matches|some|any|find|exec|endsWith|startsWith|endswith|startswith|ends_with|starts_with|HasSuffix|HasPrefix|ContainsFunc|is_match|fullmatch|search|\w*[aA]llowed\w*|\w*[tT]rusted\w*)$/.test(
      lastName(callee),
    ) && [callee, ...args].some((part) => /\b(?:\w*_)?origin\b|Origin\b/i.test(part))
  );
}

/** A function that is asked about an origin and answers one thing. */
function saysYes({ after }: RuleInput, option: Option): boolean {
  const answers = after?.conditions.filter(({ scope, kind }) => scope === option.scope && kind === 'answers') ?? [];
  const asks = after?.guards.some(({ scope }) => scope === option.scope) === true;
  return answers.length > 0 && answers.every(({ test }) => IS_ANY.test(test)) && !asks;
}

/** Yes, or that something was said at all: every browser says where it comes from. */
const IS_ANY =
  /^(?:true|(?:!!|len\()?\w*[oO]rigin\w*(?:\)|\.[lL]ength(?:\(\))?)? ?(?:(?:!==?|>) ?(?:''|""|null|nil|None|undefined|0)|is not None)?|!(?:string\.IsNullOr\w+\()?\w*[oO]rigin\w*(?:\.is_?[eE]mpty\(\)|\)))$/;

const ORIGIN_CALLS =
  /^(allowedOrigins|allowedOriginPatterns|addAllowedOrigin|addAllowedOriginPattern|setAllowedOrigins|setAllowedOriginPatterns|setAllowedOriginPattern|allow_origin|allowed_origin|AllowedOrigins|AllowOrigins|WithOrigins|anyHost|allowHost|CrossOrigin|cross_origin|origins)$/;
const EVERYBODY =
  /^(?:[\w.]*(?:\(|\{)|\[\]string\{|\[|\{)*\s*(?:['"]\*['"]|(?:\w+::){0,4}Any|tower_http::cors::any\(\)|AllowOrigin::(?:any|mirror_request)\(\)|CorsConfiguration\.ALL)\s*[)\]}]*$/;

/** A pattern that every origin matches, written on the spot or compiled: `re.compile(r".*")`, `[/^https?:\/\/.+$/]`. */
function isAnyPattern(value: string): boolean {
  const bare = value.replace(/\s/g, '').replace(/^\[|,?\]$/g, '');
  const compiled = /^(?:(?:re|regex|regexp|Pattern)\.(?:compile|MustCompile|Compile)|(?:new)?RegExp)\((.{1,60})\)$/.exec(bare)?.[1] ?? bare;
  const source = /^(?:[rb]?['"`]|\/)(.{1,40})(?:['"`]|\/[a-z]{0,3})$/.exec(compiled.replace(/,[\w.|]{1,40}$/, ''))?.[1];
  return source !== undefined && /^\^?\(?(?:https?\??:(?:\\?\/){2})?\(?\.[*+]\??\)?\)?\$?$/.test(source);
}

/** A call that names everybody, or that stands for it: `allowedOriginPatterns("*")`, `CorsLayer::permissive()`, `cors.AllowAll()`. */
function opensAll(call: Call): boolean {
  const name = lastName(call.callee);
  if (ORIGIN_CALLS.test(name)) return call.args.some((argument) => EVERYBODY.test(argument));
  return (
    /^(allow_any_origin|send_wildcard|AllowAnyOrigin)$/.test(name) ||
    (/^(permissive|very_permissive|AllowAll|allowAll|unsafeAllowAny)$/.test(name) && /cors/i.test(call.callee))
  );
}

function writtenAs(call: Call): string {
  return `${lastName(call.callee)}(${call.args.join(', ')})`;
}

/** The last link of a chain, where the chain begins many lines above. */
function tailOf({ range, callee, args }: Call): Range {
  const { start, end } = range;
  if (start.line === end.line) return range;
  return { start: { line: end.line, character: Math.max(0, end.character - lastName(callee).length - args.join(', ').length - 2) }, end };
}

const ORIGIN_SETTING = /^(cors[-_.]?)?(allow(ed)?[-_]?origins?([-_]?patterns?)?|origins?|cors[-_]?allow[-_]?origin)$/i;

/** A proxy's header that names whoever asks, or everybody, where it named some: `add_header Access-Control-Allow-Origin $http_origin`. */
function mirrorsHeader({ before, after }: SettingChange): boolean {
  const opens = (value: unknown): boolean => /^access-control-allow-origin\s+["']?(?:\*|\$http_origin)/i.test(String(value));
  return opens(after?.value) && (before === undefined || !opens(before.value));
}

/** Lists of origins in configuration: a gateway's, a bucket's, an ingress' annotation, a framework's. */
function* settings(input: RuleInput): Iterable<FindingDraft> {
  for (const change of changedSettings(input)) {
    const keys = change.path.filter((part) => !/^\d+$/.test(part));
    const name = (keys.at(-1) ?? '').replace(/^.*\//, '').replace(/^.*\.(?=[\w-]*origin)/i, '');
    const isCors = /cors/i.test(`${keys.join('.')} ${change.resource?.type ?? ''}`) || /allow/i.test(name);
    if (change.after !== undefined && name === 'add_header' && mirrorsHeader(change)) {
      yield { ...placeOf(change), message: '`Access-Control-Allow-Origin` names any origin' };
      continue;
    }
    if (change.after === undefined || !ORIGIN_SETTING.test(name) || !isCors) continue;
    if (!/^(\*|\[?\s*"\*"\s*\]?|https?:\/\/\*)$/.test(String(change.after.value))) continue;
    const list = change.path.slice(0, -1).join('\0');
    const had =
      input.before?.settings.some(
        (other) =>
          other.resource === change.after?.resource &&
          other.value === change.after?.value &&
          (other.path.slice(0, -1).join('\0') === list || other.path.join('\0') === change.path.join('\0')),
      ) ?? false;
    // A new file is a new thing; what opens is what stood and named some.
    if (had || change.resourceIsNew || input.before === undefined) continue;
    yield { ...placeOf(change), message: fitMessage(`\`${shorten(keys.slice(-2).join('.'), 34)}\` lets any origin in`) };
  }
}
