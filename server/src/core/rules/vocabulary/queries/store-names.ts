import type { SourceFacts } from '../../../model/facts.ts';
import { tokensOn } from '../code/code-text.ts';

/**
 * The entity whose rows a receiver holds, by what the file says of it: its declared type (`dishes: Repository<Dish>`,
 * `private final DishRepository dishes`), or what it was made of (`repo = source.getRepository(Dish)`). In lower case, `rows`
 * where no entity is named, and undefined where nothing says that it is a store.
 */
export function entityOf(source: string, facts: SourceFacts | undefined): string | undefined {
  const made = madeOf(source);
  if (made !== undefined) return made;
  const name = /(?<![\w$])\d*([A-Za-z_$][\w$]*)$/.exec(source)?.[1];
  if (name === undefined || facts === undefined) return undefined;
  for (const symbol of facts.symbols) {
    const isNamed = symbol.name === name || symbol.name.endsWith(`.${name}`);
    const types = [...(isNamed && symbol.kind !== 'function' && symbol.kind !== 'method' ? [symbol.type] : [])];
    for (const parameter of symbol.parameters) if (parameter.name === name) types.push(parameter.type);
    for (const type of types) {
      const entity = entityOfType(type);
      if (entity !== undefined) return entity;
    }
  }
  return entityOfAssignment(name, facts);
}

const GENERIC =
  /\b(?:\w*Repository|Repo|Model|ModelStatic|ReturnModelType|EntityRepository|Dao|DbSet|Table)<\s*(?:typeof\s+)?([A-Za-z_]\w*)/;
const NAMED = /(?:^|[\s*&.:<])([A-Z]\w*)?(Repository|Repo|Dao|DAO)>?$/;

function entityOfType(type: string): string | undefined {
  const generic = GENERIC.exec(type)?.[1];
  if (generic !== undefined) return generic.toLowerCase();
  const named = NAMED.exec(type);
  if (named !== null) return named[1]?.toLowerCase() || 'rows';
  return /\bmongo\.Collection\b|MongoCollection|MotorCollection/.test(type) ? 'rows' : undefined;
}

const MAKES =
  /^(getRepository|get_repository|getMongoRepository|getCustomRepository|getTreeRepository|withRepository|get_model|getModel|collection|getCollection|Collection)$/;

/** `source.getRepository(Dish)`: a store that is asked for where it is used. */
function madeOf(source: string): string | undefined {
  const match = /\.(\w+)\(([^()]*)\)$/.exec(source);
  return match !== null && MAKES.test(match[1] ?? '') ? lastWord(match[2] ?? '') : undefined;
}

function entityOfAssignment(name: string, facts: SourceFacts): string | undefined {
  for (const [at, token] of facts.tokens.entries()) {
    if (token.text !== name || !/^(=|:=)$/.test(facts.tokens[at + 1]?.text ?? '')) continue;
    const line = tokensOn(facts, token.line, token.line + 1);
    const maker = line.findIndex((other, index) => MAKES.test(other.text) && line[index + 1]?.text === '(');
    if (maker < 0) continue;
    const rest = line.slice(maker + 2).map((other) => other.text);
    return lastWord(rest.slice(0, Math.max(0, rest.indexOf(')'))).join(' '));
  }
  return undefined;
}

/** `Customer` of `"crm", "Customer"`. */
function lastWord(text: string): string {
  return (
    (text.match(/[A-Za-z_]\w*/g) ?? [])
      .filter((word) => word !== 'class')
      .at(-1)
      ?.toLowerCase() ?? 'rows'
  );
}
