import type { Call, Loop, SourceFacts, SqlStatement, SymbolFact } from '../../../model/facts.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver, words } from './call-names.ts';
import { within } from './counterpart.ts';

/** What a function of the project does: the calls, loops and statements of its body. */
export interface OwnBody {
  readonly calls: readonly Call[];
  readonly loops: readonly Loop[];
  readonly statements: readonly SqlStatement[];
  /** Names of its parameters in order, so that what it hands on can be told. */
  readonly parameters: readonly string[];
  readonly path: RepoPath;
}

/** Verbs of functions that take something away; only these are followed, since following costs a reading of the tree. */
const TAKES_AWAY =
  /\b(clear|clean|cleanup|sweep|tidy|purge|wipe|empty|reset|flush|drop|erase|prune|evict|scrub|expunge|nuke|remove|rm|delete|destroy|discard|trash|obliterate|shred|teardown|tear|dismantle|retire|decommission|vacuum|recycle|invalidate|dispose|forget|bust|dump|scrap|zap|raze|demolish|reclaim|reap|truncate|fresh|rebuild|blank|void|annihilate|eradicate|unlink|collect|exterminate|clobber|bulldoze|unmake|kill|terminate|start over|give up|throw away)\b/;

const FILES: Readonly<Record<string, readonly string[]>> = {
  ts: ['.ts', '.tsx', '.js', '.mjs', '.cjs'],
  tsx: ['.ts', '.tsx', '.js'],
  js: ['.js', '.mjs', '.cjs', '.ts'],
  mjs: ['.mjs', '.js', '.ts'],
  cjs: ['.cjs', '.js'],
  py: ['.py'],
  go: ['.go'],
  java: ['.java'],
  rs: ['.rs'],
};

/** More places than this that might be meant say that the name is a common one. */
const MOST_FILES = 8;

/**
 * The body of the project's own function or method that an added call runs, one step deep; undefined where its name takes
 * nothing away, where it stands in no file of the tree, or where it is not clear which one is meant. The function itself must
 * have stood before: a new one is judged where it stands.
 */
export function ownBody(input: RuleInput, call: Call): OwnBody | undefined {
  const name = lastName(call.callee);
  if (call.kind !== 'call' || !TAKES_AWAY.test(words(name))) return undefined;
  return standingBody(input, call.callee);
}

/** The same of any function that is called so. Ask about few names: each that stands elsewhere costs a reading of the tree. */
export function standingBody(input: RuleInput, callee: string): OwnBody | undefined {
  const name = lastName(callee);
  if (!/^[A-Za-z_]\w*$/.test(name)) return undefined;
  const known = bodies.get(input) ?? new Map<string, OwnBody | undefined>();
  bodies.set(input, known);
  if (!known.has(callee)) known.set(callee, findBody(input, callee, name));
  return known.get(callee);
}

const bodies = new WeakMap<RuleInput, Map<string, OwnBody | undefined>>();

function findBody(input: RuleInput, callee: string, name: string): OwnBody | undefined {
  const owner = lastName(receiver(callee).replace(/\(.*/s, ''));
  const here = input.before === undefined ? undefined : bodyIn(input.after, input.path, name, owner, true);
  if (here !== undefined && bodyIn(input.before, input.path, name, owner, true) !== undefined) return here;
  const extension = input.path.slice(input.path.lastIndexOf('.') + 1);
  const paths = (FILES[extension] ?? []).length === 0 ? [] : input.trees.before.mentioning(name, FILES[extension] ?? []);
  const others = paths.filter((path) => path !== input.path && !/(^|[/._-])(tests?|specs?|mocks?|fixtures?)([/._-]|$)/i.test(path));
  if (others.length > MOST_FILES) return undefined;
  const content = input.trees.after.read(input.path);
  const text = content?.kind === 'text' ? content.text : '';
  for (const path of others) {
    const found = bodyIn(input.factsAt('after', path), path, name, owner, isReached(path, input.path, text));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The caller's file names the other one, or both are one package. */
function isReached(path: RepoPath, from: RepoPath, text: string): boolean {
  const parts = path.replace(/\.\w+$/, '').split('/');
  const base = parts.at(-1) ?? '';
  const folder = parts.at(-2) ?? '';
  const isBeside = path.slice(0, path.lastIndexOf('/')) === from.slice(0, from.lastIndexOf('/'));
  if (/\.(go|java)$/.test(path) && (isBeside || text.includes(folder))) return true;
  return text.includes(/^(index|__init__|mod|lib)$/.test(base) ? folder : base);
}

function bodyIn(facts: SourceFacts | undefined, path: RepoPath, name: string, owner: string, isReachable: boolean): OwnBody | undefined {
  if (facts === undefined) return undefined;
  const symbols = facts.symbols.filter(
    (symbol) => (symbol.kind === 'function' || symbol.kind === 'method') && symbol.name.slice(symbol.name.lastIndexOf('.') + 1) === name,
  );
  const symbol = symbols.find((one) => isMeant(one, owner, isReachable)) ?? (symbols.length === 1 && isReachable ? symbols[0] : undefined);
  if (symbol === undefined) return undefined;
  return {
    calls: facts.calls.filter((other) => within(other.scope, symbol.name)),
    loops: facts.loops.filter((other) => within(other.scope, symbol.name)),
    statements: facts.statements.filter((other) => within(other.scope, symbol.name)),
    parameters: symbol.parameters.map((parameter) => parameter.name).filter((parameter) => !/^(self|cls|ctx|this)$/.test(parameter)),
    path,
  };
}

/** `larder.sweep()` is `Larder.sweep`; a plain call is a plain function. */
function isMeant({ name, kind }: SymbolFact, owner: string, isReachable: boolean): boolean {
  const own = words(name.slice(0, Math.max(0, name.lastIndexOf('.'))));
  const wanted = words(owner);
  if (kind === 'function' && own === '') return isReachable && (wanted === '' || wanted.length > 1);
  if (wanted === '' || /^(self|this|s|c|r|d)$/.test(wanted)) return isReachable && own !== '';
  const [last = ''] = wanted.split(' ').slice(-1);
  return own !== '' && (own.split(' ').includes(last) || wanted.includes(own));
}

/** The argument that a call gives for what the body calls `source`, where that is one of its parameters. */
export function argumentFor(body: OwnBody, call: Call, source: string): string | undefined {
  const own = /^[*&]?([A-Za-z_]\w*)/.exec(source)?.[1];
  const at = body.parameters.indexOf(own ?? '');
  const given = call.args.filter((argument) => !/^(ctx|context\.\w+\(\))$/.test(argument));
  return at < 0 ? undefined : given[at];
}
