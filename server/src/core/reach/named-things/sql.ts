import { casesOf, singularOf, wordsOf } from './name-forms.ts';
import { CODE, lastPart, type Mention, type ThingKind } from './thing-kind.ts';

const FILES: readonly string[] = [
  ...CODE,
  '.sql',
  '.prisma',
  '.graphql',
  '.gql',
  '.xml',
  '.yml',
  '.yaml',
  '.json',
  '.hbs',
  '.html',
  '.j2',
  '.erb',
  '.sh',
];

/** Where the shape of a database is written down, step by step. */
const HISTORY = /(^|\/)(migrations?|migrate|alembic|versions|flyway|changelogs?|liquibase)\/|(^|\/)schema\.(sql|prisma|rb)$/i;

/** A column: its name in SQL of any file, and as the attribute, the property or the field that a mapper makes of it. */
export const column: ThingKind = {
  forms: ({ name }) => casesOf(lastPart(name)),
  extensions: FILES,
  judge: (mention) => (HISTORY.test(mention.path) || declaresColumn(mention) ? 'definition' : 'use'),
};

/** A table: its name in SQL, and the class that a mapper makes of it (`OrderItem` of `order_items`). */
export const table: ThingKind = {
  forms: ({ name }) => {
    const own = lastPart(name);
    const words = wordsOf(own);
    const single = singularOf(own);
    // Django calls a table by its application and its model.
    const models = words.slice(1).map((_, at) => words.slice(at + 1).join('_'));
    return [...casesOf(own), ...classForms(single), ...models.flatMap((model) => classForms(singularOf(model)))];
  },
  extensions: FILES,
  judge: (mention, { name }) => {
    const { before, path } = mention;
    const isModelOfDjango =
      !classForms(singularOf(lastPart(name))).includes(mention.form) && !casesOf(lastPart(name)).includes(mention.form);
    // A class that only shares the end of the name is the table's where Django's files lie.
    if (isModelOfDjango && !path.endsWith('.py')) return undefined;
    if (HISTORY.test(path)) return 'definition';
    return /\b(create\s+table(\s+if\s+not\s+exists)?\s+|class\s+|model\s+|struct\s+|interface\s+|type\s+|@Table\([^\n]{0,400}|@Entity\([^\n]{0,400}|__tablename__\s*=\s*|db_table\s*=\s*|table_name\s*=\s*|(pg|mysql|sqlite)Table\()["'`[\w.]{0,200}$/i.test(
      before,
    )
      ? 'definition'
      : 'use';
  },
};

function classForms(name: string): readonly string[] {
  return casesOf(name).filter((form) => /^[A-Z]/.test(form));
}

/** The line gives the column its type: in a schema, in a model, in a class of an object mapper. */
function declaresColumn({ before, after, path }: Mention): boolean {
  if (/\.prisma$/.test(path)) return /^\s*$/.test(before) && /^\s+\w/.test(after);
  if (path.endsWith('.sql'))
    return /^\s*["'`[]?$/.test(before) && /^["'`\]]?\s+(\w+(\(|\s|,|$))/.test(after) && !/^\s*(=|,|AS\b|IN\b|IS\b)/i.test(after);
  if (/@(Column|JoinColumn|Field)\b/.test(before) || /\b(gorm|db|bson):"[^"]*$/.test(before)) return true;
  return (
    /^\s*["']?$/.test(before) &&
    /^["']?\s{0,40}(:\s{0,40}[\w[\]., |]{1,200})?\s{0,40}[=:]\s{0,40}(models\.|db\.|sa\.|fields\.|Column\(|mapped_column\(|relationship\(|(text|varchar|integer|int|serial|bigint|boolean|timestamp|uuid|numeric|jsonb?)\()/.test(
      after,
    )
  );
}
