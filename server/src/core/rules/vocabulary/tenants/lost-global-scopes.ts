import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { isHolder } from '../access/holders.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { factsInside } from '../code/facts-by-place.ts';

/** A condition that a client or a model put on all of its queries, gone while the client stays. */
export interface LostGlobalScope {
  readonly range: Range;
  readonly by: string;
  readonly holder: string;
}

/** Ways to hang a condition on each query: Prisma, Sequelize, Mongoose, Eloquent, Rails, SQLAlchemy, Hibernate, Entity Framework. */
const HANGS =
  /^(?:\$extends|\$use|addGlobalScope|addScope|default_scope|with_loader_criteria|enableFilter|HasQueryFilter|addHook|pre|plugin|acts_as_tenant|FilterDef|Filter|Where|SQLRestriction|TenantId|PartitionKey|setTenant\w*|tenantScope|multiTenancy)$/;

/** Each once; none where the same hook still asks, or another file of the change has it. */
export function* lostGlobalScopes(input: RuleInput): Generator<LostGlobalScope> {
  const { before, after, removed } = input;
  if (before === undefined || after === undefined) return;
  for (const call of removed.calls) {
    const holder = holderIn(call);
    if (holder === undefined || !HANGS.test(lastName(call.callee))) continue;
    // The same hook of the same client, which only notes the holder now.
    const own = after.calls.find((other) => other.callee === call.callee && other.scope === call.scope);
    if (own !== undefined && holderIn(own) === undefined && !isNamedBehind(after, own, holder)) {
      const line = factsInside(removed.options, call.range).find(({ name }) => name === holder);
      yield { range: line?.range ?? call.range, by: lastName(call.callee), holder };
      continue;
    }
    const isSame = (other: Call): boolean => lastName(other.callee) === lastName(call.callee) && holderIn(other) !== undefined;
    if (after.calls.some(isSame) || input.addedElsewhere().calls.some(isSame)) continue;
    // A chain is given to the same client by another name, or the file keeps the words in a function of its own.
    const isKept = after.tokens.some(({ text }) => text === holder) && after.calls.some(({ callee }) => HANGS.test(lastName(callee)));
    if (isKept || !stays(call, after.calls)) continue;
    yield { range: call.range, by: lastName(call.callee), holder };
  }
}

/** The name of a holder that a hook speaks of, in its code or in a text. */
function holderIn({ callee, args }: Call): string | undefined {
  if (callee === 'default_scope' || lastName(callee) === 'acts_as_tenant')
    return (
      args
        .join(' ')
        .match(/[A-Za-z_]\w*/g)
        ?.find(isHolder) ?? 'tenant'
    );
  return args
    .join(' ')
    .replace(NOTES, '')
    .match(/[A-Za-z_]\w*/g)
    ?.find((word) => isHolder(word) && /[a-z](?:_id|Id)$|tenant/i.test(word));
}

/** What is written to a log or a trace asks nobody. */
const NOTES = /\b(?:log|logger|console|metrics|span|trace|tracer)\.\w+\((?:[^()]|\([^()]*\))*\)/g;

/** A function that the hook is handed by its name speaks of the holder. */
function isNamedBehind(facts: SourceFacts, { args }: Call, holder: string): boolean {
  const named = new Set(args.join(' ').match(/[A-Za-z_]\w*/g));
  return facts.scopes.some(
    ({ name, startLine, endLine }) =>
      named.has(lastName(name)) && tokensOn(facts, startLine, endLine).some(({ text }) => text === holder) && !/^\$/.test(lastName(name)),
  );
}

/** What it hung on is made still: `new PrismaClient()`, the model of the same name. */
function stays({ callee, scope }: Call, calls: readonly Call[]): boolean {
  const made = /^new ([A-Za-z]\w*)|^([A-Za-z]\w*)/.exec(callee);
  const name = made?.[1] ?? made?.[2] ?? '';
  return scope !== '' || calls.some((call) => call.callee.split(/[.(]/).includes(name) || call.callee === `new ${name}`);
}
