import type { CodeToken } from '../../model/facts.ts';
import type { RepoPath } from '../../model/tree.ts';
import { collapse, draftFacts, type FactsDraft, includeFacts } from '../facts-draft.ts';
import type { Embed, EmbeddedLine, Language } from '../language.ts';
import { argumentText, type Instruction, joinLines, readInstructions } from './instructions.ts';

/**
 * Dockerfiles: each stage is a resource, each instruction a setting of it, and what RUN runs is shell. No maintained parser
 * ships with us, so the instructions are read by their own short reference (instructions.ts).
 */
const language: Language = {
  id: 'dockerfile',
  embeds: ['shell', 'sql'],
  owns: (path) => /(^|\/)(Dockerfile|Containerfile)([._-][^/]*)?$|\.(dockerfile|containerfile)$/i.test(path),
  facts(path: RepoPath, text: string, embed: Embed) {
    const draft = draftFacts('dockerfile');
    let stage: Stage = { key: '', scope: '' };
    const instructions = readInstructions(text);
    const stages = instructions.filter((instruction) => instruction.name === 'FROM');
    for (const instruction of instructions) {
      const value = argumentText(instruction);
      draft.tokens.push(...tokensOf(instruction));
      if (instruction.name === 'FROM') {
        closeScope(draft, instruction.line - 1);
        stage = openStage(instruction, value, path, stages, draft);
      }
      addSettings(instruction, value, stage, draft);
      if (instruction.name === 'RUN') for (const script of scriptsOf(instruction)) includeFacts(draft, embed('shell', script, stage.scope));
    }
    closeScope(draft, text.split('\n').length);
    return draft;
  },
};

export default language;

/** The instruction with its layout evened out, save what quotes hold, and every line of its here-docs as it stands. */
function tokensOf(instruction: Instruction): readonly CodeToken[] {
  const even = joinLines(instruction).replace(/"(?:[^"\\]|\\.)*"|'[^']*'|\s+/g, (part) => (part.trim() === '' ? ' ' : part));
  const bodies = instruction.heredocs.flatMap((body) => [
    ...body.map(({ text, line }) => ({ text, line })),
    { text: '<<', line: instruction.endLine },
  ]);
  return [{ text: `${instruction.name} ${even.trim()}`, line: instruction.line }, ...bodies];
}

interface Stage {
  readonly key: string;
  readonly scope: string;
}

function openStage(instruction: Instruction, value: string, path: RepoPath, stages: readonly Instruction[], draft: FactsDraft): Stage {
  // The last stage is the image, however many stand before it.
  const fallback = stages.at(-1) === instruction ? 'image' : `stage-${stages.indexOf(instruction)}`;
  const name = /\sas\s+(\S+)\s*$/i.exec(value)?.[1] ?? fallback;
  const key = `stage ${path} ${name}`;
  draft.resources.push({ type: 'stage', name, key, range: rangeOf(instruction), scope: name });
  draft.scopes.push({ name, startLine: instruction.line, endLine: instruction.line });
  return { key, scope: name };
}

function closeScope(draft: FactsDraft, endLine: number): void {
  const last = draft.scopes.pop();
  if (last !== undefined) draft.scopes.push({ ...last, endLine: Math.max(last.startLine, endLine) });
}

function addSettings(instruction: Instruction, value: string, stage: Stage, draft: FactsDraft): void {
  const add = (path: readonly string[], shown: string): void => {
    draft.settings.push({
      path,
      value: shown,
      resource: stage.key,
      range: rangeOf(instruction),
      key: `${stage.key} ${path.join('/')} = ${collapse(shown)}`,
      scope: stage.scope,
    });
  };
  const { name } = instruction;
  if (name === 'RUN' || (name === 'HEALTHCHECK' && /^none$/i.test(value))) return;
  if (name === 'FROM') add(['FROM'], value.replace(/^(--\S+\s+)+/, '').split(' ')[0] ?? '');
  else if (name === 'ENV' || name === 'ARG' || name === 'LABEL') for (const [key, held] of assignments(value)) add([name, key], held);
  else add([name], value);
}

/** `A=b C="d e"`, the old `ENV A b`, and `ARG A`. */
function assignments(value: string): readonly (readonly [string, string])[] {
  const found = [...value.matchAll(/(?<![\w.-])([\w.-]+)=("(?:[^"\\]|\\.)*"|'[^']*'|\S*)/g)].map(
    (match) => [match[1] ?? '', (match[2] ?? '').replace(/^["']|["']$/g, '')] as const,
  );
  if (found.length > 0) return found;
  const [key = '', ...rest] = value.split(' ');
  return [[key, rest.join(' ')]];
}

/** The shell scripts of a RUN: its own line, and the here-doc that it feeds to a shell. */
function scriptsOf(instruction: Instruction): readonly (readonly EmbeddedLine[])[] {
  const lines = instruction.lines.map(blankFlags);
  const body = instruction.heredocs[0];
  const head = argumentText({ ...instruction, lines });
  if (body !== undefined)
    return /^(<<|(ba|z|da)?sh\b|set\b)/.test(head) && !/^#!(?!.*\bsh$|.*bash)/.test(body[0]?.text ?? '') ? [body] : [];
  if (!head.startsWith('[')) return [lines];
  // The exec form: what stands between the strings of the array is no part of the command.
  return [
    lines.map((line) => ({ ...line, text: line.text.replace(/"(?:[^"\\]|\\.)*"|[[\],]/g, (part) => (part.startsWith('"') ? part : ' ')) })),
  ];
}

/** `--mount=…` and its kin are for the builder; spaces keep the positions behind them true. */
function blankFlags(line: EmbeddedLine): EmbeddedLine {
  return { ...line, text: line.text.replace(/^\s*(--(mount|network|security)=\S+\s*)+/, (flags) => flags.replace(/[^\\]/g, ' ')) };
}

function rangeOf(instruction: Instruction): {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
} {
  return {
    start: { line: instruction.line, character: instruction.character },
    end: { line: instruction.endLine, character: instruction.endCharacter },
  };
}
