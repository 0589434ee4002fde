import type { SourceFacts } from '../../../model/facts.ts';
import type { RepoPath, Tree } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { groupBy, keepOf } from '../code/kept.ts';

const EXTENSIONS = ['.ts', '.js', '.tsx', '.mjs', '.cjs', '.py', '.go', '.java', '.rs'];

/** A word that is one of the numbers, or ends in one of the names. */
export const REFUSES =
  /(?:(?:^|\W)40[13]|UNAUTHORI[SZ]ED|FORBIDDEN|Unauthori[sz]ed|Forbidden|Unauthenticated|PermissionDenied|AccessDenied|PERMISSION_DENIED)(?:\W|$)/;

/** A name by which a middleware or a filter goes on to what it stands in front of. */
export const PASSES = /^(?:next|call_next|callNext|ServeHTTP|doFilter|Ok|handler|view|proceed|filter|Next)$/;

/** Of a change, by path and name: the hunks of a file ask for the same few names, and each answer takes a dozen files. */
const answersOf = keepOf((_trees: RuleInput['trees']) => new Map<string, boolean>());
/** Of a tree, by path: whether a text speaks of a refusal at all. */
const speakingIn = keepOf((_tree: Tree) => new Map<RepoPath, boolean>());

/**
 * True where a function of the tree before answers with 401 or 403, whatever it is called: a guard by what it does. Files are
 * only read where they speak of the name and of a refusal, and few of them.
 */
export function isGuardByBody(input: RuleInput, item: string): boolean {
  const name = lastName(/^[\w$.]+/.exec(item)?.[0] ?? '');
  if (name.length < 3 || COMMON.test(name)) return false;
  if (input.before !== undefined && refuses(input.before, name)) return true;
  const answers = answersOf(input.trees);
  const question = `${input.path}\n${name}`;
  const answer = answers.get(question) ?? isGuardElsewhere(input, name);
  answers.set(question, answer);
  return answer;
}

/** Words of the languages and of what every project uses, which no function of the project is called. */
const COMMON =
  /^(?:fn|this|self|req|res|next|async|function|true|false|null|undefined|schema|handler|derive|serde|cfg|cfg_attr|allow|inline|must_use|doc|test|Override|Deprecated|SuppressWarnings|FunctionalInterface|Test|BeforeEach|AfterEach|ParameterizedTest|Autowired|Bean|property|staticmethod|classmethod|dataclass|cached_property|abstractmethod|override|wraps|lru_cache)$/;

function isGuardElsewhere({ trees: { before }, path: own, factsAt }: RuleInput, name: string): boolean {
  const others = before.mentioning(name, EXTENSIONS).filter((path) => path !== own);
  return others.slice(0, 12).some((path) => {
    if (!speaksOfRefusal(before, path)) return false;
    const facts = factsAt('before', path);
    return facts !== undefined && refuses(facts, name);
  });
}

function speaksOfRefusal(tree: Tree, path: RepoPath): boolean {
  const known = speakingIn(tree);
  let speaks = known.get(path);
  if (speaks === undefined) {
    const content = tree.read(path);
    speaks = content?.kind === 'text' && REFUSES.test(content.text);
    known.set(path, speaks);
  }
  return speaks;
}

const scopesByName = keepOf((facts: SourceFacts) => groupBy(facts.scopes, (scope) => lastName(scope.name)));

/** True where a function of these facts answers with 401 or 403. */
export function refuses(facts: SourceFacts, name: string): boolean {
  return (scopesByName(facts).get(name) ?? []).some(
    (scope) =>
      scope.endLine - scope.startLine < 80 &&
      REFUSES.test(
        tokensOn(facts, scope.startLine, scope.endLine)
          .map(({ text }) => text)
          .join(' '),
      ),
  );
}
