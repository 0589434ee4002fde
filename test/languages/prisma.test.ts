import { beforeAll, describe, expect, it } from 'vitest';
import { readFacts } from '../../server/src/core/facts/read-facts.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { SourceFacts } from '../../server/src/core/model/facts.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';

const PATH = 'prisma/schema.prisma' as RepoPath;

beforeAll(async () => {
  await prepareLanguages([PATH], async () => new Uint8Array());
});

const SCHEMA = `datasource db {
  provider = "postgresql"
}

model Booking {
  id        BigInt   @id @default(autoincrement())
  legacyRef String?  @db.VarChar(40)
  code      String   @unique @map("room_code") // a remark
  price     Decimal  @db.Decimal(10, 2)
  kind      Kind     @default(SINGLE)
  tags      String[]
  guestId   BigInt
  guest     Guest    @relation(fields: [guestId], references: [id], onDelete: Cascade)

  @@unique([code, kind])
  @@index([guestId], map: "by_guest")
}

model Guest {
  id       BigInt    @id
  bookings Booking[]

  @@map("guests")
}

enum Kind {
  SINGLE
  DOUBLE
}
`;

describe('a schema', () => {
  it('is tables, columns, constraints and values', () => {
    const shown = read(SCHEMA).statements.map(({ verb, targets, actions }) => {
      const [action] = actions;
      if (action === undefined) return `${verb} ${targets}`;
      const what = [
        action.name,
        action.type,
        action.constraint,
        action.columns?.join('+'),
        action.references?.table,
        action.marks.join('+'),
      ];
      return `${verb} ${targets}: ${what.filter(Boolean).join(' ')}`;
    });
    expect(shown).toEqual([
      'declare-table booking',
      'declare-column booking: id bigint primary-key not-null+default',
      'declare-column booking: legacy_ref varchar(40)',
      'declare-column booking: room_code text not-null+unique',
      'declare-column booking: price numeric(10,2) not-null',
      'declare-column booking: kind kind not-null+default',
      'declare-column booking: tags text[]',
      'declare-column booking: guest_id bigint not-null',
      'declare-constraint booking: foreign-key guest_id guests cascade',
      'declare-constraint booking: code_kind unique code+kind',
      'declare-constraint booking: by_guest guest_id',
      'declare-table guests',
      'declare-column guests: id bigint primary-key not-null',
      'declare-enum kind',
      'declare-value kind: SINGLE',
      'declare-value kind: DOUBLE',
    ]);
  });

  it('gives its configuration as settings', () => {
    expect(read(SCHEMA).settings.map(({ path, value }) => `${path.join('.')}=${value}`)).toEqual(['datasource.db.provider=postgresql']);
  });

  it('places a column on its own line, with no remark among its tokens', () => {
    const facts = read(SCHEMA);
    expect(facts.statements.find(({ actions }) => actions[0]?.name === 'room_code')?.range.start).toEqual({ line: 8, character: 2 });
    expect(facts.tokens.some(({ text }) => text === 'remark')).toBe(false);
  });

  it('is a blind spot and no token where it cannot be read', () => {
    for (const text of ['model {', 'model Guest {\n  id\n}\n']) {
      const facts = read(text);
      expect(facts.blindSpots).toEqual([{ reason: 'parse-error', detail: expect.not.stringContaining('Cannot read') }]);
      expect(facts.tokens).toEqual([]);
    }
  });
});

function read(text: string): SourceFacts {
  const facts = readFacts(PATH, text);
  if (facts === undefined) throw new Error('expected a language for a Prisma schema');
  return facts;
}
