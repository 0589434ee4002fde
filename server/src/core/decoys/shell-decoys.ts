import type { AnalysedChange } from '../facts/analyse-change.ts';
import type { FileAnalysis } from '../facts/analyse-file.ts';
import type { Command, Scope, SourceFacts } from '../model/facts.ts';
import { hasScope } from '../rules/vocabulary/code/counterpart.ts';
import type { Decoy } from './find-decoys.ts';
import { programOf } from './losses.ts';

/**
 * New functions of scripts that hold what stood outside of them, and that nobody calls, or only when the work is done, in the background,
 * or in a subshell whose end is nobody's: what they say is not asked. A word is a call of it wherever it stands, as in `trap release EXIT`.
 */
export function shellDecoysOf(analysed: AnalysedChange): readonly Decoy[] {
  const scripts = programOf(analysed).filter(({ before, after }) => (after ?? before)?.language === 'shell');
  if (scripts.length === 0) return [];
  const stood = new Set(
    scripts.flatMap(({ before, after }) =>
      [...(before?.commands ?? [])].filter(({ scope }) => after === undefined || scope === '' || hasScope(after, scope)).map(formOf),
    ),
  );
  return scripts.flatMap((file): readonly Decoy[] => {
    const { before, after } = file;
    if (after === undefined) return [];
    return after.scopes
      .filter((place) => before === undefined || !hasScope(before, place.name))
      .filter((place) => commandsOf(after, place).some((command) => stood.has(formOf(command))))
      .flatMap((place) => ofFunction(place, file, scripts, analysed));
  });
}

function ofFunction(place: Scope, file: FileAnalysis, scripts: readonly FileAnalysis[], analysed: AnalysedChange): readonly Decoy[] {
  const { name } = place;
  const isNamed = ({ words }: Command): boolean =>
    words.some(({ text }) => text === name || isBuiltFrom(name, text) || text.split(/[\s;&|()]+/).includes(name));
  const calls = scripts.flatMap((script) =>
    (script.after?.commands ?? [])
      .filter((command) => isNamed(command) && !(script === file && command.scope === name))
      .map((command) => ({ script, command })),
  );
  const isNamedElsewhere = programOf(analysed).some(
    ({ file: { after }, after: facts }) => facts?.language !== 'shell' && after?.kind === 'text' && after.text.includes(name),
  );
  if (isNamedElsewhere || !calls.every(({ script, command }) => isVain(command, place, file, script))) return [];
  const range = { start: { line: place.startLine, character: 0 }, end: { line: place.endLine + 1, character: 0 } };
  const stops = (): boolean => false;
  return [
    { file, range, kind: 'function', stops },
    ...calls.map(({ script, command }): Decoy => ({ file: script, range: command.range, kind: 'call', stops })),
  ];
}

/** `"cmd_$1"` may be any function that begins so. */
function isBuiltFrom(name: string, text: string): boolean {
  const from = text.indexOf('$');
  const head = text.slice(0, Math.max(0, from));
  const tail = text.slice(from).replace(/^\$(?:\{\w+\}|\w+)/, '');
  return from >= 0 && head + tail !== '' && /^\w*$/.test(tail) && name.startsWith(head) && name.endsWith(tail);
}

/** In a subshell that somebody makes up for, in the background, or at the top of the script, behind what stood behind what it says now. */
function isVain(command: Command, place: Scope, file: FileAnalysis, script: FileAnalysis): boolean {
  const { before, after } = script;
  if (command.name !== place.name || before === undefined || after === undefined) return false;
  if (command.subshell === true) return after.commands.some(({ rescues }) => rescues?.includes(command.written) === true);
  if (isInTheBackground(command, script)) return true;
  if (command.scope !== '') return false;
  const held = new Set(file.after === undefined ? [] : commandsOf(file.after, place).map(formOf));
  const moved = before.commands.filter((old) => old.scope === '' && held.has(formOf(old)));
  const last = Math.max(0, ...moved.map(({ range }) => range.start.line));
  if (last === 0) return false;
  const behind = new Set(before.commands.filter(({ scope, range }) => scope === '' && range.start.line > last).map(formOf));
  return after.commands.some(
    (work) =>
      work.scope === '' && work.range.start.line < command.range.start.line && behind.has(formOf(work)) && !PREPARES.test(work.name),
  );
}

/** `refuse &`: its `exit` ends the shell that runs it beside the script, and nobody waits to learn of it. */
function isInTheBackground({ range, written }: Command, { file, after }: FileAnalysis): boolean {
  const line = (file.after?.kind === 'text' ? file.after.text : '').split('\n')[range.start.line - 1] ?? '';
  const behind = line.slice(range.start.character + written.length).trimStart();
  const isWaitedFor = after?.commands.some(({ name }) => name === 'wait') === true;
  return line.startsWith(written, range.start.character) && /^&(?![&>])/.test(behind) && !isWaitedFor;
}

const PREPARES =
  /^(?:echo|printf|cd|pushd|popd|source|\.|export|readonly|declare|local|set|shopt|umask|trap|mkdir|mktemp|date|true|:|\[|\[\[|test)?$/;

function commandsOf({ commands }: SourceFacts, { startLine, endLine }: Scope): readonly Command[] {
  return commands.filter(({ range }) => range.start.line >= startLine && range.end.line <= endLine);
}

function formOf({ written }: Command): string {
  return written;
}
