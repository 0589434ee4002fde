import type { RepoPath } from '../../model/tree.ts';
import { draftFacts, type FactsDraft, includeFacts } from '../facts-draft.ts';
import { type GroovyToken, groovyTokens, writtenOut } from '../groovy-tokens.ts';
import type { Embed, Language } from '../language.ts';
import { indexLines, type LineIndex } from '../positions.ts';
import { shellLines } from './shell-lines.ts';

/**
 * Pipelines of Jenkins (https://www.jenkins.io/doc/book/pipeline/syntax/). What `sh` runs is shell in the scope of its stage,
 * and what the declarative blocks say is a setting under them: `triggers`, `when`, `input`, `options`, `environment`. Groovy
 * inside `script` blocks and shared libraries is a program that nobody reads here but for its `sh` steps; where there is
 * any, that is a blind spot.
 */
const language: Language = {
  id: 'jenkins',
  embeds: ['shell', 'sql'],
  owns: (path) => /(^|\/)Jenkinsfile([._-][^/]*)?$|\.jenkinsfile$|(^|\/)jenkins\/[^/]+\.groovy$/i.test(path),
  facts(path: RepoPath, text: string, embed: Embed) {
    const draft = draftFacts('jenkins');
    const tokens = groovyTokens(text);
    if (tokens === undefined) {
      draft.blindSpots.push({ reason: 'parse-error', detail: 'a string or a comment has no end' });
      return draft;
    }
    const lines = indexLines(text);
    const walk: Walk = { path, lines, embed, draft, blocks: [] };
    readBlocks(tokens, walk);
    const code = tokens.find(
      (one, at) => one.kind === 'word' && (CODE.test(one.text) || (one.text === 'script' && tokens[at + 1]?.text === '{')),
    );
    if (walk.blocks.length > 0) {
      draft.blindSpots.push({ reason: 'parse-error', detail: 'expected a closing brace, found the end' });
      return draft;
    }
    if (code !== undefined) draft.blindSpots.push({ reason: 'no-language', detail: `groovy from line ${lines.lineAt(code.start)} on` });
    for (const one of tokens) if (one.kind !== 'line-end') draft.tokens.push({ text: writtenOut([one]), line: lines.lineAt(one.start) });
    return draft;
  },
};

export default language;

/** Words that only a program has. */
const CODE = /^(def|import|@Library|class|if|for|while|try)$/;

interface Walk {
  readonly path: RepoPath;
  readonly lines: LineIndex;
  readonly embed: Embed;
  readonly draft: FactsDraft;
  readonly blocks: Block[];
}

interface Block {
  readonly name: string;
  readonly startLine: number;
  /** The stage's path for a stage, and for all that stands in it. */
  readonly stage: string;
  readonly isStage: boolean;
}

function readBlocks(tokens: readonly GroovyToken[], walk: Walk): void {
  const { blocks, lines, draft } = walk;
  let statement: GroovyToken[] = [];
  let depth = 0;
  const end = (): void => {
    if (statement.length > 0) addStatement(statement, walk);
    statement = [];
  };
  for (const one of tokens) {
    if (one.kind === 'sign' && one.text === '{') {
      const block = blockOf(statement, one, walk);
      addStatement(statement, walk);
      blocks.push(block);
      statement = [];
      depth = 0;
    } else if (one.kind === 'sign' && one.text === '}') {
      end();
      const block = blocks.pop();
      if (block?.isStage === true) draft.scopes.push({ name: block.stage, startLine: block.startLine, endLine: lines.lineAt(one.start) });
    } else if ((one.kind === 'line-end' && depth === 0 && !goesOn(statement)) || (one.kind === 'sign' && one.text === ';')) end();
    else if (one.kind !== 'line-end') {
      if (one.kind === 'sign' && /[([]/.test(one.text)) depth += 1;
      if (one.kind === 'sign' && /[)\]]/.test(one.text)) depth -= 1;
      statement.push(one);
    }
  }
  end();
}

/** A comma or a plus at the end of a line waits for the next one. */
function goesOn(statement: readonly GroovyToken[]): boolean {
  const last = statement.at(-1);
  return last?.kind === 'sign' && /[,+:\\]/.test(last.text);
}

function blockOf(header: readonly GroovyToken[], brace: GroovyToken, { blocks, lines }: Walk): Block {
  const word = header[0]?.kind === 'word' ? header[0].text : '';
  const label = header.find((one) => one.kind === 'string')?.text ?? '';
  const outer = blocks.at(-1)?.stage ?? '';
  const isStage = word === 'stage' && label !== '';
  const own = label.replaceAll('.', '_');
  return {
    name: isStage ? `stage ${label}` : word,
    startLine: lines.lineAt(header[0]?.start ?? brace.start),
    stage: isStage ? (outer === '' ? own : `${outer}.${own}`) : outer,
    isStage,
  };
}

/** Blocks whose statements are steps or code, and no settings; their `sh` is read all the same. */
const PROGRAM = /^(script|def|if|else|for|while|try|catch|finally|each|node|)$/;

function addStatement(statement: readonly GroovyToken[], walk: Walk): void {
  const { lines, draft, embed, blocks } = walk;
  const stage = blocks.at(-1)?.stage ?? '';
  const [first, second] = statement;
  const at = statement.findIndex((one) => one.kind === 'word' && one.text === 'sh');
  if (at >= 0) {
    const script = shellLines(statement.slice(at + 1), lines);
    if (script.length > 0) includeFacts(draft, embed('shell', script, stage));
    return;
  }
  if (first?.kind !== 'word' || second === undefined || first.text === 'stage') return;
  // A question to a person holds a program up as well.
  const asks = statement.find((one) => one.kind === 'word' && one.text === 'input');
  if (asks === undefined && (blocks.length === 0 || blocks.some((block) => PROGRAM.test(block.name)))) return;
  const isAssignment = second.kind === 'sign' && second.text === '=';
  const rest = statement.slice(isAssignment ? 2 : 1);
  const inner = rest[0]?.text === '(' && rest.at(-1)?.text === ')' ? rest.slice(1, -1) : rest;
  const [only] = inner;
  const value = inner.length === 1 && only !== undefined ? only.text : writtenOut(inner);
  // `stages` only holds what has names of its own; as a word of a path it would read as the stages of a rollout.
  const path = [...blocks.map((block) => block.name).filter((name) => name !== 'stages'), (asks ?? first).text];
  const range = lines.rangeOf(first.start, statement.at(-1)?.end ?? first.end);
  draft.settings.push({ path, value, resource: '', range, key: `${path.join('/')} = ${value}`, scope: stage });
}
