import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, literal } from '../code/call-names.ts';
import { keepOf } from '../code/kept.ts';

/** A setting that a program does not start without, and where it says so. */
export interface RequiredKey {
  readonly key: string;
  readonly range: Range;
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
  const isFresh = ({ key, range }: RequiredKey): boolean => !old.has(key) && isOwn(range);
  const isTouched = [added.calls, added.guards, added.options, added.symbols, added.settings].some((facts) => facts.length > 0);
  return isTouched ? requiredKeys(after).filter(isFresh) : [];
}

const requiredKeys = keepOf((facts: SourceFacts): readonly RequiredKey[] => [
  ...checkedReads(facts),
  ...assertedReads(facts),
  ...taggedFields(facts),
  ...givenFields(facts),
  ...expandedKeys(facts),
]);

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
    return key === undefined ? [] : [{ key, range, isDeclared: false }];
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
    const asked = /^(requireNonNull|checkNotNull|notNull|hasText|hasLength|requireNonBlank|checkState|notBlank)$/.test(lastName(callee))
      ? (args[0] ?? '')
      : lastName(callee) === 'orElseThrow'
        ? callee
        : '';
    const key = /\b(?:getenv|getProperty)\(['"]([\w.-]{3,})['"]\)/.exec(asked)?.[1];
    return key === undefined ? [] : [{ key, range, isDeclared: false }];
  });
}

/** A field of Go whose tag requires a variable: `env:"KEY,required"`, `envconfig:"KEY" required:"true"`. */
function taggedFields({ symbols }: SourceFacts): readonly RequiredKey[] {
  return symbols.flatMap(({ kind, type, range }) => {
    const tag = kind === 'property' ? /`(.*)`\s*$/s.exec(type)?.[1] : undefined;
    const [, key = '', marks = ''] = /\b(?:env|envconfig)\s*:\s*"([A-Za-z_]\w*)([^"]*)"/.exec(tag ?? '') ?? [];
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
    const from = last?.name.startsWith(`${owner}.`)
      ? last.range.end.line
      : (symbols.find((other) => other.name === owner)?.range.start.line ?? 0);
    const isAbove = ({ start }: Range): boolean => start.line > from && start.line <= range.start.line;
    const own = marks.filter((mark) => mark.scope === name || (mark.scope === owner && isAbove(mark.range)));
    const isDefaulted = marks.some(
      (mark) =>
        mark.scope === owner &&
        mark.callee === 'serde' &&
        /^default\b/.test(mark.args.join(' ')) &&
        !isAbove(mark.range) &&
        mark.range.start.line <= from &&
        last?.name.startsWith(`${owner}.`) !== true,
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

/** `KEY: ${KEY:?set it}` of a compose file, which does not start without it. */
function expandedKeys({ settings }: SourceFacts): readonly RequiredKey[] {
  return settings.flatMap(({ value, range }) =>
    typeof value === 'string'
      ? [...value.matchAll(/\$\{([A-Za-z_]\w*):?\?/g)].map((match) => ({ key: match[1] ?? '', range, isDeclared: true }))
      : [],
  );
}
