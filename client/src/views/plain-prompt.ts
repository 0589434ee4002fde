/**
 * Text of somebody else's for a question or a notice, where the editor would make a link of `[words](command:…)`, and a command of
 * it: nothing in it can be clicked (test/doors/lsp/plain-prompt.test.ts).
 */
export function plainPrompt(text: string): string {
  return text.replaceAll('](', '] (').replaceAll('$(', '$ (');
}
