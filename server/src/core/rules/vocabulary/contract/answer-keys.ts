import type { Option, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, literal, words } from '../code/call-names.ts';
import { lineChanges } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { changedOptions } from '../code/option-changes.ts';
import { CALLING_FILES } from '../code/program-files.ts';
import { isBeside, says } from '../events/event-speakers.ts';

/** A key of what callers are answered that has another name now. */
export interface RenamedKey {
  readonly range: Range;
  readonly old: string;
  readonly now: string;
  /** Files that still read the old one. */
  readonly readers: readonly RepoPath[];
  /** No file of the repository ever read it, and it may be for a log alone. */
  readonly isUnread?: boolean;
}

/** `res.json({ total_cents })` that became `{ totalCents }`, a key of `toJSON`, of a serializer, of an alias. Not where all its readers went along. */
export function* renamedKeys(input: RuleInput): Generator<RenamedKey> {
  const told = new Set<string>();
  for (const { old, now, range, scope = '', isField, isModel } of [...inAnswers(input), ...inAliases(input), ...inSerializers(input)]) {
    if (told.has(old) || old === now) continue;
    told.add(old);
    const was = readersOf(input, old, 'before');
    const readers = readersOf(input, old, 'after').filter((path) => was.includes(path));
    // Whoever read it was changed with it.
    if ((was.length > 0 || isModel === true) && readers.length === 0) continue;
    if (isField && isTested(input, old, now)) continue;
    yield { range, old, now, readers, isUnread: was.length === 0 && MADE_FOR.test(lastName(scope)) };
  }
}

type Renamed = Pick<RenamedKey, 'range' | 'old' | 'now'> & {
  readonly scope?: string;
  readonly isField?: boolean;
  readonly isModel?: boolean;
};

function* inAnswers(input: RuleInput): Generator<Renamed> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  const left = input.removed.options.flatMap((option) => asAnswered(before, option) ?? (isAnswer(before, option) ? [option] : []));
  for (const own of input.added.options) {
    const fresh = asAnswered(after, own) ?? own;
    if (fresh === own && !isAnswer(after, own)) continue;
    const partners = left.filter(
      (option) =>
        option.value === fresh.value &&
        option.name !== fresh.name &&
        lastName(option.callee) === lastName(fresh.callee) &&
        homeOf(option) === homeOf(fresh) &&
        counterpartScope(input, option.scope) === fresh.scope,
    );
    const [old] = partners;
    if (old === undefined || partners.length > 1 || !/^\w+$/.test(old.name) || !/^\w+$/.test(fresh.name)) continue;
    const stays = after.options.some(
      (other) => other.name === old.name && other.scope === fresh.scope && lastName(other.callee) === lastName(fresh.callee),
    );
    const stood = before.options.some(
      (other) => other.name === fresh.name && other.scope === old.scope && lastName(other.callee) === lastName(old.callee),
    );
    if (!stays && !stood) yield { old: old.name, now: fresh.name, range: fresh.range, scope: own.callee === '' ? own.scope : '' };
  }
}

/** A key of an object that has a name and is answered by it, `res.json(view)`, as if it stood in the answer. */
function asAnswered({ calls }: SourceFacts, option: Option): Option | undefined {
  const [, held] = option.callee === '' && option.scope !== '' ? (/^\((\w+)\./.exec(option.key) ?? []) : [];
  if (held === undefined) return undefined;
  const call = calls.find((one) => one.scope === option.scope && one.args.includes(held) && isAnswering(one.callee));
  return call === undefined
    ? undefined
    : { ...option, callee: call.callee, key: option.key.replace(`(${held}.`, `${call.callee}(.`).replace('(..', '(.') };
}

/** The object it is a key of: `data.` of `res.json(data.total: …)`. */
const homeOf = ({ key, name }: Option): string => /^[^(]*\(([\w.$]*):/.exec(key)?.[1]?.slice(0, -name.length) ?? '';

const ANSWERS =
  /^(?:json|jsonify|JSONResponse|JsonResponse|ORJSONResponse|JSON|IndentedJSON|send|render_json|jsonp|success|respond|reply|render|H|Map)$/;
const MADE_FOR =
  /^(?:toJSON|to_json|as_json|asJson|to_dict|toDict|toResponse|to_response|toDto|toDTO|serialize|to_representation|serializable_hash|toApi|to_api|presenter|present)$/;
const ROUTES =
  /^(?:get|post|put|patch|delete|route|api_view|Get|Post|Put|Patch|Delete|All|GetMapping|PostMapping|PutMapping|PatchMapping|DeleteMapping|RequestMapping|action|websocket)$/;

/** What goes to a log, to another program, or into a conversation. */
const ELSEWHERE =
  /\b(?:console|log|logger|ws|window|parent|queue|producer|analytics|telemetry|tracker|segment|mixpanel|posthog|amplitude|metrics|mail|mailer|smtp|sms|msg|message|interaction|bot|chat|template|templates|env|jinja)\b/;

function isAnswering(callee: string): boolean {
  return ANSWERS.test(lastName(callee)) && !ELSEWHERE.test(words(callee));
}

function isAnswer(facts: SourceFacts, option: Option): boolean {
  if (option.callee !== '') return isAnswering(option.callee) && !isTemplate(facts, option);
  if (MADE_FOR.test(lastName(option.scope))) return true;
  // Returned by a route itself: `return {"id": …}` under `@router.get`.
  return (
    option.scope !== '' &&
    facts.calls.some((call) => call.kind === 'decorator' && call.scope === option.scope && ROUTES.test(lastName(call.callee))) &&
    isReturned(facts, option)
  );
}

/** Names that a template of the project's own is filled with: `res.render('home', { … })`, `c.Render("home", fiber.Map{…})`. */
function isTemplate({ calls }: SourceFacts, { callee, key, range }: Option): boolean {
  const isRender = (name: string): boolean => /^(?:render|Render|render_template|HTML)$/.test(lastName(name));
  if (lastName(callee) === 'render') return !/\(\.?json\b/.test(key);
  return (
    /^(?:H|Map)$/.test(lastName(callee)) &&
    calls.some((call) => isRender(call.callee) && call.range.start.line <= range.start.line && range.start.line <= call.range.end.line)
  );
}

function isReturned(facts: SourceFacts, { range }: Option): boolean {
  let at = facts.tokens.findIndex(({ line }) => line >= range.start.line);
  for (let back = 0; at >= 0 && back < 200; at -= 1, back += 1) {
    const text = facts.tokens[at]?.text;
    if (text === 'return') return true;
    if (text === '=' || text === 'def' || text === '=>') return false;
  }
  return facts.tokens.some(({ line, text }) => line === range.start.line && text === 'return');
}

/** `Field(alias="totalCents")`, `@SerializedName`, `attribute :total, key: :amount`. */
function* inAliases(input: RuleInput): Generator<Renamed> {
  for (const { before, after } of changedOptions(input)) {
    if (!/^(?:alias|serialization_alias|validation_alias|data_key)$/.test(after.name) || after.callee === '') continue;
    const [old, now] = [literal(before.value), literal(after.value)];
    if (old !== undefined && now !== undefined) yield { old, now, range: after.range };
  }
  // A field that went by its own name has an alias now.
  for (const option of input.added.options) {
    const now = /^(?:alias|serialization_alias|data_key)$/.test(option.name) && option.callee !== '' ? literal(option.value) : undefined;
    if (now === undefined || input.before?.options.some((other) => other.name === option.name && other.value === option.value)) continue;
    const { line } = option.range.start;
    const field = input.after?.symbols.find(({ kind, range }) => kind === 'property' && range.start.line <= line && line <= range.end.line);
    const was = input.before?.symbols.find(({ kind, name }) => kind === 'property' && name === field?.name);
    const hadOne = input.before?.options.some(
      (other) => other.name === option.name && was !== undefined && other.range.start.line === was.range.start.line,
    );
    if (field === undefined || was === undefined || hadOne === true) continue;
    const old = field.name.slice(field.name.lastIndexOf('.') + 1);
    if (old !== now) yield { old, now, range: option.range };
  }
}

/** A field of a serializer or of a schema: `total = serializers.IntegerField(…)`, `total: z.number()` of a schema by its name. */
function* inSerializers(input: RuleInput): Generator<Renamed> {
  for (const { after, was, now, head, tail } of lineChanges(input)) {
    if (head !== '' || !/^\w+$/.test(was) || !/^\w+$/.test(now)) continue;
    const isField = /^=(?:serializers|fields|ma|marshmallow)\.\w+\(/.test(tail) && /source=|data_key=|attribute=/.test(tail);
    const isShape =
      /^:z\.\w+\(/.test(tail) && /(?:response|answer|reply|output|event|payload|message)/i.test(`${after.scope} ${input.path}`);
    const isModel = isAnswerModel(input, after.scope) && /^:[^(]/.test(tail);
    if (isField || isShape || isModel) yield { old: was, now, range: rangeOfLine(input, 'after', after.line), isField, isModel };
  }
}

/** A model of pydantic that by its name goes out: `class OrderOut(BaseModel)`. */
function isAnswerModel({ after, path }: RuleInput, scope: string): boolean {
  if (!path.endsWith('.py') || !/(?:Out|Response|Read|View|Dto|DTO|Public|Reply|Result)$/.test(scope)) return false;
  return (
    after?.symbols.some(({ name, kind, type }) => name === scope && kind === 'class' && /Model\b|Schema\b|Struct\b/.test(type)) === true
  );
}

/** A test of the change that asked for the old name asks for the new one. */
function isTested({ trees }: RuleInput, old: string, now: string): boolean {
  const quoted = (key: string): RegExp => new RegExp(`['"\`]${escaped(key)}['"\`]`);
  return trees.before.mentioning(old, READING_FILES).some((path) => {
    const [was, is] = [trees.before.read(path), trees.after.read(path)];
    if (!isBeside(path) || was?.kind !== 'text' || is?.kind !== 'text') return false;
    return quoted(old).test(was.text) && !quoted(old).test(is.text) && quoted(now).test(is.text);
  });
}

const READING_FILES = [...CALLING_FILES, '.graphql', '.json', '.yaml', '.yml'];

/** Other files that say the key: quoted, or taken of something. */
function readersOf(input: RuleInput, key: string, side: 'before' | 'after'): readonly RepoPath[] {
  const tree = input.trees[side];
  return tree.mentioning(key, READING_FILES).filter((path) => {
    if (path === input.path || isBeside(path)) return false;
    const content = tree.read(path);
    return (
      content?.kind === 'text' &&
      (says(content, key) || new RegExp(`\\.${escaped(key)}\\b|[{,]\\s{0,20}${escaped(key)}\\s{0,4}[,}:]`).test(content.text))
    );
  });
}

/** Whether a function stands inside what answers callers. */
export function answersCallers(facts: SourceFacts | undefined, scope: string): boolean {
  return (
    scope !== '' &&
    facts?.calls.some(
      (call) =>
        (within(call.scope, scope) &&
          (ANSWERS.test(lastName(call.callee)) || (call.kind === 'decorator' && ROUTES.test(lastName(call.callee))))) ||
        (within(scope, call.scope) && call.scope !== '' && call.kind === 'decorator' && ROUTES.test(lastName(call.callee))),
    ) === true
  );
}
