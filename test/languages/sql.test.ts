import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readFacts } from '../../server/src/core/facts/read-facts.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { SourceFacts, SqlAction } from '../../server/src/core/model/facts.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';

const PATH = 'db/run.sql' as RepoPath;

beforeAll(async () => {
  await prepareLanguages([PATH], async () => new Uint8Array());
});

describe('statements by the grammar', () => {
  it.each([
    ['DROP TABLE IF EXISTS "Users", b.c CASCADE', 'drop-table users,b.c unknown cascade,if-exists'],
    ['DROP INDEX CONCURRENTLY i', 'drop-index i unknown concurrently'],
    ['DROP DATABASE prod', 'drop-database prod unknown '],
    ['DROP SCHEMA a', 'drop-schema a unknown '],
    ['DROP MATERIALIZED VIEW v', 'drop-view v unknown '],
    ['TRUNCATE a, b CASCADE', 'truncate a,b unknown cascade'],
    ['DELETE FROM ONLY public.users u', 'delete public.users none '],
    ['DELETE FROM a WHERE 1 = 1', 'delete a trivial '],
    ['DELETE FROM a WHERE x = 1 OR true', 'delete a trivial '],
    ['DELETE FROM a WHERE x = 1', 'delete a present '],
    ['UPDATE a SET b = 1', 'update a none '],
    ['CREATE TEMP TABLE t (a int)', 'create-table t unknown temporary'],
    ['CREATE TEMP TABLE t AS SELECT 1', 'create-table t unknown temporary'],
    ['CREATE INDEX CONCURRENTLY i ON t (a)', 'create-index t unknown concurrently'],
  ])('%s', (text, expected) => {
    const [statement] = read(text).statements;
    expect(`${statement?.verb} ${statement?.targets} ${statement?.where} ${statement?.flags}`).toBe(expected);
    expect(statement?.method).toBe('tree');
  });

  it.each([
    [
      'ALTER TABLE t DROP COLUMN IF EXISTS b CASCADE, ALTER c SET NOT NULL, ADD COLUMN d int',
      'drop-column b, set-not-null c, add-column d int',
    ],
    ['ALTER TABLE t RENAME COLUMN a TO b', 'rename-column a > b'],
    ['ALTER TABLE t RENAME TO u', 'rename-to > u'],
    ['GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC', 'privilege all, grantee public'],
    [
      'GRANT SELECT, INSERT (a, b) ON t TO "x", y WITH GRANT OPTION',
      'privilege select, privilege insert, grantee x, grantee y, option with-grant-option',
    ],
    [
      'ALTER TABLE t ALTER COLUMN a TYPE numeric(8, 2) USING a::int, ALTER b SET DATA TYPE timestamp with time zone',
      'alter-type a numeric(8,2), alter-type b timestamp with time zone',
    ],
    [
      'ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES u (id) ON DELETE CASCADE NOT VALID',
      'add-constraint k foreign-key a > u(id) cascade+not-valid',
    ],
    [
      'ALTER TABLE t ADD CHECK (a > 0), DROP CONSTRAINT c, DISABLE ROW LEVEL SECURITY',
      'add-constraint  check a, drop-constraint c, row-security disable',
    ],
    [
      'CREATE TABLE t (id bigserial PRIMARY KEY, o int NOT NULL REFERENCES orders (id), n text DEFAULT 5)',
      'add-column id bigserial primary-key filled, add-column o int > orders(id) not-null, add-column n text default',
    ],
    ['CREATE UNIQUE INDEX i ON t (a, lower(b), c DESC)', 'add-index i a,c unique'],
    ["CREATE TYPE e AS ENUM ('a', 'b')", 'enum-value a, enum-value b'],
    ["ALTER TYPE e RENAME VALUE 'a' TO 'b'", 'rename-value a > b'],
    ["SET LOCAL lock_timeout = '5s'", 'setting lock_timeout > 5s'],
    ['BEGIN ISOLATION LEVEL SERIALIZABLE', 'isolation serializable'],
    ['SELECT a FROM t FOR UPDATE', 'lock update'],
    ['ALTER ROLE r SUPERUSER', 'option superuser'],
    [
      'ALTER TABLE `t` MODIFY COLUMN `a` smallint NOT NULL, CHANGE b c varchar(5)',
      'alter-type a smallint not-null, rename-column b > c, alter-type b varchar(5)',
    ],
    [
      'ALTER TABLE `t` DROP FOREIGN KEY f, DROP INDEX i, DROP `x`, ADD UNIQUE KEY u (a)',
      'drop-constraint f foreign-key, drop-index i, drop-column x, add-constraint u unique a',
    ],
    ['ALTER TABLE [t] ALTER COLUMN [a] varchar(10) NOT NULL', 'alter-type a varchar(10) not-null'],
    ['ALTER TABLE [t] DROP COLUMN a, b', 'drop-column a, drop-column b'],
    ['ALTER TABLE [t] ADD a int NOT NULL, b int NULL', 'add-column a int not-null, add-column b int'],
    ['ALTER TABLE t MODIFY (a number(5), b NOT NULL)', 'alter-type a number(5), set-not-null b'],
    ["EXEC sp_rename 'orders.total', 'amount', 'COLUMN'", 'rename-column total > amount'],
    ['RENAME TABLE a TO b, c TO d', 'rename-to a > b, rename-to c > d'],
  ])('reads the clauses of %s', (text, expected) => {
    expect((read(text).statements[0]?.actions ?? []).map(drawAction).join(', ')).toBe(expected);
  });

  it.each([
    ["UPDATE o SET a = 1 WHERE o.s = 'x' AND (b < 5 AND c BETWEEN 1 AND 2) LIMIT 3", "s = 'x' | b < 5 | c between 1 and 2"],
    ['DELETE FROM o WHERE id IN (SELECT id FROM o WHERE old AND gone LIMIT 9)', 'id in ( select ) | old | gone'],
    ["SELECT * FROM a JOIN b ON a.x = b.y AND b.z WHERE left(c, 1) = 'q' GROUP BY c", "x = y | z | left ( c , 1 ) = 'q'"],
    ['DELETE FROM o WHERE a IS DISTINCT FROM b OR c', 'a is distinct from b or c'],
  ])('cuts the conditions of %s', (text, expected) => {
    expect(read(text).statements[0]?.conditions.join(' | ')).toBe(expected);
  });

  it('counts what a WITH, a DO block and a routine change', () => {
    const verbs = (text: string): readonly string[] => read(text).statements.map((statement) => `${statement.verb} ${statement.where}`);
    expect(verbs('WITH d AS (DELETE FROM x RETURNING *) SELECT * FROM d')).toEqual(['delete none', 'select unknown']);
    expect(verbs('DO $$ BEGIN IF true THEN DELETE FROM x; END IF; END $$')).toEqual(['do unknown', 'delete none']);
    expect(verbs("DO $$ BEGIN EXECUTE 'DROP TABLE x'; END $$")).toEqual(['do unknown', 'drop-table unknown']);
    expect(verbs('CREATE FUNCTION f() RETURNS SETOF x AS $$ BEGIN RETURN QUERY SELECT * FROM x WHERE y; END $$ LANGUAGE plpgsql')).toEqual([
      'create-function unknown',
      'select unknown',
    ]);
    expect(verbs('CREATE TRIGGER t AFTER DELETE ON x BEGIN DELETE FROM log; END;\nSELECT 1;')).toEqual([
      'create-trigger unknown',
      'delete none',
      'select unknown',
    ]);
  });
});

describe('statements by their tokens', () => {
  it.each([
    ['DELETE FROM `orders` LIMIT 10', 'delete orders none'],
    ['DELETE FROM [dbo].[Users]', 'delete dbo.users none'],
    ['DELETE o FROM orders o JOIN x ON x.id = o.id', 'delete orders unknown'],
    ['UPDATE `a` SET b = 1 WHERE true', 'update a trivial'],
    ['ALTER TABLE `m` DROP `col`, MODIFY x int', 'alter-table m unknown'],
    ['DROP TABLE #tmp', 'drop-table #tmp unknown'],
    ['TRUNCATE TABLE `a`', 'truncate a unknown'],
  ])('%s', (text, expected) => {
    const facts = read(text);
    const [statement] = facts.statements;
    expect(`${statement?.verb} ${statement?.targets} ${statement?.where}`).toBe(expected);
    expect(statement?.method).toBe('tokens');
    expect(facts.blindSpots).toEqual([{ reason: 'parse-error', detail: '1 statement read by tokens, first on line 1' }]);
  });

  it('loses one statement of a foreign dialect and no other', () => {
    const { statements, blindSpots } = read('DELETE FROM `a`;\nDROP TABLE b;\nREPLACE INTO `c` VALUES (1);\n');
    expect(statements.map((statement) => statement.method)).toEqual(['tokens', 'tree', 'tokens']);
    expect(blindSpots).toEqual([{ reason: 'parse-error', detail: '2 statements read by tokens, first on line 1' }]);
  });

  it('cuts at DELIMITER, GO and at verbs where nothing else ends a statement', () => {
    const shown = (text: string): readonly string[] =>
      read(text).statements.map((statement) => `${statement.range.start.line} ${statement.verb} ${statement.targets}`);
    expect(shown('DELIMITER $$\nCREATE PROCEDURE p() BEGIN DELETE FROM a; END$$\nDELIMITER ;\nDROP TABLE `b`;\n')).toEqual([
      '2 create-procedure p',
      '2 delete a',
      '4 drop-table b',
    ]);
    expect(shown('DELETE FROM a\nGO\nDELETE FROM [b]\nDELETE FROM c WHERE x = @p\n')).toEqual(['1 delete a', '3 delete b', '4 delete c']);
  });
});

describe('comments that MySQL and MariaDB run', () => {
  it.each([
    ['/*!50000 DROP TABLE users */;', ['1 drop-table users']],
    ['/*! DROP TABLE users */;\nSELECT 1;', ['1 drop-table users', '2 select ']],
    ['/*M! DROP TABLE users */', ['1 drop-table users']],
    ['/*M!100100 DROP */ /*! TABLE */ users;', ['1 drop-table users']],
    ['/*!50000 DELETE FROM a; DROP TABLE b */;', ['1 delete a', '1 drop-table b']],
    ["/*! SELECT 'it */; DROP TABLE users;", ['1 select ', '1 drop-table users']],
    ['DELETE FROM a WHERE x = 1 /*! OR 1 = 1 */;', ['1 delete a']],
    ['/* DROP TABLE users */;\nSELECT 1;', ['2 select ']],
  ])('%s', (text, expected) => {
    expect(read(text).statements.map(({ range, verb, targets }) => `${range.start.line} ${verb} ${targets}`)).toEqual(expected);
  });

  it('does not ask a grammar to which they are comments', () => {
    expect(read('DELETE FROM a WHERE x = 1 /*! OR 1 = 1 */;').statements[0]?.method).toBe('tokens');
  });
});

describe('what is no statement', () => {
  it('skips comments, strings, psql lines and the data of a COPY', () => {
    const { statements } = read(
      "-- DROP TABLE a;\n/* DROP /* TABLE */ b; */\nSELECT 'DROP TABLE c;';\n\\d x\nCOPY t FROM stdin;\nDROP TABLE d;\n\\.\nSELECT 2;\n",
    );
    expect(statements.map((statement) => statement.verb)).toEqual(['select', 'copy', 'select']);
  });

  it('takes placeholders of a driver for values', () => {
    const { statements, blindSpots } = read('DELETE FROM a WHERE x = ? AND y = :name AND z = %s AND w = @p;');
    expect(statements[0]?.method).toBe('tree');
    expect(blindSpots).toEqual([]);
  });
});

describe('identity', () => {
  it('knows the down half of a migration', () => {
    const { statements } = read('-- +goose Up\nCREATE TABLE a (x int);\n-- +goose Down\nDROP TABLE a;\n');
    expect(statements.map((statement) => statement.scope)).toEqual(['up', 'down']);
    expect(statements[1]?.key).not.toBe(read('DROP TABLE a;').statements[0]?.key);
  });

  it('gives the same key and tokens to another layout and another case of keywords', () => {
    const one = read('drop table A;');
    const other = read('-- gone\nDROP\n  TABLE  a;\n');
    expect(other.statements[0]?.key).toBe(one.statements[0]?.key);
    expect(other.tokens.map((token) => token.text)).toEqual(one.tokens.map((token) => token.text));
    expect(read("SELECT 'A'").statements[0]?.key).not.toBe(read("SELECT 'a'").statements[0]?.key);
  });

  it('counts characters in UTF-16 units', () => {
    expect(read("SELECT 'é😀'; DROP TABLE ü;").statements[1]?.range).toEqual({
      start: { line: 1, character: 14 },
      end: { line: 1, character: 26 },
    });
  });
});

it('never throws', () => {
  const pieces = fc.constantFrom(
    'DELETE FROM a',
    ';',
    "'",
    '"',
    '$$',
    '--',
    '/*',
    '/*!50000 ',
    '/*!',
    '*/',
    '\n',
    ' ',
    '(',
    ')',
    'BEGIN',
    'END',
    'DELIMITER //',
    '//',
    'WITH x AS (',
    'CREATE FUNCTION',
    '\\',
    '`',
    '[',
    'é',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      const text = parts.join('');
      for (const { range } of read(text).statements) expect(range.end.line).toBeLessThanOrEqual(text.split('\n').length);
    }),
    { numRuns: 300 },
  );
});

it.each([
  ['copy a from stdin;\n1\n\\.\n', 'copy a from stdin;\n2\n\\.\n'],
  ['/*! drop table a */;\nselect 1;', '/*! drop table b */;\nselect 1;'],
  ['-- +goose Down\ndrop table a;', '-- +goose Up\ndrop table a;'],
  ['delete from a\ngo\n', 'delete from a go\n'],
])('tells texts of another meaning apart by their tokens: %j and %j', (one, other) => {
  const tokens = (text: string): readonly string[] => read(text).tokens.map((token) => token.text);
  expect(tokens(one)).not.toEqual(tokens(other));
  expect(tokens(one)).not.toEqual([]);
});

function read(text: string): SourceFacts {
  const facts = readFacts(PATH, text);
  if (facts === undefined) throw new Error('expected a language for a script, found none');
  return facts;
}

function drawAction(action: SqlAction): string {
  const references = action.references === undefined ? '' : `> ${action.references.table}(${action.references.columns})`;
  const to = action.to === undefined ? '' : `> ${action.to}`;
  const parts = [
    `${action.kind}${action.name === '' && action.kind !== 'add-constraint' ? '' : ` ${action.name}`}`,
    action.type,
    action.constraint,
  ];
  return [...parts, action.columns?.join(','), to, references, action.marks.join('+')].filter(Boolean).join(' ');
}
