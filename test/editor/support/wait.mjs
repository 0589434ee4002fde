// How every wait on the screen is made: look, look again, and say what was there instead.

/** How long anything may take to show. Generous, because a busy machine is no failure. */
export const VISIBLE_TIMEOUT_MS = 20_000;

const PAUSE_MS = 50;

/**
 * Asks until there is an answer; no event of ours could tell sooner what a window shows.
 * @template Answer
 * @param {() => Promise<Answer | undefined | false | null> | Answer | undefined | false | null} ask
 * @param {() => Promise<string> | string} describe what was expected, and what is there instead
 * @returns {Promise<Answer>}
 */
export async function waitUntil(ask, describe) {
  const end = Date.now() + VISIBLE_TIMEOUT_MS;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (end < Date.now()) throw new Error(`expected ${await describe()}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** For messages. */
export const listOf = (texts) => (texts.length === 0 ? 'none' : texts.map((text) => `“${text}”`).join(', '));

/** Text as a person reads it. */
export const plain = (text) => (text ?? '').replaceAll(/\s+/g, ' ').trim();
