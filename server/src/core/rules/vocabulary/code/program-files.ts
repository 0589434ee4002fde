/** Extensions of what a program is written in, where one that speaks with another is looked for by a name that both say. */
export const PROGRAM_FILES = ['.ts', '.tsx', '.js', '.jsx', '.mjs', '.cjs', '.py', '.go', '.java', '.kt', '.rs', '.rb'];

/** The same with what only calls others: pages, apps, and languages that this program reads as text alone. */
export const CALLING_FILES = [...PROGRAM_FILES, '.vue', '.svelte', '.php', '.cs', '.swift'];
