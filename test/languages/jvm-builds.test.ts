import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFacts } from '../../server/src/core/facts/read-facts.ts';
import { languageOf } from '../../server/src/core/languages/prepare.ts';
import type { SourceFacts } from '../../server/src/core/model/facts.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';

const read = (path: string, text: string): SourceFacts => {
  const facts = readFacts(path as RepoPath, text);
  if (facts === undefined) throw new Error(`expected a language for ${path}, found none`);
  return facts;
};
const packages = (path: string, text: string): readonly string[] =>
  read(path, text).dependencies.map(
    ({ name, version, group, range }) => `${range.start.line}-${range.end.line} ${group} ${name} ${version}`,
  );
const settings = (path: string, text: string): readonly string[] =>
  read(path, text).settings.map((setting) => `${setting.path.join(' > ')} = ${String(setting.value)}`);

it('knows each build by its path', () => {
  const ids = [
    'pom.xml',
    'app/pom-release.xml',
    '.mvn/extensions.xml',
    'build.gradle',
    'settings.gradle.kts',
    'gradle/publish.gradle',
    'web.xml',
  ];
  expect(ids.map((path) => languageOf(path as RepoPath)?.id)).toEqual(['maven', 'maven', 'maven', 'gradle', 'gradle', 'gradle', undefined]);
});

describe('maven', () => {
  it('reads dependencies with their scope, and the versions that properties hold', () => {
    const text = `<?xml version="1.0"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <properties><a.version>1.2</a.version></properties>
  <dependencies>
    <dependency>
      <groupId>g</groupId>
      <artifactId>a</artifactId>
      <version>\${a.version}</version>
      <exclusions><exclusion><groupId>x</groupId><artifactId>y</artifactId></exclusion></exclusions>
    </dependency>
    <!-- <dependency><groupId>g</groupId><artifactId>no</artifactId></dependency> -->
    <dependency><groupId>g</groupId><artifactId>t</artifactId><scope>test</scope></dependency>
  </dependencies>
  <build><plugins><plugin><artifactId>maven-jar-plugin</artifactId><version>3.4</version></plugin></plugins></build>
</project>
`;
    expect(packages('pom.xml', text)).toEqual([
      '6-8 runtime g:a 1.2',
      '12-12 development g:t ',
      '14-14 development org.apache.maven.plugins:maven-jar-plugin 3.4',
    ]);
  });

  it('reads everything else as settings, and an element of a list by its id', () => {
    expect(
      settings(
        'pom.xml',
        '<project><repositories><repository><id>r</id><url>https://example.org/a?b&amp;c</url></repository></repositories><packaging><![CDATA[jar]]></packaging></project>',
      ),
    ).toEqual([
      'project > repositories > repository > r > id = r',
      'project > repositories > repository > r > url = https://example.org/a?b&c',
      'project > packaging = jar',
    ]);
  });

  it('says the same of other white space and remarks', () => {
    const tokens = (text: string): readonly string[] => read('pom.xml', text).tokens.map((token) => token.text);
    expect(tokens('<a><b>1</b></a>')).toEqual(tokens('<a>\n  <!-- b -->\n  <b >\n 1 </b>\n</a>\n'));
  });

  it.each([
    ['<a>\n<b></a>', 'line 2: the end of a'],
    ['<a>', 'line 1: the end'],
    ['</a>', 'line 1: the end of a'],
    ['<a\n<b>', 'line 1: a tag without an end'],
    ['<!DOCTYPE a [<!ENTITY x SYSTEM "file:///x">]><a>&x;</a>', 'line 1: a document type'],
  ])('names what it cannot read: %j', (text, detail) => {
    expect(read('pom.xml', text).blindSpots).toEqual([{ reason: 'parse-error', detail }]);
  });
});

describe('gradle', () => {
  it('reads coordinates in every form', () => {
    const text = `plugins { id 'java'; id("org.example.tool") version "2.0" }
def netty = '4.1.1'
dependencies {
    implementation 'g:a:1.0'
    api("g:b:$netty") { exclude group: 'x', module: 'y' }
    testImplementation(
        "g:c:\${netty}@jar"
    )
    runtimeOnly group: 'g', name: 'd', version: '1.+'
    runtimeOnly(group = "g", name = "e", version = netty)
    implementation 'g:f:' + netty
    implementation platform('g:bom:3')
    implementation libs.okhttp
    implementation project(':shared')
    implementation files('libs/x.jar')
    // implementation 'g:no:1'
}
`;
    expect(packages('build.gradle', text)).toEqual([
      '1-1 development plugin:org.example.tool 2.0',
      '4-4 runtime g:a 1.0',
      '5-5 runtime g:b 4.1.1',
      '6-8 development g:c 4.1.1',
      '9-9 runtime g:d 1.+',
      '10-10 runtime g:e 4.1.1',
      '11-11 runtime g:f 4.1.1',
      '12-12 runtime g:bom 3',
    ]);
  });

  it('reads where packages come from', () => {
    expect(
      settings(
        'settings.gradle.kts',
        'pluginManagement {\n  repositories {\n    mavenCentral()\n    maven("https://a.example.org")\n    maven {\n      url = uri("https://b.example.org")\n      isAllowInsecureProtocol = true\n    }\n  }\n}\n',
      ),
    ).toEqual([
      'pluginManagement > repositories > mavenCentral = ',
      'pluginManagement > repositories > maven = https://a.example.org',
      'pluginManagement > repositories > maven = ',
      'pluginManagement > repositories > maven > url = https://b.example.org',
      'pluginManagement > repositories > maven > isAllowInsecureProtocol = true',
    ]);
  });

  it('names a program as what nobody reads', () => {
    expect(read('build.gradle', "dependencies {}\ntask clean {\n  doLast { delete '/' }\n}\n").blindSpots).toEqual([
      { reason: 'no-language', detail: 'a program from line 2 on' },
    ]);
    expect(read('build.gradle', "x 'a\n").blindSpots.map((spot) => spot.reason)).toEqual(['parse-error']);
  });
});

describe.each(['pom.xml', 'build.gradle', 'build.gradle.kts'])('any text as %s', (path) => {
  it('never throws', () => {
    const parts = fc.array(
      fc.oneof(
        fc.string(),
        fc.constantFrom(
          '<a>',
          '</a>',
          '<dependency>',
          '<artifactId>x',
          '<!--',
          ']]>',
          'dependencies {',
          "'g:a:1'",
          '"${',
          '}',
          '(',
          '\n',
          'version = ',
          '\\',
          '/',
        ),
      ),
      { maxLength: 16 },
    );
    fc.assert(
      fc.property(parts, (text) => void read(path, text.join(' '))),
      { numRuns: 100 },
    );
  });
});
