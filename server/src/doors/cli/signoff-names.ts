/** Where an answer goes that nobody named: `change.json` is answered in `change.answer.jsonl`. */
export function answerFile(request: string): string {
  return `${request.endsWith('.json') ? request.slice(0, -'.json'.length) : request}.answer.jsonl`;
}
