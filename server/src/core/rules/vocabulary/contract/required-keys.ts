import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { Position, Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, literal } from '../code/call-names.ts';
import { keepOf } from '../code/kept.ts';
import { escaped } from '../code/literal-patterns.ts';

/** A setting that a program does not start without, and where it says so. */
export interface RequiredKey {
  readonly key: string;
  readonly range: Range;
  /** Left out for the after side: where only what excused it was taken away, it is told there. */
  readonly side?: 'before';
  /** It is read where the program's settings are declared, whatever the file is called. */
  readonly isDeclared: boolean;
}

/** Keys that this hunk requires by a check of what was read, by a tag, or by a field that must be given. */
export function newlyRequired(input: RuleInput): readonly RequiredKey[] {
  const { before, after, added } = input;
  if (before === undefined || after === undefined) return [];
  const old = new Set(requiredKeys(before).map(({ key }) => key));
  const isOwn = (range: Range): boolean => {
    const { start, lines } = input.hunk.after;
    return range.start.line < start + lines && range.end.line >= start;
  };
  // A script that used the variable all along stops now where it would have gone on with nothing.
  const isFresh = ({ key, range }: RequiredKey): boolean =>
    !old.has(key) && isOwn(range) && !(after.language === 'shell' && expands(before, key));
  const isTouched = [added.calls, added.guards, added.options, added.symbols, added.settings].some((facts) => facts.length > 0);
  const excused = input.removed.calls.filter(
    (call) => call.kind === 'decorator' && /\b(default\w*|skip\w*|flatten)\b/.test(call.args.join(' ')),
  );
  const bared = (excused.length === 0 ? [] : requiredKeys(after)).flatMap((wanted) => {
    const mark = old.has(wanted.key) || isOwn(wanted.range) ? undefined : excused.find((call) => wordsAfter(before, call).has(wanted.key));
    return mark === undefined ? [] : [{ ...wanted, range: mark.range, side: 'before' as const }];
  });
  return [...(isTouched && mayRequire(after, isOwn) ? requiredKeys(after).filter(isFresh) : []), ...bared];
}

/** Whether anything that can require a key stands on the lines asked for: the places that `requiredKeys` gives are among these. */
function mayRequire({ guards, calls, conditions, symbols, settings }: SourceFacts, isOwn: (range: Range) => boolean): boolean {
  return (
    // What a large file requires is found once for its many hunks.
    guards.length + calls.length + symbols.length + settings.length > MOST_LOOKED_AT ||
    guards.some(({ exit, range }) => exit === 'throw' && isOwn(range)) ||
    conditions.some(({ range }) => isOwn(range)) ||
    calls.some(({ callee, range }) => isOwn(range) && ASSERTS.test(lastName(callee))) ||
    symbols.some(({ kind, range }) => kind === 'property' && isOwn(range)) ||
    settings.some(({ range }) => isOwn(range))
  );
}

const MOST_LOOKED_AT = 5_000;

function expands({ tokens, settings }: SourceFacts, key: string): boolean {
  const used = new RegExp(`\\$\\{?${escaped(key)}\\b`);
  return tokens.some(({ text }) => used.test(text)) || settings.some(({ value }) => used.test(String(value)));
}

/** Names on the first lines of code below a mark. */
function wordsAfter({ tokens }: SourceFacts, { range }: { readonly range: Range }): ReadonlySet<string> {
  const below = tokens.filter(({ line }) => line > range.end.line && line <= range.end.line + 2);
  return new Set(below.map(({ text }) => text));
}

const requiredKeys = keepOf((facts: SourceFacts): readonly RequiredKey[] => [
  ...checkedReads(facts),
  ...assertedReads(facts),
  ...taggedFields(facts),
  ...givenFields(facts),
  ...expandedKeys(facts),
  ...refusedFields(facts),
]);

/**
 * A field that a schema lets out and a check of the whole refuses to do without: `.superRefine((env, context) => { if (… && !env.REDIS_URL)
 * context.addIssue(…) })`, `.refine((env) => env.STAGE !== 'prod' || env.REDIS_URL)`, and `if … and not self.redis_url: raise` in a
 * settings class of Python.
 */
function refusedFields({ language, conditions, guards, calls, symbols }: SourceFacts): readonly RequiredKey[] {
  if (language === 'typescript') {
    const refused = conditions.flatMap(({ kind, test, guarded, range }) => {
      if (kind === 'wraps') return guarded.some((callee) => lastName(callee) === 'addIssue') ? [{ test, range, asks: LACKS }] : [];
      const isRefined = calls.some((call) => /\.refine$/.test(call.callee) && surrounds(call.range, range));
      return isRefined ? [{ test, range, asks: HAS }] : [];
    });
    return refused.flatMap(({ test, range, asks }) => [...test.matchAll(asks)].map(([, key = '']) => ({ key, range, isDeclared: true })));
  }
  if (language !== 'python') return [];
  const owners = symbols.filter(({ kind, type }) => kind === 'class' && /\bBaseSettings\b/.test(type)).map(({ name }) => name);
  return guards.flatMap(({ test, exit, scope, range }) =>
    exit === 'throw' && owners.some((owner) => scope.startsWith(`${owner}.`))
      ? [...test.matchAll(/\bnot self\.([a-z]\w*)(?![\w.(])|\bself\.([a-z]\w*) is None/g)].map(([, not, none]) => ({
          key: (not ?? none ?? '').toUpperCase(),
          range,
          isDeclared: true,
        }))
      : [],
  );
}

const LACKS = /(?:!\s?[a-z]\w*\.([A-Z][A-Z0-9_]{2,})\b)(?!\.)/g;
const HAS = /\|\|\s?(?:!!|Boolean\()?\s?[a-z]\w*\.([A-Z][A-Z0-9_]{2,})\b(?!\.)/g;

function surrounds(around: Range, inner: Range): boolean {
  return around.start.line <= inner.start.line && inner.end.line <= around.end.line;
}

const READ = /(?:^|[.(\s])(?:os\.)?(?:Getenv|getenv|LookupEnv|environ\.get|env::var|process\.env)(?:\(|\.|\[)\s*['"]?([A-Za-z_]\w{2,})/;

/** `key := os.Getenv("KEY")` and a condition that stops where it is empty, or `key, ok := os.LookupEnv("KEY")`. */
function checkedReads({ options, calls, guards }: SourceFacts): readonly RequiredKey[] {
  const stops = guards.filter((guard) => guard.exit === 'throw');
  const read = options.flatMap((option) => {
    const key = option.callee === '' ? READ.exec(option.value)?.[1] : undefined;
    // A second argument is what is taken where nothing is given.
    if (key === undefined || /,|\?\?|\|\||\bor\b/.test(option.value)) return [];
    const guard = stops.find((other) => follows(other, option.range, option.scope) && asksForNothing(other, option.name));
    return guard === undefined ? [] : [{ key, range: guard.range, isDeclared: false }];
  });
  const looked = calls.flatMap((call) => {
    const key = /(^|\.)LookupEnv$/.test(call.callee) ? literal(call.args[0]) : undefined;
    const guard = stops.find((other) => other.checks?.includes(call.callee) && follows(other, call.range, call.scope, 3));
    return key === undefined || guard === undefined ? [] : [{ key, range: guard.range, isDeclared: false }];
  });
  // `if os.Getenv("KEY") == ""`, `if (System.getenv("KEY") == null)`.
  const direct = stops.flatMap(({ test, range }) => {
    const key = /^(?:!|not )?\s*(?:os\.|System\.)?(?:[gG]etenv|environ\.get)\(['"](\w{3,})['"]\)\s*(?:==|is|===|$)/.exec(test)?.[1];
    const asked =
      /^!\s*(?:viper|v|cfg|conf|config|env|environment|settings|k)\.(?:IsSet|Exists|InConfig|has|hasPath|containsProperty)\(['"]([\w.-]{3,})['"]\)$/.exec(
        test,
      )?.[1];
    const name = key ?? asked;
    return name === undefined ? [] : [{ key: name, range, isDeclared: false }];
  });
  return [...read, ...looked, ...direct];
}

function follows(guard: Guard, range: Range, scope: string, within = 40): boolean {
  const distance = guard.range.start.line - range.start.line;
  return guard.scope === scope && distance >= 0 && distance <= within;
}

function asksForNothing({ test }: Guard, name: string): boolean {
  const rest = test.split(new RegExp(`\\b${name.replace(/\W/g, '')}\\b`));
  return rest.length > 1 && /^$|==|!|\bis\b|\bnot\b|len\(|isBlank|isEmpty|is_empty/.test(`${rest[0]}${rest[1]}`.trim()) && !/!=/.test(test);
}

/** `Objects.requireNonNull(System.getenv("KEY"))`, `Optional.ofNullable(System.getenv("KEY")).orElseThrow()`. */
function assertedReads({ calls }: SourceFacts): readonly RequiredKey[] {
  return calls.flatMap(({ callee, args, range }) => {
    const name = lastName(callee);
    const asked = !ASSERTS.test(name) ? '' : name === 'orElseThrow' ? callee : (args[0] ?? '');
    const key = /\b(?:getenv|getProperty)\(['"]([\w.-]{3,})['"]\)/.exec(asked)?.[1];
    return key === undefined ? [] : [{ key, range, isDeclared: false }];
  });
}

const ASSERTS = /^(requireNonNull|checkNotNull|notNull|hasText|hasLength|requireNonBlank|checkState|notBlank|orElseThrow)$/;

/** A field of Go whose tag requires a variable: `env:"KEY,required"`, `envconfig:"KEY" required:"true"`. */
function taggedFields({ symbols }: SourceFacts): readonly RequiredKey[] {
  return symbols.flatMap(({ kind, type, range }) => {
    const tag = kind === 'property' ? /^[^`]*`(.*)`\s*$/s.exec(type)?.[1] : undefined;
    const [, key = '', marks = ''] = /\b(?:env|envconfig)\s*:\s*"([A-Za-z_]\w*)(?:,([^"]*))?"/.exec(tag ?? '') ?? [];
    const isRequired = /\b(required|notEmpty)\b/.test(marks) || /\brequired\s*:\s*"true"/.test(tag ?? '');
    return key !== '' && isRequired && !/\b(envDefault|default)\s*[:=]/.test(tag ?? '') ? [{ key, range, isDeclared: true }] : [];
  });
}

const SETTINGS_TYPE = /(config|configuration|settings|env|environment|properties|options|args|cli)$/i;

/**
 * A field without a default in a struct of Rust that is read from outside (`derive(Deserialize)`, `derive(Parser)`), and one
 * that must not be empty in a class of Spring's properties.
 */
function givenFields({ symbols, calls, language }: SourceFacts): readonly RequiredKey[] {
  const marks = calls.filter((call) => call.kind === 'decorator');
  const owners = new Map<string, 'deserialised' | 'parsed' | 'bound'>();
  for (const { callee, args, scope } of marks) {
    const derived = callee === 'derive' ? args.join(' ') : '';
    if (/\bDeserialize\b/.test(derived) && SETTINGS_TYPE.test(scope)) owners.set(scope, 'deserialised');
    else if (/\b(Parser|Args)\b/.test(derived)) owners.set(scope, 'parsed');
    else if (callee === 'ConfigurationProperties') owners.set(scope, 'bound');
  }
  if (owners.size === 0 || !/^(rust|java)$/.test(language)) return [];
  const fields = symbols.filter(({ name, kind }) => kind === 'property' && owners.has(name.slice(0, Math.max(0, name.lastIndexOf('.')))));
  return fields.flatMap(({ name, type, range }, at) => {
    const owner = name.slice(0, name.lastIndexOf('.'));
    const how = owners.get(owner);
    // In Rust what stands above a field belongs to its struct by scope, and to the field by place.
    const last = fields[at - 1];
    const head = symbols.find((other) => other.name === owner)?.range.start;
    const from = last?.name.startsWith(`${owner}.`) ? last.range.end : head;
    const isAbove = ({ start }: Range): boolean => isBefore(from, start) && isBefore(start, range.end);
    const own = marks.filter((mark) => mark.scope === name || (mark.scope === owner && isAbove(mark.range)));
    // Above the struct itself it holds for every field.
    const isDefaulted = marks.some(
      (mark) =>
        mark.scope === owner && mark.callee === 'serde' && /^default\b/.test(mark.args.join(' ')) && !isBefore(head, mark.range.start),
    );
    if (isDefaulted) return [];
    const said = own.map(({ callee, args }) => `${callee} ${args.join(' ')}`).join(' ');
    const field = name.slice(owner.length + 1);
    const isRequired =
      how === 'bound'
        ? /\b(NotNull|NotBlank|NotEmpty)\b/.test(said)
        : !/^(Option|Vec|bool|PhantomData)\b/.test(type) &&
          !/\b(default\w*|skip|skip_deserializing|flatten|subcommand|command)\b/.test(said);
    if (!isRequired || (how === 'parsed' && !/\benv\b/.test(said))) return [];
    const given = /\benv\s*=\s*["'](\w+)["']/.exec(said)?.[1] ?? /\brename\s*=\s*["']([\w-]+)["']/.exec(said)?.[1];
    const key = given ?? (how === 'bound' ? field.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase() : field);
    return [{ key, range, isDeclared: true }];
  });
}

function isBefore(one: Position | undefined, other: Position): boolean {
  return one === undefined || one.line < other.line || (one.line === other.line && one.character < other.character);
}

/** `KEY: ${KEY:?set it}` of a compose file, which does not start without it. */
function expandedKeys({ settings }: SourceFacts): readonly RequiredKey[] {
  return settings.flatMap(({ value, range }) =>
    typeof value === 'string'
      ? [...value.matchAll(/\$\{([A-Za-z_]\w*):?\?/g)].map((match) => ({ key: match[1] ?? '', range, isDeclared: true }))
      : [],
  );
}
