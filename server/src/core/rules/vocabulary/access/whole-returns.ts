import type { SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { changedLines } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { sameTable } from '../schema/sql-context.ts';
import { isCredentialName } from './secret-shapes.ts';

/** A function that gave some fields of a record, and gives the whole record with its secret now. */
export interface WholeReturn {
  readonly range: Range;
  readonly record: string;
  /** The field of the record that nobody should see. */
  readonly secret: string;
}

/** `return { id: user.id, email: user.email }` that is `return user`, where the tree declares a `User` with a `passwordHash`. */
export function* wholeReturns(input: RuleInput): Generator<WholeReturn> {
  for (const line of changedLines(input, 'after')) {
    const record = /^return (?:await )?([A-Za-z_]\w*)[;{}]*$/.exec(line.text)?.[1];
    if (record === undefined || line.scope === '' || isNarrowed(input, line.scope)) continue;
    const old = changedLines(input, 'before')
      .filter(({ scope }) => counterpartScope(input, scope) === line.scope)
      .map(({ text }) => text)
      .join('');
    const fields = old.match(new RegExp(`(?<![\\w.])${record}[?!]?\\.\\w+(?!\\()`, 'g')) ?? [];
    if (fields.length < 2 || !/\breturn ?(?:\{|\w*\()/.test(old) || fields.some((field) => isCredentialName(lastName(field)))) continue;
    const secret = secretOf(input, record);
    if (secret !== undefined) yield { range: rangeOfLine(input, 'after', line.line), record, secret };
  }
}

/** A framework leaves out of the answer what its model does not name. */
function isNarrowed({ after }: RuleInput, scope: string): boolean {
  return (
    after?.calls.some(
      (call) =>
        call.kind === 'decorator' &&
        call.scope === scope &&
        /response_model|Serialize|UseInterceptors|JsonView|marshal_with/.test(`${call.callee} ${call.args.join()}`),
    ) === true
  );
}

/** More files than these that name a model say that its name is a common word. */
const MOST_FILES = 60;

function secretOf(input: RuleInput, record: string): string | undefined {
  const model = `${record.charAt(0).toUpperCase()}${record.slice(1)}`;
  const files = input.trees.after.mentioning(model, ['.prisma', '.ts', '.py', '.java', '.sql']);
  for (const path of files.length > MOST_FILES ? files.filter((file) => file.endsWith('.prisma')) : files) {
    const secret = declaredIn(input.factsAt('after', path), model);
    if (secret !== undefined) return secret;
  }
  return undefined;
}

function declaredIn(facts: SourceFacts | undefined, model: string): string | undefined {
  const columns =
    facts?.statements
      .filter((statement) => statement.verb === 'declare-column' && sameTable(statement, model.toLowerCase()))
      .flatMap(({ actions }) => actions.map(({ name }) => name)) ?? [];
  const properties = facts?.symbols.filter(({ name, kind }) => kind === 'property' && name.startsWith(`${model}.`)) ?? [];
  return [...properties.map(({ name }) => lastName(name)), ...columns].find(
    (name) => isCredentialName(name) || /hash(?:ed)?_?password/i.test(name),
  );
}
