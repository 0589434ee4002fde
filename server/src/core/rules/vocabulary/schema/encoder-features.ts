import type { Call, SourceFacts } from '../../../model/facts.ts';
import { lastName } from '../code/call-names.ts';
import { keepOf } from '../code/kept.ts';

/** What an encoder is told about everything it writes, in one call of its set-up. */
export interface EncoderFeature {
  readonly name: string;
  /** `on`, `off`, or the name of a strategy; the library's own choice where nothing was said. */
  readonly value: string;
  readonly call: Call;
}

/** Features of Jackson and Gson that change what is written, with what holds where nobody says a word. */
const DEFAULTS: Readonly<Record<string, string>> = {
  WRITE_DATES_AS_TIMESTAMPS: 'on',
  WRITE_DURATIONS_AS_TIMESTAMPS: 'on',
  WRITE_DATE_TIMESTAMPS_AS_NANOSECONDS: 'on',
  WRITE_DATES_WITH_ZONE_ID: 'off',
  WRITE_ENUMS_USING_TO_STRING: 'off',
  WRITE_ENUMS_USING_INDEX: 'off',
  WRITE_ENUM_KEYS_USING_INDEX: 'off',
  WRITE_BIGDECIMAL_AS_PLAIN: 'off',
  WRITE_NUMBERS_AS_STRINGS: 'off',
  WRAP_ROOT_VALUE: 'off',
  'the naming of keys': 'as they are',
  'the form of dates': 'as they are',
};

/** The value of a feature in a file: the last that is said, or the library's own. */
export function featureIn(facts: SourceFacts | undefined, name: string): string {
  return (facts === undefined ? [] : featuresIn(facts)).findLast((feature) => feature.name === name)?.value ?? DEFAULTS[name] ?? '';
}

const featuresIn = keepOf((facts: SourceFacts) => featuresOf(facts.calls));

/** Every feature that some calls set, in their order. */
export function featuresOf(calls: readonly Call[]): readonly EncoderFeature[] {
  return calls.flatMap((call) => {
    const name = lastName(call.callee);
    const text = call.args.join(', ');
    if (/^(setPropertyNamingStrategy|propertyNamingStrategy|setFieldNamingPolicy|setFieldNamingStrategy)$/.test(name))
      return [{ name: 'the naming of keys', value: strategyOf(text), call }];
    if (/^(setDateFormat|dateFormat|simpleDateFormat)$/.test(name) && isEncoder(call.callee))
      return [{ name: 'the form of dates', value: text, call }];
    const value = /^(enable|featuresToEnable|with)$/.test(name)
      ? 'on'
      : /^(disable|featuresToDisable|without)$/.test(name)
        ? 'off'
        : name === 'configure'
          ? /\btrue$/.test(text)
            ? 'on'
            : /\bfalse$/.test(text)
              ? 'off'
              : undefined
          : undefined;
    if (value === undefined) return [];
    return [...text.matchAll(/\b[A-Z][A-Z_]{5,}\b/g)].flatMap(([feature]) =>
      Object.hasOwn(DEFAULTS, feature) ? [{ name: feature, value, call }] : [],
    );
  });
}

/** True where a file makes an encoder, or is given one. */
export function hasEncoder(facts: SourceFacts | undefined): boolean {
  return facts !== undefined && makesEncoder(facts);
}

const makesEncoder = keepOf((facts: SourceFacts) => facts.calls.some((call) => isEncoder(call.callee)));

/** True where a file makes an encoder itself: `new ObjectMapper()`, `JsonMapper.builder()`. */
export function makesOne(facts: SourceFacts | undefined): boolean {
  return facts?.calls.some(({ kind, callee }) => isEncoder(callee) && (kind === 'new' || /\.(?:builder|copy)\b/.test(callee))) === true;
}

function isEncoder(callee: string): boolean {
  return /\b(ObjectMapper|JsonMapper|ObjectWriter|GsonBuilder|Gson|Jackson2ObjectMapperBuilder|MapperBuilder|XmlMapper|CBORMapper)\b|[mM]apper\b|\bgson\b/.test(
    callee,
  );
}

/** `SNAKE_CASE` of `PropertyNamingStrategies.SNAKE_CASE`; two names of one strategy are one. */
function strategyOf(text: string): string {
  const last = text.slice(text.lastIndexOf('.') + 1).replace(/\(\)$/, '');
  return last
    .replace(/^(CAMEL_CASE_TO_LOWER_CASE_WITH_UNDERSCORES|LOWER_CASE_WITH_UNDERSCORES|SnakeCaseStrategy)$/, 'SNAKE_CASE')
    .replace(/^(LOWER_CAMEL_CASE|IDENTITY)$/, 'as they are');
}
