/** A language extension that has not answered by then is still loading a project: the answer goes without it. Milliseconds. */
const PATIENCE = 2_500;

/** As `ask`, but null where it fails or takes too long: what it says is welcome and never needed. */
export function withPatience<Question, Answer>(
  ask: (question: Question) => Promise<Answer | null>,
  patience = PATIENCE,
): (question: Question) => Promise<Answer | null> {
  return async (question) => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), patience);
    });
    try {
      return await Promise.race([ask(question), late]);
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
    }
  };
}
