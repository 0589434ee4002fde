import type { SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';

const EXTENSIONS = ['.ts', '.js', '.tsx', '.mjs', '.cjs', '.py', '.go', '.java', '.rs'];

const REFUSES =
  /(?:^|[^\w])(?:40[13]|\w*(?:UNAUTHORI[SZ]ED|FORBIDDEN|Unauthori[sz]ed|Forbidden|Unauthenticated|PermissionDenied|AccessDenied|PERMISSION_DENIED))(?:[^\w]|$)/;

/**
 * True where a function of the tree before answers with 401 or 403, whatever it is called: a guard by what it does. Files are
 * only read where they speak of the name and of a refusal, and few of them.
 */
export function isGuardByBody(input: RuleInput, item: string): boolean {
  const name = lastName(/^[\w$.]+/.exec(item)?.[0] ?? '');
  if (name.length < 3 || /^(?:fn|this|self|req|res|next|async|function|true|false|null|undefined|schema|handler)$/.test(name)) return false;
  if (input.before !== undefined && refuses(input.before, name)) return true;
  const { before } = input.trees;
  return before
    .mentioning(name, EXTENSIONS)
    .filter((path) => path !== input.path)
    .slice(0, 12)
    .some((path) => {
      const content = before.read(path);
      if (content?.kind !== 'text' || !REFUSES.test(content.text)) return false;
      const facts = input.factsAt('before', path);
      return facts !== undefined && refuses(facts, name);
    });
}

/** True where a function of these facts answers with 401 or 403. */
export function refuses(facts: SourceFacts, name: string): boolean {
  return facts.scopes.some(
    (scope) =>
      lastName(scope.name) === name &&
      scope.endLine - scope.startLine < 80 &&
      REFUSES.test(
        tokensOn(facts, scope.startLine, scope.endLine)
          .map(({ text }) => text)
          .join(' '),
      ),
  );
}
