import { type SqlVerdict, verdict } from './verdict.ts';

/** A node of the parser's JSON. The typings of the package are as wide as Postgres; we read a few fields of a few nodes. */
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/**
 * Reads the parse of one statement: the statement itself last, data-changing parts of its WITH before it. Undefined stands for
 * a kind of which the tokens say as much as the tree.
 */
export function readParse(parse: unknown): readonly (SqlVerdict | undefined)[] {
  // The parser's own JSON, whose shape every accessor below checks again.
  const statements = list(object(parse as Json).stmts);
  return statements.flatMap((statement) => readStatement(object(object(statement).stmt)));
}

function readStatement(wrapped: JsonObject): readonly (SqlVerdict | undefined)[] {
  const [kind, value] = Object.entries(wrapped)[0] ?? ['', null];
  const node = object(value);
  const within = list(object(node.withClause ?? null).ctes).flatMap((cte) => {
    const found = readStatement(object(object(object(cte).CommonTableExpr ?? null).ctequery ?? null));
    return found.filter((inner) => inner !== undefined && inner.verb !== 'select');
  });
  if (kind === 'ExplainStmt' && !isAnalyze(node)) return [verdict('explain', [])];
  if (kind === 'ExplainStmt' || kind === 'PrepareStmt') return readStatement(object(node.query ?? null));
  return [...within, readOne(kind, node)];
}

function isAnalyze(node: JsonObject): boolean {
  return list(node.options).some((option) => object(object(option).DefElem ?? null).defname === 'analyze');
}

/** Undefined where the tokens say as much. */
function readOne(kind: string, node: JsonObject): SqlVerdict | undefined {
  switch (kind) {
    case 'DropStmt':
      // The tokens know the table of a policy apart from the policy.
      if (node.removeType === 'OBJECT_POLICY') return undefined;
      return verdict(`drop-${dropped(text(node.removeType))}`, list(node.objects).map(objectName), { flags: flagsOf(node) });
    case 'DropdbStmt':
      return verdict('drop-database', [text(node.dbname).toLowerCase()], { flags: flagsOf(node) });
    case 'TruncateStmt':
      return verdict('truncate', list(node.relations).map(relation), { flags: flagsOf(node) });
    case 'DeleteStmt':
      return verdict('delete', [relation(node.relation ?? null)], { where: whereOf(node.whereClause) });
    case 'UpdateStmt':
      return verdict('update', [relation(node.relation ?? null)], { where: whereOf(node.whereClause) });
    case 'InsertStmt':
      return verdict('insert', [relation(node.relation ?? null)]);
    case 'CreateStmt':
      return verdict('create-table', [relation(node.relation ?? null)], { flags: creationFlags(node, node.relation) });
    case 'CreateTableAsStmt':
      return verdict('create-table', [relation(object(node.into ?? null).rel ?? null)], {
        flags: creationFlags(node, object(node.into ?? null).rel),
      });
    default:
      return undefined;
  }
}

function whereOf(clause: Json | undefined): SqlVerdict['where'] {
  if (clause === undefined || clause === null) return 'none';
  return isAlwaysTrue(object(clause)) ? 'trivial' : 'present';
}

/** `true`, `1`, `1 = 1`, `'a' = 'a'`, `x OR true`. */
function isAlwaysTrue(node: JsonObject): boolean {
  const constant = object(node.A_Const ?? null);
  if (node.A_Const !== undefined) return object(constant.boolval ?? null).boolval === true || object(constant.ival ?? null).ival === 1;
  const comparison = object(node.A_Expr ?? null);
  if (node.A_Expr !== undefined) {
    const sides = [comparison.lexpr, comparison.rexpr].map((side) => withoutLocation(side ?? null));
    const operator = text(object(object(list(comparison.name)[0] ?? null).String ?? null).sval);
    return operator === '=' && sides[0] !== undefined && sides[0] === sides[1] && sides[0].includes('A_Const');
  }
  const logic = object(node.BoolExpr ?? null);
  const parts = list(logic.args).map((part) => isAlwaysTrue(object(part)));
  if (logic.boolop === 'OR_EXPR') return parts.includes(true);
  return logic.boolop === 'AND_EXPR' && parts.every(Boolean);
}

function withoutLocation(node: Json): string {
  return JSON.stringify(node, (key, value) => (key === 'location' ? undefined : value));
}

function flagsOf(node: JsonObject): SqlVerdict['flags'] {
  const flags: SqlVerdict['flags'][number][] = [];
  if (node.behavior === 'DROP_CASCADE') flags.push('cascade');
  if (node.missing_ok === true) flags.push('if-exists');
  if (node.concurrent === true) flags.push('concurrently');
  return flags;
}

function creationFlags(creation: JsonObject, rangeVar: Json | undefined): SqlVerdict['flags'] {
  const node = object(rangeVar ?? null);
  const persistence = node.relpersistence ?? object(node.RangeVar ?? null).relpersistence;
  return [
    ...(persistence === 't' ? (['temporary'] as const) : []),
    ...(creation.if_not_exists === true ? (['if-not-exists'] as const) : []),
  ];
}

function relation(value: Json): string {
  const wrapped = object(value);
  const node = wrapped.RangeVar === undefined ? wrapped : object(wrapped.RangeVar);
  const parts = [text(node.catalogname), text(node.schemaname), text(node.relname)].filter((part) => part !== '');
  return parts.join('.').toLowerCase();
}

function objectName(value: Json): string {
  const node = object(value);
  if (node.RangeVar !== undefined) return relation(value);
  const items =
    node.List === undefined
      ? list(object(node.TypeName ?? object(node.ObjectWithArgs ?? null)).names ?? object(node.ObjectWithArgs ?? null).objname)
      : list(object(node.List).items);
  const parts =
    node.String === undefined ? items.map((item) => text(object(object(item).String ?? null).sval)) : [text(object(node.String).sval)];
  return parts.join('.').toLowerCase();
}

function dropped(objectType: string): string {
  const name = kebab(objectType.replace(/^OBJECT_/, '').toLowerCase());
  return name === 'matview' ? 'view' : name;
}

function kebab(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/_/g, '-')
    .toLowerCase();
}

function object(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
