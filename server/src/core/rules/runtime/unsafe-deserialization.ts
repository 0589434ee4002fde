import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, literal, receiver, shorten } from '../vocabulary/code/call-names.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { cameAlong } from '../vocabulary/code/scope-changes.ts';
import { tokensOf } from '../vocabulary/code/token-lines.ts';
import { changedSettings } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A decoder that builds whatever object its input names: `pickle.loads`, `yaml.load` without a safe loader, `marshal`, `jsonpickle`,
 * `torch.load` without `weights_only`, `ObjectInputStream`, `XMLDecoder`, polymorphic typing of a mapper, `node-serialize`,
 * `v8.deserialize`. And a decoder that lost the filter of its classes.
 *
 * ## Why it matters
 * Whoever can write the message, the cookie or the cache entry runs code in the process that reads it.
 *
 * ## When it is fine
 * A file that the program itself has just written and nobody else can reach; a safe loader is not flagged.
 *
 * ## What it misses
 * A library of one's own around one of these.
 */
export default defineRule({
  id: 'runtime/unsafe-deserialization',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Decodes objects that its input chooses',
  reads: ['settings', 'calls', 'options', 'symbols'],
  evidence: [{ title: 'CWE-502: deserialization of untrusted data', url: 'https://cwe.mitre.org/data/definitions/502.html' }],
  *check(input): Iterable<FindingDraft> {
    for (const call of input.added.calls) {
      if (call.kind === 'decorator' || call.kind === 'assertion' || !isUnsafe(call, input) || cameAlong(input, call)) continue;
      yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(call.callee, 34)}\` builds whatever its input names`) };
    }
    for (const { kind, callee, args, range } of input.added.calls) {
      if (kind === 'decorator' && callee === 'JsonTypeInfo' && /\bId\.(MINIMAL_)?CLASS\b/.test(args.join(' ')))
        yield { side: 'after', range, message: '`JsonTypeInfo` by class builds whatever its input names' };
    }
    yield* lostFilters(input);
    yield* trustedPackages(input);
    for (const option of input.added.options) {
      if (!/^allow_pickle$/.test(option.name) || option.value !== 'True') continue;
      yield { side: 'after', range: option.range, message: '`allow_pickle` builds whatever the file names' };
    }
  },
});

/** `spring.json.trusted.packages: "*"` of a message broker: a message says itself of which class it is. */
function* trustedPackages(input: RuleInput): Iterable<FindingDraft> {
  const isAll = (value: string): boolean => /^['"]?\*['"]?$/.test(value.trim());
  for (const change of changedSettings(input)) {
    const name = change.path
      .join('.')
      .replace(/[^a-z]/gi, '')
      .toLowerCase();
    const { before, after } = change;
    if (!/trustedpackages$/.test(name) || after === undefined || !isAll(String(after.value)) || isAll(String(before?.value ?? '')))
      continue;
    yield { side: 'after', range: after.range, message: '`trusted.packages` is `*`: a message names what is built' };
  }
  for (const call of input.added.calls) {
    if (call.kind === 'decorator' || !/[tT]rustedPackages?$/.test(lastName(call.callee)) || !call.args.some(isAll)) continue;
    const had = input.before?.calls.some((other) => other.callee === call.callee && other.args.some(isAll)) === true;
    if (!had)
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(lastName(call.callee), 24)}\` trusts all: a message names what is built`),
      };
  }
}

/** What chooses the classes that a decoder may build. */
const FILTERS =
  /^(setObjectInputFilter|setSerialFilter|createFilter|accept|allowTypes|allowTypesByWildcard|allowTypesByRegExp|allowTypeHierarchy|setRegistrationRequired|setClassFilter|setAllowedClasses|addTrustedClasses|setTrustedPackages|addTrustedPackages|allowIfBaseType|allowIfSubType|setSafeMode|denyTypes|setInstantiatorStrategy|setAllowList|setWhitelist|setAcceptList|registerClass)$/;
const DECODES =
  /^(readObject|readUnshared|readValue|fromXML|unmarshal|load|loads|deserialize|deserialise|unserialize|parseObject|readClassAndObject|decode|receive\w*|getObject|Unpickler|read\w*)$/;

/** A decoder that lost the filter of its classes, and decodes still. */
function* lostFilters(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    const name = lastName(call.callee);
    const scope = counterpartScope(input, call.scope);
    if (!FILTERS.test(name) || scope === undefined) continue;
    if (name === 'setRegistrationRequired' && call.args[0] !== 'true') continue;
    if (name === 'accept' && !/ObjectInputStream/.test(tokensOf(input.before, call.scope))) continue;
    // An argument of another filter goes with it.
    if (name === 'createFilter' && input.removed.calls.some((other) => /^set(ObjectInput|Serial)Filter$/.test(lastName(other.callee))))
      continue;
    const isFiltered = input.after?.calls.some(
      (other) => within(other.scope, scope) && FILTERS.test(lastName(other.callee)) && other.args[0] !== 'false',
    );
    const decodes = input.after?.calls.some((other) => within(other.scope, scope) && DECODES.test(lastName(other.callee)));
    if (isFiltered === true || decodes !== true) continue;
    yield { side: 'before', range: call.range, message: fitMessage(`\`${shorten(name, 30)}\` no longer chooses what may be built`) };
    return;
  }
  // A decoder of one's own that looked at each class: `resolveClass`, `find_class`.
  for (const symbol of input.removed.symbols) {
    if (symbol.kind !== 'method' || !/\.(resolveClass|find_class|checkAutoType|persistent_load)$/.test(symbol.name)) continue;
    const own = lastName(symbol.name);
    if (input.after === undefined || input.after.symbols.some((other) => lastName(other.name) === own)) continue;
    if (!input.after.calls.some((call) => DECODES.test(lastName(call.callee)) || isUnsafe(call, input))) continue;
    yield { side: 'before', range: symbol.range, message: fitMessage(`\`${shorten(own, 30)}\` no longer chooses what may be built`) };
  }
}

const PICKLES = /^(pickle|cPickle|_pickle|dill|cloudpickle|shelve|joblib|jsonpickle|marshal|pd|pandas)$/;
const SAFE_LOADER = /\b(C?SafeLoader|C?BaseLoader|safe|JSON_SCHEMA|FAILSAFE_SCHEMA|SafeConstructor)\b/;

function isUnsafe(call: Call, input: RuleInput): boolean {
  const name = lastName(call.callee);
  const from = receiver(call.callee);
  const args = call.args.join(', ');
  const uses = (text: string): boolean => mentions(input, text);
  switch (name) {
    case 'loads':
    case 'load':
    case 'Unpickler':
    case 'open':
    case 'decode':
      if (from === 'torch') return !/weights_only\s*=\s*True/.test(args);
      if (/^(yaml|ruamel\.yaml|pyyaml)$/.test(from))
        return (
          name === 'load' && (isPython(input) ? !SAFE_LOADER.test(args) : /\bDEFAULT_(?:FULL|UNSAFE)_SCHEMA\b|js-yaml-js-types/.test(args))
        );
      if (name === 'open') return from === 'shelve';
      if (name === 'decode') return from === 'jsonpickle';
      return PICKLES.test(from) && from !== 'pd' && from !== 'pandas';
    case 'load_all':
      return /^(yaml|ruamel\.yaml)$/.test(from) && !SAFE_LOADER.test(args);
    case 'full_load':
    case 'unsafe_load':
    case 'unsafe_load_all':
      return /yaml/.test(from);
    case 'read_pickle':
      return /^(pd|pandas)$/.test(from);
    case 'ObjectInputStream':
    case 'XMLDecoder':
      return call.kind === 'new' && literal(call.args[0]) === undefined;
    case 'readObject':
    case 'readUnshared':
      return (
        call.args.length === 0 &&
        uses('ObjectInputStream') &&
        !input.added.calls.some((other) => other.kind === 'new' && other.callee === 'ObjectInputStream')
      );
    // SnakeYAML builds any class unless its constructor is the safe one.
    case 'Yaml':
      return (
        call.kind === 'new' &&
        !SAFE_LOADER.test(args) &&
        (/\bnew Constructor\b/.test(args) ||
          input.removed.calls.some((other) => other.callee === 'Yaml' && SAFE_LOADER.test(other.args.join())))
      );
    case 'SerializationUtils':
      return false;
    case 'deserialize':
      return (
        /^(SerializationUtils|org\.apache\.commons\.lang3?\.SerializationUtils|v8|serialize)$/.test(from) ||
        (from === '' && (uses('serialize-javascript') || uses('node:v8')))
      );
    case 'enableDefaultTyping':
    case 'activateDefaultTyping':
    case 'setDefaultTyping':
      return true;
    case 'unserialize':
      return /serialize|serialise/i.test(from) || uses('node-serialize');
    case 'fromXML':
      return /xstream/i.test(from);
    default:
      return false;
  }
}

function isPython(input: RuleInput): boolean {
  return input.path.endsWith('.py') || input.path.endsWith('.pyi');
}

function mentions(input: RuleInput, text: string): boolean {
  const content = input.trees.after.read(input.path);
  return content?.kind === 'text' && content.text.includes(text);
}
