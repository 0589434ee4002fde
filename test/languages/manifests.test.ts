import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readFacts } from '../../server/src/core/facts/read-facts.ts';
import { languageOf, prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { SourceFacts } from '../../server/src/core/model/facts.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { assetFile } from '../../server/src/host/assets.ts';

const { resolve } = createRequire(import.meta.url);
const PATHS = [
  'Makefile',
  '.npmrc',
  'pyproject.toml',
  'requirements.txt',
  'go.mod',
  '.env',
  'yarn.lock',
  'application.properties',
] as RepoPath[];

beforeAll(async () => {
  await prepareLanguages(PATHS, async (name) => readFileSync(assetFile(name, resolve)));
});

it('knows each file by its path', () => {
  const ids = [
    ...PATHS,
    'setup.cfg',
    'app/.env.production',
    'requirements/base.in',
    'Cargo.toml',
    'Cargo.lock',
    'go.sum',
    'build/rules.mk',
    'Pipfile',
    'src/main/resources/application-prod.properties',
    'deploy/shop.service',
  ];
  expect(ids.map((path) => languageOf(path as RepoPath)?.id)).toEqual([
    'make',
    'ini',
    'toml',
    'requirements',
    'go-mod',
    'dotenv',
    'lock-file',
    'ini',
    'ini',
    'dotenv',
    'requirements',
    'toml',
    'lock-file',
    'lock-file',
    'make',
    'toml',
    'ini',
    'ini',
  ]);
});

describe('make', () => {
  it('reads recipes as shell in the scope of their target, and $(NAME) as a variable', () => {
    const { commands, settings } = read(
      'Makefile',
      'OUT ?= dist # where\nclean: dist ## help\n\t@rm -rf $(OUT)/*\n\t-rm -f x; \\\n\t  ls $$HOME\n',
    );
    expect(
      commands.map((command) => `${command.scope}: ${command.written} ${command.range.start.line}:${command.range.start.character}`),
    ).toEqual(['clean: rm -rf ${OUT}/* 3:2', 'clean: rm -f x 4:2', 'clean: ls $HOME 5:3', 'clean: true 5:15']);
    expect(settings.map((setting) => setting.key)).toEqual(['OUT=dist']);
  });

  it('takes a define for text', () => {
    expect(read('Makefile', 'define HELP\nrm -rf /\nendef\n').commands).toEqual([]);
  });
});

describe('ini', () => {
  it('reads settings behind their section, and a value over indented lines as one', () => {
    const facts = read('setup.cfg', '[options]\ninstall_requires =\n    requests==2.32.3\n    flask>=3\nzip_safe = False\n');
    expect(facts.settings.map((setting) => `${setting.path.join('/')}=${setting.value}`)).toEqual([
      'options/install_requires=requests==2.32.3\nflask>=3',
      'options/zip_safe=False',
    ]);
    expect(facts.dependencies.map(({ name, version }) => `${name} ${version}`)).toEqual(['requests ==2.32.3', 'flask >=3']);
  });

  it('keeps the scope of a registry in its name', () => {
    expect(read('.npmrc', '@acme:registry=https://npm.example.org/\n').settings.map((setting) => setting.path)).toEqual([
      ['@acme:registry'],
    ]);
  });
});

describe('properties', () => {
  const at = (text: string): readonly string[] =>
    read('application.properties', text).settings.map(
      (setting) => `${setting.range.start.line}:${setting.range.start.character} ${setting.path.join('/')}=${setting.value}`,
    );

  it('takes a dotted name for a path', () => {
    expect(at('# limits\nserver.port=8080\n! more\n  spring.datasource.hikari.maximum-pool-size = 20\n')).toEqual([
      '2:0 server/port=8080',
      '4:2 spring/datasource/hikari/maximum-pool-size=20',
    ]);
  });

  it('reads the signs of Java: `!` for a remark, `:` behind a name, a backslash for a value that goes on', () => {
    expect(at('hosts: a,\\\n  b=1,\\\nc:2\n  retry.max : 3\npath=c:\\\\\nlast=1\n')).toEqual([
      '1:0 hosts=a,\nb=1,\nc:2',
      '4:2 retry/max=3',
      '5:0 path=c:\\\\',
      '6:0 last=1',
    ]);
  });

  it('keeps the dots of a name in a section, and of a file that is none', () => {
    expect(read('app.ini', 'a.b = 1\n[c]\nd.e = 2\n').settings.map((setting) => setting.path)).toEqual([['a.b'], ['c', 'd.e']]);
  });

  it('leaves a value as it stands, signs and all', () => {
    expect(at('url=jdbc:postgresql://db/shop?ssl=true&a=b\nempty=\ncolour=#fff\n')).toEqual([
      '1:0 url=jdbc:postgresql://db/shop?ssl=true&a=b',
      '2:0 empty=',
      '3:0 colour=#fff',
    ]);
  });

  it('takes any line for a property, as Java does', () => {
    expect(at('just words here\nlast\\')).toEqual(['1:0 just=words here', '2:0 last\\=']);
  });
});

describe('toml', () => {
  it('puts tables together by their paths', () => {
    const { settings } = read('a.toml', '[tool.x]\na = 1\n[other]\nb = true\n[tool.y]\nc = "d"\n[[list]]\nname = "one"\nv = 2\n');
    expect(settings.flatMap((setting) => (setting.value === null ? [] : [`${setting.path.join('/')}=${setting.value}`]))).toEqual([
      'tool/x/a=1',
      'tool/y/c=d',
      'other/b=true',
      'list/one/name=one',
      'list/one/v=2',
    ]);
  });

  it('reads what Python and Rust manifests require', () => {
    const python = read(
      'pyproject.toml',
      '[project]\ndependencies = ["Django_Filter[x] >=24,<25 ; python_version > \'3\'", "b"]\n[tool.poetry.dependencies]\npython = "^3"\nc = {git = "https://example.org/c", rev = "1"}\n[dependency-groups]\ndev = ["d==1"]\n',
    );
    expect(python.dependencies.map(({ name, version, group }) => `${group} ${name} ${version}`)).toEqual([
      'runtime django-filter >=24,<25',
      'runtime b ',
      'development d ==1',
      'runtime c git+https://example.org/c@1',
    ]);
    const rust = read(
      'Cargo.toml',
      '[dependencies]\na = "1"\n[target."cfg(unix)".dependencies]\nb = { path = "../b" }\n[dev-dependencies]\nc = { workspace = true }\n',
    );
    expect(rust.dependencies.map(({ name, version, group }) => `${group} ${name} ${version}`)).toEqual([
      'runtime a 1',
      'development c workspace:',
      'runtime b file:../b',
    ]);
  });

  it('names what it cannot read', () => {
    expect(read('a.toml', 'a = = 1\n').blindSpots.map((spot) => spot.reason)).toEqual(['parse-error']);
  });
});

it('reads requirements with their hashes, options and addresses', () => {
  const { dependencies, settings } = read(
    'requirements-dev.txt',
    '-i https://pypi.org/simple # here\ndjango==4.2.13 \\\n  --hash=sha256:aa \\\n  --hash=sha256:bb\n-e git+https://example.org/b.git@main#egg=bee\n./local\n',
  );
  expect(dependencies.map(({ name, version, group }) => `${group} ${name} ${version}`)).toEqual([
    'development django ==4.2.13',
    'development bee git+https://example.org/b.git@main#egg=bee',
    'development ./local file:./local',
  ]);
  expect(settings.map((setting) => setting.key)).toEqual(['--index-url = https://pypi.org/simple', 'hash django = 2']);
});

it('reads go.mod in lines and in blocks', () => {
  const { dependencies, settings } = read(
    'go.mod',
    'module a\nrequire b.org/c v1.0.0\nrequire (\n\td.org/e v2.0.0 // indirect\n)\nreplace b.org/c => ../c\n',
  );
  expect(dependencies.map(({ name, version, group }) => `${group} ${name} ${version}`)).toEqual([
    'runtime b.org/c v1.0.0',
    'optional d.org/e v2.0.0',
  ]);
  expect(settings.map((setting) => setting.key)).toEqual(['module = a', 'replace b.org/c = ../c']);
});

it('reads environment files with quotes, remarks and values over several lines', () => {
  const { settings } = read('.env', '# note\nA=1 # one\nexport B="x\ny" # two\nC=\'a # b\'\nD=\n');
  expect(settings.map((setting) => [setting.path[0], setting.value])).toEqual([
    ['A', '1'],
    ['B', 'x\ny'],
    ['C', 'a # b'],
    ['D', ''],
  ]);
});

it('says of a lock file that it is there and which hosts it names, each once', () => {
  const facts = read(
    'yarn.lock',
    '"a@^1":\n  resolved "https://registry.yarnpkg.com/a"\n"b@^1":\n  resolved "https://registry.yarnpkg.com/b"\n',
  );
  expect(facts.settings.map((setting) => setting.key)).toEqual(['resolved https://registry.yarnpkg.com']);
  expect(facts.resources.map((resource) => resource.type)).toEqual(['lock-file']);
  expect(facts.blindSpots.map((spot) => spot.reason)).toEqual(['generated']);
});

describe.each(PATHS)('any text as %s', (path) => {
  it('never throws', () => {
    const lines = fc.array(
      fc.oneof(fc.string(), fc.constantFrom('a = 1', '[x]', '\tb', 'c:', '"', '\\', '  d', 'require (', '--hash=', 'a="', '$(', '-e')),
      {
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(lines, (text) => void read(path, text.join('\n'))),
      { numRuns: 60 },
    );
  });
});

function read(path: string, text: string): SourceFacts {
  const facts = readFacts(path as RepoPath, text);
  if (facts === undefined) throw new Error(`expected a language for ${path}, found none`);
  return facts;
}
