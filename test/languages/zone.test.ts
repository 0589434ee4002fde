import { describe, expect, it } from 'vitest';
import zone from '../../server/src/core/languages/zone/index.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';

const PATH = 'dns/example.com.zone' as RepoPath;
const read = (text: string): ReturnType<typeof zone.facts> => zone.facts(PATH, text, () => zone.facts(PATH, '', () => never()));
const never = (): never => {
  throw new Error('a zone file embeds nothing');
};
const settings = (text: string): readonly string[] =>
  read(text).settings.map((setting) => `${setting.range.start.line} ${setting.scope} ${setting.path.join('.')} = ${String(setting.value)}`);

describe('zone files', () => {
  it('reads names, types, values and times to live', () => {
    expect(settings('$ORIGIN example.com.\n$TTL 1h\n@ IN NS ns1\nwww 300 IN A 192.0.2.1\n    IN A 192.0.2.2 ; second\n')).toEqual([
      '3 example.com. NS records.0 = ns1',
      '3 example.com. NS ttl = 3600',
      '4 www.example.com. A records.0 = 192.0.2.1',
      '4 www.example.com. A ttl = 300',
      '5 www.example.com. A records.1 = 192.0.2.2',
      '2 $TTL ttl = 3600',
    ]);
  });

  it('goes on over lines while a parenthesis is open', () => {
    const [soa] = read('@ IN SOA ns1 admin (\n  2024 ; serial\n  3600 )\n').settings;
    expect(soa?.value).toBe('ns1 admin 2024 3600');
    expect(soa?.range.end.line).toBe(3);
  });

  it('keeps a quoted text whole and never throws', () => {
    expect(settings('a TXT "v=spf1 ; not a comment"\n')).toEqual(['1 a TXT records.0 = "v=spf1 ; not a comment"']);
    expect(settings('( "\n;\n$TTL\n')).toEqual([]);
  });
});
