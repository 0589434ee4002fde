import { expect, it } from 'vitest';
import language from '../../server/src/core/languages/sql/index.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';

const SCRIPT = `CREATE FUNCTION app.stock_of(p_depot bigint, p_item text) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT count(*) FROM stock WHERE depot = p_depot AND item = p_item);
END $$;

CREATE FUNCTION take(IN p_depot bigint, OUT left_over int) LANGUAGE plpgsql AS $$
BEGIN
  left_over := app.stock_of(p_depot, lower('NAILS'));
  PERFORM pg_notify('stock', 'taken');
END $$;
`;

it('a routine that calls another one of its script is a call, and nothing else is', () => {
  const { calls, symbols } = language.facts('db/stock.sql' as RepoPath, SCRIPT, () => {
    throw new Error('nothing is embedded');
  });
  expect(calls.map(({ callee, args, scope, use, range }) => ({ callee, args, scope, use, line: range.start.line }))).toEqual([
    { callee: 'app.stock_of', args: ['p_depot', "lower ( 'NAILS' )"], scope: 'take', use: 'used', line: 8 },
  ]);
  expect(symbols.map(({ name, parameters }) => [name, ...parameters.map((parameter) => parameter.name)])).toEqual([
    ['app.stock_of', 'p_depot', 'p_item'],
  ]);
});
