import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readFacts } from '../../server/src/core/facts/read-facts.ts';
import { languageOf, prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { SourceFacts } from '../../server/src/core/model/facts.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { assetFile } from '../../server/src/host/assets.ts';

const PATH = 'Jenkinsfile' as RepoPath;
const { resolve } = createRequire(import.meta.url);

beforeAll(async () => {
  await prepareLanguages([PATH], async (name) => readFileSync(assetFile(name, resolve)));
});

const read = (text: string): SourceFacts => {
  const facts = readFacts(PATH, text);
  if (facts === undefined) throw new Error('expected a language for a Jenkinsfile, found none');
  return facts;
};
const commands = (text: string): readonly string[] =>
  read(text).commands.map(({ written, scope, range }) => `${range.start.line}:${range.start.character} ${scope}: ${written}`);
const settings = (text: string): readonly string[] =>
  read(text).settings.map(({ path, value, range }) => `${range.start.line} ${path.join(' > ')} = ${String(value)}`);

describe('pipelines of Jenkins', () => {
  it.each(['Jenkinsfile', 'ci/Jenkinsfile.release', 'jenkins/deploy.groovy', 'nightly.jenkinsfile'])('%s is one', (path) => {
    expect(languageOf(path as RepoPath)?.id).toBe('jenkins');
  });

  it('reads what sh runs, in the scope of its stages', () => {
    const text = `pipeline {
  stages {
    stage('Build') {
      stages {
        stage("v1.2") { steps { sh 'make -j2 && ls'; sh "rm -r out" } }
      }
    }
    stage('Ship') {
      steps {
        sh """
          set -e
          ./ship.sh --to \${params.TARGET} \\$HOME
        """
        sh(label: 'tell', script: 'curl example.org', returnStdout: true).trim()
      }
    }
  }
}
`;
    expect(commands(text)).toEqual([
      '5:36 Build.v1_2: make -j2',
      '5:48 Build.v1_2: ls',
      '5:57 Build.v1_2: rm -r out',
      '11:10 Ship: set -e',
      '12:10 Ship: ./ship.sh --to ${TARGET} $HOME',
      '14:35 Ship: curl example.org',
    ]);
    expect(read(text).scopes.map(({ name, startLine, endLine }) => `${name} ${startLine}-${endLine}`)).toEqual([
      'Build.v1_2 5-5',
      'Build 3-7',
      'Ship 8-16',
    ]);
    expect(read(text).blindSpots).toEqual([]);
  });

  it('puts strings together, and names what only Groovy knows', () => {
    expect(commands("node {\n  sh 'rm -rf ' + dir + '/cache'\n}\n")).toEqual(['2:6 : rm -rf ${dir}/cache']);
  });

  it('takes remarks and texts for what they are', () => {
    expect(commands("steps {\n  // sh 'a'\n  /* sh 'b' */\n  echo \"sh 'c'\"\n  bat 'd'\n}\n")).toEqual([]);
  });

  it('reads the declarative blocks as settings', () => {
    const text = `pipeline {
  triggers { cron('H 4 * * *') }
  environment {
    REGION = 'eu-west-1'
  }
  options { timeout(time: 30, unit: 'MINUTES') }
  stages {
    stage('Ship') {
      when { branch 'main' }
      input {
        message "Ship?"
      }
    }
  }
}
`;
    expect(settings(text)).toEqual([
      '2 pipeline > triggers > cron = H 4 * * *',
      '4 pipeline > environment > REGION = eu-west-1',
      "6 pipeline > options > timeout = time : 30 , unit : 'MINUTES'",
      '9 pipeline > stage Ship > when > branch = main',
      '11 pipeline > stage Ship > input > message = Ship?',
    ]);
  });

  it('sees a question to a person in a program too', () => {
    expect(settings("node {\n  stage('Ship') {\n    def go = input message: 'Ship?'\n  }\n}\n")).toEqual([
      "3 node > stage Ship > input = go = input message : 'Ship?'",
    ]);
  });

  it('names a program as what nobody reads, and reads its shell all the same', () => {
    const facts = read("pipeline {\n  script {\n    if (a) { sh 'make' }\n  }\n}\n");
    expect(facts.blindSpots).toEqual([{ reason: 'no-language', detail: 'groovy from line 2 on' }]);
    expect(facts.commands.map((command) => command.written)).toEqual(['make']);
  });

  it.each([
    ["pipeline {\n  sh 'a\n}\n", 'a string or a comment has no end'],
    ['pipeline {\n  stages {\n', 'expected a closing brace, found the end'],
  ])('names what it cannot read: %j', (text, detail) => {
    expect(read(text).blindSpots).toEqual([{ reason: 'parse-error', detail }]);
    expect(read(text).tokens).toEqual([]);
  });

  it('never throws', () => {
    const parts = fc.array(
      fc.oneof(
        fc.string(),
        fc.constantFrom('sh ', "'a'", '"${b', '}"', '{', '}', '"""', 'script: ', '(', ')', '+', '/', '\n', "stage('x')", '\\'),
      ),
      { maxLength: 16 },
    );
    fc.assert(
      fc.property(parts, (text) => void read(text.join(''))),
      { numRuns: 150 },
    );
  });
});
