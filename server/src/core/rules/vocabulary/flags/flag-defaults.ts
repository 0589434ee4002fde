import type { Call, FileFacts, Option } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, literal, shorten, words } from '../code/call-names.ts';
import { homeOf } from '../code/option-paths.ts';
import { conditionalProperty } from './conditional-properties.ts';
import { isSwitchName } from './flag-names.ts';
import { asksFlag } from './flags-in-code.ts';

/** What a flag is where nobody says otherwise, and the place that says so. */
interface Default {
  readonly flag: string;
  readonly value: boolean;
  readonly range: Range;
}

/**
 * Flags whose default turned, by their own key, wherever the default stands: in the question, in an entry of a table, in a
 * constructor, in a placeholder with a value behind its colon. A table that was made out of questions still holds their keys.
 */
export function* turnedDefaults(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  const fresh = defaultsOf(input.added, input.path, after);
  if (fresh.length === 0) return;
  const old = [...defaultsOf(before, input.path, before), ...defaultsOf(input.removedElsewhere(), input.path, before)];
  const told = new Set<string>();
  for (const { flag, value, range } of fresh) {
    const was = old.filter((other) => other.flag === flag);
    if (told.has(flag) || was.length === 0 || was.some((other) => other.value === value)) continue;
    told.add(flag);
    yield { side: 'after', range, message: fitMessage(`without an answer \`${shorten(flag, 30)}\` is now ${value}; it was ${!value}`) };
  }
}

function defaultsOf(facts: Pick<FileFacts, 'calls' | 'options'>, path: string, whole: Pick<FileFacts, 'options'>): readonly Default[] {
  return [...facts.calls.flatMap((call) => inCall(call, path, whole)), ...facts.options.flatMap((option) => inTable(option, whole))];
}

const REGISTRY = /\b(flags?|features?|toggles?|experiments?|switch(es)?|gates?|kill ?switch(es)?|rollouts?|launch(es)?|gatekeeper)\b/;
const ENTRY =
  /^(?:[A-Za-z_]\w*\.)*(?:new|define|register|declare|make|create|add|bool|boolean)?_?(?:boolean|bool)?_?(?:feature)?_?(flags?|features?|toggles?|experiments?|switch|gates?|kill_?switch)(?:::new|\.(of|new|create|define))?$/i;
/** Questions about a setting with a value for where it is not set. */
const READS_SETTING =
  /^(getenv|env|lookup|lookupEnv|getBool|get_bool|getBoolean|get_boolean|getProperty|get_property|boolean|bool|GetBool|GetBoolean|getBooleanProperty|envBool|env_bool|SetDefault|setDefault|set_default|boolEnv|parseBool|getOrDefault|get_or_default|strtobool|config|get|cast|GetEnvOrDefault|getEnvBool|is_set|asBoolean|asBool|getAsBoolean|valueOf)$/;

/** `Switch("fast-tax", False)`, `client.boolVariation('fast-tax', ctx, false)`, `@Value("${tax.fast:false}")`. */
function inCall(call: Call, path: string, whole: Pick<FileFacts, 'options'>): readonly Default[] {
  const placed = call.args.flatMap((argument) => {
    const match = /\$\{([\w.-]+):(true|false)\}/.exec(argument);
    return match === null || !/^(Value|ConfigProperty|Property|Scheduled|ConditionalOnExpression)$/.test(lastName(call.callee))
      ? []
      : [{ flag: match[1] ?? '', value: match[2] === 'true', range: call.range }];
  });
  if (placed.length > 0) return placed;
  const conditional = conditionalProperty(call);
  if (conditional !== undefined) return [{ ...conditional, range: call.range }];
  const name = call.args.find((argument) => /^(name|key|id|flag|property|prefix|env)\s*=/.test(argument))?.replace(/^\w+\s*=\s*/, '');
  const first = call.args[0]?.trim() ?? '';
  const flag = literal(first) ?? literal(name?.replace(/^\{|\}$/g, '').trim()) ?? constantText(first, whole);
  const found = call.args
    .slice(call.kind === 'decorator' ? 0 : 1)
    .map((argument) => /^(?:(\w+)\s*[=:]\s*)?(?:['"`]?)(true|false)(?:['"`]?)$/i.exec(argument.trim()))
    .filter((match) => match !== null && (match[1] === undefined || SAYS_DEFAULT.test(match[1])));
  if (flag === undefined || flag === '' || found.length !== 1) return [];
  const isSetting = READS_SETTING.test(lastName(call.callee)) && call.kind === 'call' && isFlagName(`${flag} ${fileOf(path)}`);
  const isEntry =
    ENTRY.test(call.callee) || (/^[A-Z]/.test(lastName(call.callee)) && REGISTRY.test(words(fileOf(path))) && call.kind !== 'decorator');
  const isArgument = call.kind === 'decorator' && /^(arg|clap|structopt)$/.test(call.callee) && isSwitchName(flag);
  if (!asksFlag(call) && !isSetting && !isEntry && !isArgument) return [];
  return [{ flag, value: /true/i.test(found[0]?.[2] ?? ''), range: call.range }];
}

/** A folder of features holds whole screens; a file of flags holds flags. */
function fileOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function isFlagName(text: string): boolean {
  return REGISTRY.test(words(text)) || /\b(enabled?|disabled?|use|allow|enforce)\b/.test(words(text.split(' ')[0] ?? ''));
}

const SAYS_DEFAULT =
  /^(default|default_?value|fallback|on|enabled|is_?enabled|value|initial|state|active|otherwise|defaultVariation|default_value_t|cast)$/i;

/** `dual: { key: 'dual-ledger', fallback: true }`: the entry's own key, and the name that leads to it. */
function inTable(option: Option, whole: Pick<FileFacts, 'options'>): readonly Default[] {
  const environment =
    /\b(?:process\.env|import\.meta\.env|env|ENV|Deno\.env|environ|config|settings|flags?|overrides?)(?:\.|\[['"]|\??\.\[['"])(\w+)(?:['"]\])?\)?\s*(?:\?\?|\|\|)\s*['"]?(true|false)\b/i.exec(
      option.value,
    );
  if (environment !== null && isFlagName(`${environment[1] ?? ''} ${option.name}`))
    return [{ flag: environment[1] ?? '', value: /true/i.test(environment[2] ?? ''), range: option.range }];
  const compared = defaultByComparison(option);
  if (compared !== undefined) return [compared];
  const declared = declaredDefault(option);
  if (declared !== undefined) return [declared];
  const isOn = /^true$/i.test(option.value);
  if (!(isOn || /^false$/i.test(option.value)) || !SAYS_DEFAULT.test(option.name)) return [];
  const home = homeOf(option);
  const key = whole.options
    .filter(
      (other) =>
        /^(key|id|name|flag|slug)$/i.test(other.name) &&
        homeOf(other) === home &&
        other.callee === option.callee &&
        Math.abs(other.range.start.line - option.range.start.line) <= 6,
    )
    .toSorted((a, b) => Math.abs(a.range.start.line - option.range.start.line) - Math.abs(b.range.start.line - option.range.start.line))[0];
  const flag = literal(key?.value);
  return flag === undefined ? [] : [{ flag, value: isOn, range: option.range }];
}

/**
 * A switch with its default as a field of what is read from outside: `enable_refunds: bool = False` of `Settings`,
 * `USE_NEW: z.coerce.boolean().default(false)`, `os.environ.get('USE_NEW', '0') == '1'`.
 */
function declaredDefault(option: Option): Default | undefined {
  const { name, value, range, scope, callee } = option;
  if (!isSwitchName(name)) return undefined;
  const environment = /\b(?:getenv|environ\.get|config)\(['"]([\w.]+)['"], ?(?:default=)?['"]?(true|false|1|0|on|off|yes|no)['"]?\)/i.exec(
    value,
  );
  if (environment !== null)
    return / (?:not in|!=) /.test(value) ? undefined : { flag: environment[1] ?? '', value: SAYS_ON.test(environment[2] ?? ''), range };
  const checked = CHECKED.exec(value);
  const isField = callee === '' && CONFIGURES.test(words(`${lastName(scope)} ${lastName(homeOf(option))}`));
  const said = checked?.[1] ?? (isField ? /^(true|false)$/i.exec(value)?.[1] : undefined);
  return said === undefined ? undefined : { flag: scope === '' ? name : `${scope}.${name}`, value: SAYS_ON.test(said), range };
}

const SAYS_ON = /^(?:true|1|on|yes)$/i;
const CHECKED =
  /^(?:[\w.]+\.)?(?:(?:coerce\.)?(?:boolean|bool|stringbool|Boolean|Field|envBool)|enum)\(.{0,80}?\bdefault(?:_?[vV]alue)?\W{1,4}(true|false)\b/i;
const CONFIGURES = /\b(?:settings?|config|configuration|configs|features?|flags?|env|environment|properties)\b/;

/** `process.env.USE_NEW === 'true'` is off where nobody sets it, and `!== 'false'` is on. */
function defaultByComparison({ name, value, range }: Option): Default | undefined {
  const [, variable = '', sign = '', text = ''] =
    /\b([A-Z][A-Z\d_]{2,})['"]?[\])]?[\])]? ?([=!]==?) ?['"](true|false|1|0|on|off)['"]$/i.exec(value) ?? [];
  const isWithout = sign.startsWith('!');
  if (variable === '' || isWithout !== /^(false|0|off)$/i.test(text) || !isFlagName(`${variable} ${name}`)) return undefined;
  return { flag: variable, value: isWithout, range };
}

/** The text that a constant of the file holds. */
export function constantText(name: string, { options }: Pick<FileFacts, 'options'>): string | undefined {
  if (!/^[\w.]+$/.test(name)) return undefined;
  const last = name.slice(name.lastIndexOf('.') + 1);
  const found = options.filter((option) => option.name === last && literal(option.value) !== undefined);
  return found.length === 1 ? literal(found[0]?.value) : undefined;
}

/**
 * A registry whose entries a helper makes now, `define('dark-mode', 'web')`: what an entry does not say, it has from the helper's
 * own default, and a flag that was off is on.
 */
export function* madeByHelper(input: RuleInput): Generator<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined || !/\b(flags?|features?|toggles?|experiments?)\b/.test(words(input.path))) return;
  const old = new Set(before.calls.map(({ key }) => key));
  const told = new Set<Option>();
  for (const call of after.calls) {
    const key = literal(call.args[0]);
    if (old.has(call.key) || key === undefined || call.kind === 'decorator') continue;
    const fallback = after.options.find(
      ({ name, value, scope, callee }) => scope === call.callee && callee === '' && STATE.test(name) && /^(true|false)$/i.test(value),
    );
    const was = before.options.find(
      (option) =>
        STATE.test(option.name) &&
        /^(true|false)$/i.test(option.value) &&
        before.options.some(
          ({ name, value, range }) => (literal(value) === key || name === key) && range.start.line === option.range.start.line,
        ),
    );
    if (fallback === undefined || was === undefined || was.value.toLowerCase() === fallback.value.toLowerCase()) continue;
    // What is said at the entry counts: `define('bulk-export', 'reporting', false)`, `enabled=False`.
    if (told.has(fallback) || call.args.some((argument) => /^(\w+ ?= ?)?(true|false)$/i.test(argument))) continue;
    const isHere = input.added.options.includes(fallback);
    if (!isHere && !(old.size > 0 && input.added.calls.includes(call))) continue;
    told.add(fallback);
    yield {
      side: 'after',
      range: isHere ? fallback.range : call.range,
      message: fitMessage(
        `\`${shorten(key, 28)}\` went from ${was.value} to ${fallback.value}, the default of \`${shorten(call.callee, 18)}\``,
      ),
    };
  }
}

const STATE = /^(default|default_?value|fallback|enabled|on|active|initial|state|value|is_?enabled|default_?enabled|on_?by_?default)$/i;
