import assert from 'node:assert/strict';
import { flagsThat, leaveNothing, lensTitles, openFile, replaceText } from './window.ts';

suite('lenses', () => {
  teardown(leaveNothing);

  test('a lens carries the severity, the number of dependents and the verb', async () => {
    const document = await openFile('src/orders.ts');
    await replaceText(document, 'findOrder(id: string)', 'findOrder(shop: string, id: string)');
    await flagsThat(document.uri, 'a flag', (found) => found.length > 0);
    const titles = await lensTitles(document.uri);
    const [acknowledge] = titles.filter((title) => title.endsWith(' · Acknowledge'));
    const said =
      /^\$\(alert\)\s(medium|high|critical) · (\d+) dependents in (\d+) files[^·]*, (?:\d+|all) of them tested · Acknowledge$/.exec(
        acknowledge ?? '',
      );
    assert(said, `expected a lens with severity and numbers, found ${JSON.stringify(titles)}`);
    assert.equal(said[3], '6', 'six files of the shop import findOrder');
    assert(titles.includes('Why'));
    assert(titles.includes('Show change'));
  });

  test('there is one line of lenses above a hunk, and none in an untouched file', async () => {
    const untouched = await openFile('src/auth.ts');
    const document = await openFile('src/refund.ts');
    await replaceText(document, 'requireAuth, async', 'async');
    await flagsThat(document.uri, 'one flag', (found) => found.length === 1);
    const titles = await lensTitles(document.uri);
    assert.equal(titles.filter((title) => title.endsWith('Acknowledge')).length, 1);
    assert.deepEqual(await lensTitles(untouched.uri), []);
  });
});
