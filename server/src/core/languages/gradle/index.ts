import type { Dependency } from '../../model/facts.ts';
import type { RepoPath } from '../../model/tree.ts';
import { draftFacts, type FactsDraft } from '../facts-draft.ts';
import { type GroovyToken, groovyTokens, writtenOut } from '../groovy-tokens.ts';
import type { Language } from '../language.ts';
import { indexLines, type LineIndex } from '../positions.ts';

/**
 * Builds of Gradle in Groovy and in Kotlin, as far as they say where packages come from: dependencies by their coordinates
 * (`implementation("group:name:version")`, `group: 'g', name: 'n', version: 'v'`), plugins with a version, and the addresses of
 * repositories. What else a build does is a program, and that is said as a blind spot.
 */
const language: Language = {
  id: 'gradle',
  owns: (path) => /\.gradle(\.kts)?$/i.test(path),
  facts(_path: RepoPath, text: string) {
    const draft = draftFacts('gradle');
    const tokens = groovyTokens(text);
    if (tokens === undefined) {
      draft.blindSpots.push({ reason: 'parse-error', detail: 'a string or a comment has no end' });
      return draft;
    }
    const lines = indexLines(text);
    const walk: Walk = { lines, draft, variables: variablesIn(tokens) };
    readStatements(tokens, walk);
    const code = tokens.find((one) => one.kind === 'word' && CODE.test(one.text));
    if (code !== undefined) draft.blindSpots.push({ reason: 'no-language', detail: `a program from line ${lines.lineAt(code.start)} on` });
    for (const one of tokens) if (one.kind !== 'line-end') draft.tokens.push({ text: writtenOut([one]), line: lines.lineAt(one.start) });
    return draft;
  },
};

export default language;

/** Words behind which a build does something that these facts do not hold. */
const CODE = /^(task|tasks|doLast|doFirst|exec|def|fun|class|if|for|while|apply|buildSrc)$/;

interface Walk {
  readonly lines: LineIndex;
  readonly draft: FactsDraft;
  readonly variables: ReadonlyMap<string, string>;
}

/** `ext.jacksonVersion = '2.17.1'`, `val jackson = "2.17.1"`: names with a plain text. */
function variablesIn(tokens: readonly GroovyToken[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [at, one] of tokens.entries()) {
    const [sign, value] = [tokens[at + 1], tokens[at + 2]];
    if (one.kind === 'word' && sign?.text === '=' && value?.kind === 'string') found.set(one.text, value.text);
  }
  return found;
}

function readStatements(tokens: readonly GroovyToken[], walk: Walk): void {
  const blocks: string[] = [];
  let statement: GroovyToken[] = [];
  let depth = 0;
  for (const one of tokens) {
    if (one.kind === 'sign' && /[{}]/.test(one.text)) {
      addStatement(statement, blocks, walk);
      if (one.text === '{') blocks.push(statement[0]?.kind === 'word' ? statement[0].text : '');
      else blocks.pop();
      statement = [];
      depth = 0;
    } else if ((one.kind === 'line-end' && depth <= 0) || (one.kind === 'sign' && one.text === ';')) {
      addStatement(statement, blocks, walk);
      statement = [];
    } else if (one.kind !== 'line-end') {
      if (one.kind === 'sign' && /[([]/.test(one.text)) depth += 1;
      if (one.kind === 'sign' && /[)\]]/.test(one.text)) depth -= 1;
      statement.push(one);
    }
  }
  addStatement(statement, blocks, walk);
}

function addStatement(statement: readonly GroovyToken[], blocks: readonly string[], walk: Walk): void {
  const [first] = statement;
  if (first?.kind !== 'word') return;
  if (blocks.includes('repositories')) addRepository(statement, blocks, walk);
  else if (blocks.at(-1) === 'dependencies' || blocks.at(-1) === 'constraints') addDependency(statement, first, walk);
  else if (blocks.includes('plugins')) addPlugin(statement, first, walk);
}

/** Configurations whose packages never reach what is shipped. */
const DEVELOPMENT =
  /^(test|androidTest|integrationTest|jmh|debug)|[tT]est(Fixtures)?(Implementation|Runtime|Compile)|^(classpath|detektPlugins|spotbugsPlugins|checkstyle|ksp|kapt|annotationProcessor|compileOnly)/;

function addDependency(statement: readonly GroovyToken[], first: GroovyToken, { lines, draft, variables }: Walk): void {
  const named = (name: string): GroovyToken | undefined => {
    const at = statement.findIndex((one, index) => one.text === name && /[:=]/.test(statement[index + 1]?.text ?? ''));
    return at < 0 ? undefined : statement[at + 2];
  };
  const text = statement.find((one) => one.kind === 'string');
  if (text === undefined) return;
  const [owner, artifact, stated] = [named('group'), named('name'), named('version')];
  const coordinates = owner?.kind === 'string' && artifact?.kind === 'string' ? [owner.text, artifact.text] : text.text.split(':');
  const [groupId = '', name = '', behind = ''] = coordinates;
  if (groupId === '' || name === '' || /[\s/]/.test(`${groupId}${name}`)) return;
  // A word behind a plus, and the value of `version:`, may be names of a text.
  const added = statement.slice(statement.indexOf(text) + 1).find((one, at, rest) => one.kind === 'word' && rest[at - 1]?.text === '+');
  const written = stated ?? added;
  const source = behind !== '' || written === undefined ? behind : written.kind === 'string' ? written.text : `$${written.text}`;
  const version = fill(source.replace(/@\w+$/, ''), variables);
  const group: Dependency['group'] = DEVELOPMENT.test(first.text) ? 'development' : 'runtime';
  const range = lines.rangeOf(first.start, statement.at(-1)?.end ?? first.end);
  draft.dependencies.push({ name: `${groupId}:${name}`, version, group, range, key: `${group} ${groupId}:${name}@${version}`, scope: '' });
}

function addPlugin(statement: readonly GroovyToken[], first: GroovyToken, { lines, draft, variables }: Walk): void {
  const [id, version] = statement.filter((one) => one.kind === 'string');
  if (first.text !== 'id' || id === undefined || version === undefined || !statement.some((one) => one.text === 'version')) return;
  const range = lines.rangeOf(first.start, version.end);
  const stated = fill(version.text, variables);
  draft.dependencies.push({
    name: `plugin:${id.text}`,
    version: stated,
    group: 'development',
    range,
    key: `development ${id.text}@${stated}`,
    scope: '',
  });
}

/** `maven { url 'https://…' }`, `maven("https://…")`, `url = uri("https://…")`, and the ones with a name: `mavenCentral()`. */
function addRepository(statement: readonly GroovyToken[], blocks: readonly string[], { lines, draft, variables }: Walk): void {
  const [first] = statement;
  const address = statement.find((one) => one.kind === 'string');
  if (first === undefined) return;
  const path = [...blocks, first.text];
  const range = lines.rangeOf(first.start, statement.at(-1)?.end ?? first.end);
  const isSwitch = /^(allowInsecureProtocol|isAllowInsecureProtocol|setAllowInsecureProtocol)$/.test(first.text);
  const value = isSwitch ? statement.at(-1)?.text === 'true' || statement.at(-2)?.text === 'true' : fill(address?.text ?? '', variables);
  draft.settings.push({ path, value, resource: '', range, key: `${path.join('/')} = ${String(value)}`, scope: '' });
}

function fill(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$\{?([A-Za-z_]\w*)\}?/g, (whole, name: string) => variables.get(name) ?? whole);
}
