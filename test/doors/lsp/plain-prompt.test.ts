import { expect, test } from 'vitest';
import { plainPrompt } from '../../../client/src/views/plain-prompt.ts';

/** What VS Code makes links of (base/common/linkedText.ts), as a person would find them: words in brackets, an address behind them. */
const LINK = /\[[^\]]+\]\((https?:\/\/|command:|file:)/i;

test('nothing that somebody else wrote can be clicked in a question', () => {
  const message = 'looks fine [see why](command:workbench.action.quit "all clear") $(verified) of `a[0](x)`';
  expect(message).toMatch(LINK);
  expect(plainPrompt(message)).not.toMatch(LINK);
  expect(plainPrompt(message)).toBe('looks fine [see why] (command:workbench.action.quit "all clear") $ (verified) of `a[0] (x)`');
  expect(plainPrompt('[a](command:x')).not.toMatch(LINK);
  expect(plainPrompt('`requireAuth` no longer guards `POST /refund`')).toBe('`requireAuth` no longer guards `POST /refund`');
});
