/** Thrown inside this room alone, where a file is no SCIP index or a damaged one; its doors answer with the message. */
export class DamagedIndex extends Error {
  override readonly name = 'DamagedIndex';
}

/** The answer, or why the file gave none: one line that says what was expected and found. Other errors go on. */
export function orProblem<T>(answer: () => T): T | { readonly problem: string } {
  try {
    return answer();
  } catch (error) {
    if (error instanceof DamagedIndex) return { problem: error.message };
    throw error;
  }
}
