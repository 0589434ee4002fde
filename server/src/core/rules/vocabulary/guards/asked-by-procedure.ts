import type { Guard, Option, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { bareTest } from './moved-guards.ts';

/**
 * tRPC: true where a procedure lost a question that the procedure it is built on asks now, word for word: `rename:
 * documentProcedure.mutation(…)` beside `const documentProcedure = protectedProcedure.use(async ({ ctx, next }) => { if (…) throw … })`.
 */
export function isAskedByProcedure({ before, after }: RuleInput, guard: Guard): boolean {
  if (before?.language !== 'typescript' || after === undefined || guard.exit !== 'throw') return false;
  const old = routeAt(before, guard);
  const now = old === undefined ? undefined : after.options.find((other) => other.name === old.name && other.callee === old.callee);
  const base = now === undefined ? undefined : baseOf(now);
  if (base === undefined || old === undefined || baseOf(old) === base) return false;
  const { line } = after.symbols.find(({ name, kind }) => name === base && kind === 'variable')?.range.start ?? { line: -1 };
  const uses = after.calls.filter(({ callee, range }) => /\.(?:use|concat)$/.test(callee) && range.start.line === line);
  return after.guards.some(
    (fresh) =>
      fresh.exit === 'throw' &&
      bareTest(fresh.test) === bareTest(guard.test) &&
      uses.some(({ range }) => line <= fresh.range.start.line && fresh.range.start.line <= endOf(after, range.end.line, line)),
  );
}

/** `documentProcedure` of `documentProcedure.mutation(…)`. */
function baseOf({ value }: Option): string | undefined {
  return /^([A-Za-z_$][\w$]*)\s*\./.exec(value)?.[1];
}

/** A procedure of a router by its name, around a place. */
function routeAt({ options }: SourceFacts, { range }: Guard): Option | undefined {
  return options.find(
    ({ callee, value, range: own }) =>
      ROUTER.test(callee) &&
      PROCEDURE.test(value) &&
      own.start.line <= range.start.line &&
      range.end.line <= own.end.line + LONGEST &&
      !options.some(
        (other) =>
          other.callee === callee &&
          PROCEDURE.test(other.value) &&
          other.range.start.line > own.start.line &&
          other.range.start.line <= range.start.line,
      ),
  );
}

/** `router`, `t.router`, `createTRPCRouter`. */
const ROUTER = /(?:^|[^A-Za-z])router$|Router$/;
const PROCEDURE = /^[A-Za-z_$][\w$]*\s?\.[\s\S]{0,2000}\.\s?(?:query|mutation|subscription)\(/;
/** Lines that a body goes on behind the head of its option. */
const LONGEST = 60;

/** The last line of a chain that begins on a line: that before the next declaration of the file. */
function endOf({ symbols }: SourceFacts, end: number, start: number): number {
  const next = symbols.reduce(
    (least, { range, scope }) => (scope === '' && range.start.line > start ? Math.min(least, range.start.line) : least),
    Infinity,
  );
  return Math.max(end, next - 1);
}
