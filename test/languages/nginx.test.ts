import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import nginx from '../../server/src/core/languages/nginx/index.ts';
import { languageOf } from '../../server/src/core/languages/prepare.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';

const PATH = 'nginx/nginx.conf' as RepoPath;
const read = (text: string): ReturnType<typeof nginx.facts> => nginx.facts(PATH, text, () => never());
const never = (): never => {
  throw new Error('a configuration of nginx embeds nothing');
};
const settings = (text: string): readonly string[] =>
  read(text).settings.map((setting) => `${setting.range.start.line} ${setting.path.join(' > ')} = ${String(setting.value)}`);

describe('configuration of nginx', () => {
  it.each([
    ['nginx.conf', 'nginx'],
    ['deploy/nginx.prod.conf.template', 'nginx'],
    ['openresty/snippets/tls.conf', 'nginx'],
    ['etc/conf.d/shop.conf', 'nginx'],
    ['sites-enabled/shop', 'nginx'],
    ['shop.vhost', 'nginx'],
    ['postgres/conf.d/tuning.conf', undefined],
    ['supervisor/conf.d/worker.conf', undefined],
    ['conf.d/reload.sh', 'shell'],
    ['src/server.conf', undefined],
  ])('%s is read as %s', (path, id) => {
    expect(languageOf(path as RepoPath)?.id).toBe(id);
  });

  it('puts a directive under the blocks around it', () => {
    expect(
      settings('worker_processes 4;\nserver {\n  listen 443 ssl; # here\n  location = /pay { limit_req zone=pay burst=5; }\n}\n'),
    ).toEqual(['1 worker_processes = 4', '3 server > listen = 443 ssl', '4 server > location = /pay > limit_req = zone=pay burst=5']);
  });

  it('keeps what stands between quotes and in ${name} whole', () => {
    expect(
      settings('add_header X-Note "a; b { c";\nset $up \'x#y\';\nproxy_pass http://${backend}/;\nif ($a ~ "\\"}" ) { return 403; }\n'),
    ).toEqual([
      '1 add_header = X-Note a; b { c',
      '2 set = $up x#y',
      '3 proxy_pass = http://${backend}/',
      '4 if ($a ~ "\\"}" ) > return = 403',
    ]);
  });

  it('tells a range from the name to the last word, over several lines', () => {
    const [log] = read('  log_format main\n    "$a"\n    "$b" ;\n').settings;
    expect(log?.range).toEqual({ start: { line: 1, character: 2 }, end: { line: 3, character: 8 } });
    expect(log?.value).toBe('main $a $b');
  });

  it('says the same of other white space and remarks', () => {
    const tokens = (text: string): readonly string[] => read(text).tokens.map((token) => token.text);
    expect(tokens('server{listen 80;}')).toEqual(tokens('# shop\nserver\n{\n\tlisten   80 ; # all\n}\n'));
    expect(tokens('server{listen 80;}')).not.toEqual(tokens('server{listen 81;}'));
  });

  it.each([
    ['server {\n  listen 80;\n', 'expected a closing brace, found the end'],
    ['listen 80', 'expected a closing brace, found the end'],
    ['a 1;\n}\n', 'line 2'],
    ['server {\n  listen 80\n}\n', 'line 3'],
    ['location / {\n  content_by_lua_block {\n    ngx.say("}")\n  }\n}\n', 'line 2: lua'],
  ])('names what it cannot read: %j', (text, detail) => {
    const { blindSpots, tokens } = read(text);
    expect(blindSpots).toEqual([{ reason: 'parse-error', detail }]);
    expect(tokens).toEqual([]);
  });

  it('never throws', () => {
    const parts = fc.array(fc.oneof(fc.string(), fc.constantFrom('a 1;', 'b {', '}', '"', "'", '\\', '${', '#', '\n', ';')), {
      maxLength: 14,
    });
    fc.assert(
      fc.property(parts, (text) => void read(text.join(' '))),
      { numRuns: 100 },
    );
  });
});
