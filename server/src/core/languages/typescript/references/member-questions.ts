import type { RepoPath } from '../../../model/tree.ts';
import type { Compiler } from '../compiler.ts';
import { compiler } from '../compiler.ts';
import { locateMember } from '../locate.ts';
import { parseSource, viewOf } from '../view.ts';
import { askCompiler, createRegistry } from './references.ts';

/** Which of some mentions mean a member: all that the compiler is told, as plain data, so that another thread can ask it. */
export interface MemberQuestion {
  /** The file that declares the member, its dotted name there, and the file's code without what is no script. */
  readonly path: RepoPath;
  readonly name: string;
  readonly own: string;
  /** The files between the mentions and the declaration by path, with what each imports of the others. */
  readonly files: readonly {
    readonly path: RepoPath;
    readonly text: string;
    readonly targets: readonly (readonly [specifier: string, path: RepoPath])[];
  }[];
  readonly mentioned: readonly { readonly path: RepoPath; readonly starts: readonly number[] }[];
}

export interface MemberAnswer {
  /** For each file with mentions, where those stand that mean the member or may do so. */
  readonly kept: readonly (readonly number[])[];
  /** False where some are members of what has no known type. */
  readonly isExact: boolean;
}

/** Undefined where the compiler does not find the member; `pending` where the answer comes later. */
export type AskTypes = (question: MemberQuestion) => MemberAnswer | 'pending' | undefined;

/** Answers at once, in this thread. Undefined too where the compiler is not loaded. */
export const answerMember = (question: MemberQuestion): MemberAnswer | undefined => {
  const loaded = compiler();
  if (loaded === undefined) return undefined;
  try {
    return answerWith(loaded, question);
  } catch {
    // How deep a file nests is its own choice, and the compiler may stumble over any: the name's number stands.
    return undefined;
  }
};

let asked: AskTypes = answerMember;

/**
 * Lets somebody else answer from now on: a door that must not wait for the compiler says `pending` until it has the answer, asks
 * again then, and gets what it would have got here. Until then a number is the name's, which is never below.
 */
export function answerTypesBy(ask: AskTypes): void {
  asked = ask;
}

export function askTypes(question: MemberQuestion): ReturnType<AskTypes> {
  return asked(question);
}

function answerWith(loaded: Compiler, { path, name, own, files, mentioned }: MemberQuestion): MemberAnswer | undefined {
  const located = locateMember(viewOf(loaded, parseSource(loaded, path, own)), name);
  if (located === undefined) return undefined;
  const texts = new Map(files.map((file) => [file.path as string, file.text]));
  const targets = new Map(files.map((file) => [file.path as string, new Map(file.targets)]));
  const isOwn = (file: RepoPath, at: number): boolean => file === path && located.own.some(({ start, end }) => start <= at && at < end);
  registry ??= createRegistry(loaded);
  const target = (from: string, specifier: string): string | undefined => targets.get(from)?.get(specifier);
  return askCompiler(loaded, registry, { path, at: located.name, files: { texts, target } }, (told) => {
    let isExact = true;
    const kept = mentioned.map((file) =>
      file.starts.filter((start) => {
        if (isOwn(file.path, start)) return false;
        if (told.meant.get(file.path)?.has(start) === true) return true;
        const mayBe = told.isUnknown(file.path, start);
        if (mayBe) isExact = false;
        return mayBe;
      }),
    );
    return { kept, isExact };
  });
}

/** Parsed files are shared by questions that follow one another. */
let registry: ReturnType<typeof createRegistry> | undefined;
