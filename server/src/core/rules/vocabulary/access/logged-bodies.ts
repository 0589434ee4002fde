import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName, words } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { isOpenToken } from './other-tokens.ts';
import { isSecretField } from './secret-fields.ts';

/**
 * The first of some names, as a log is given them, that holds a secret without a word of it: the body of a request that signs somebody in
 * (`const body = req.body`, `@Body() dto`, `io.ReadAll(r.Body)`), a parameter whose type is such a body (`LoginRequest`), or what the
 * same function reads a secret out of (`input.password`).
 */
export function loggedBody(input: RuleInput, call: Call, names: readonly string[]): string | undefined {
  const { after } = input;
  const whole = names.map((name) => name.replace(AS_TEXT, '')).filter((name) => HOLDER.test(name) && !NEVER_WHOLE.test(name));
  if (after === undefined || whole.length === 0) return undefined;
  const code = codeOfScope(after, call.scope).text;
  return whole.find((name) => {
    if (secretsOf(code, name).some((member) => !isOpenToken(input, call, member))) return true;
    const type = typeOf(after, call.scope, name);
    if (type !== undefined && SIGNS_IN.test(type)) return true;
    return isBody(after, call, name) && isAboutAccess(input, call, type ?? '');
  });
}

/** One name, or one of its members, that is printed with all it holds. */
const HOLDER = /^[A-Za-z_]\w*(?:\.[a-z]\w*)?$/;
/** How a program writes a record out. */
const AS_TEXT = /\.(?:model_dump|model_dump_json|dict|asdict|to_dict|inspect|to_s|to_h|to_json|toString|toJSON)(?:\(\))?$/;
/** A framework's own, of which a logger shows what its serialiser allows; and the names of texts and failures. */
const NEVER_WHOLE =
  /^(?:req|res|response|ctx|context|err|error|e|ex|exc|exception|this|self|cls|process|console|JSON|json|log|logger|message|msg)$/;

/** `body.password`, `data["card_number"]`, `const { email, password } = body`. */
function secretsOf(code: string, name: string): readonly string[] {
  const own = name.replace('.', ' ?\\. ?');
  const members = [...code.matchAll(new RegExp(`(?<![\\w$.] ?)${own} ?(?:\\?\\.|\\.|->) ?([A-Za-z_]\\w*)(?! ?\\.)`, 'g'))].map(
    ([, member = '']) => member,
  );
  const taken = new RegExp(`\\{ ?([\\w$ ,:]{1,200})\\} = (?:await )?${own}(?![\\w.(])`).exec(code)?.[1]?.split(/[ ,:]+/) ?? [];
  return [...members, ...taken].filter((member) => member === 'Authorization' || isSecretField(member));
}

/** What a person signs in, signs up or pays with, as types are named. */
const SIGNS_IN =
  /(?:^|[.&* <])(?:Log[iI]n|Sign[iI]n|Sign[uU]p|Register|Registration|Credentials?|Authenticate|(?:Change|Reset|Set|Update)Password|CreateUser|Password|CreditCard|CardDetails|PaymentCard|Card)(?:Dto|DTO|Request|Input|Body|Payload|Form|Command|Cmd|Args|Params|Data|Details|Schema|Req)?(?:$|[>[\] ;)])/;

function typeOf(facts: SourceFacts, scope: string, name: string): string | undefined {
  const parameters = facts.symbols.find((symbol) => symbol.name === scope)?.parameters ?? [];
  // An extractor of Rust takes it out of its wrapper: `Json(input): Json<Login>`.
  return parameters.find((parameter) => parameter.name.replace(/^\w+\((?:mut )?(\w+)\)$/, '$1') === name)?.type;
}

/** A whole body, by what the name was bound to or by how a framework hands it over. */
function isBody(facts: SourceFacts, call: Call, name: string): boolean {
  if (name === 'params' && facts.language === 'ruby') return true;
  const bound = boundAbove(facts, name, call.range.start.line)?.replaceAll(' ', '');
  const code = codeOfScope(facts, call.scope).text;
  // `{ password, ...rest } = req.body` left the secret out.
  if (code.includes(`... ${name} }`)) return false;
  if (bound !== undefined && BODY.test(bound)) return true;
  if (new RegExp(`\\b(?:Decode|BindJSON|ShouldBindJSON|ShouldBind|Bind|BodyParser) ?\\( ?& ?${name} ?\\)`).test(code)) return true;
  const isHandler = facts.calls.some(
    ({ kind, callee, scope }) => kind === 'decorator' && scope === call.scope && /^(?:Body|RequestBody|Valid)$/.test(lastName(callee)),
  );
  const type = isHandler ? typeOf(facts, call.scope, name) : undefined;
  return type !== undefined && !/^(?:string|String|number|int|long|Long|UUID|boolean)$/.test(type);
}

const BODY =
  /^(?:await)?(?:[\w.]{1,60}\.(?:parse|parseAsync|validate|validateSync|cast|transform|assert|loads)\((?:await)?)?(?:req|request|ctx\.request|ctx\.req|c\.req|event|r|self\.request|flask\.request)\.(?:body|Body|json\(|get_json\(|form|data|POST|formData\(|text\(|params\b)|^io\.ReadAll\((?:\w+\.)?(?:Body|r\.Body|req\.Body)|^ioutil\.ReadAll\(\w+\.Body/;

/** The function, its file or its route speaks of signing in or paying. */
function isAboutAccess({ path, after }: RuleInput, { scope }: Call, type: string): boolean {
  const routes = after?.calls.filter(({ kind, scope: own }) => kind === 'decorator' && own === scope).map(({ args }) => args.join(' '));
  return PLACE.test(words(`${scope} ${path} ${type} ${routes?.join(' ') ?? ''}`));
}

/** As `words` spells it. A layer in front of all routes sees what those that sign in are sent. */
export const PLACE =
  /\b(login|log in|signin|sign in|signup|sign up|register|registration|auth|sessions|password|credentials|payment|payments|card|checkout|middleware|middlewares|interceptor)\b/;
