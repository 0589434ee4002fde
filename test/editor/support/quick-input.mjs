// The box at the top of the window: the palette, the file list, and the questions that extensions ask.
import { listOf, plain, waitUntil } from './wait.mjs';

/** Looks at the box, one after the other, that find a path as it was typed. */
const STAYS = 10;

export class QuickInput {
  #page;
  #widget;

  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.#page = page;
    this.#widget = page.locator('.quick-input-widget');
  }

  /**
   * Opens the box with a key and fills it.
   * @param {string} key
   * @param {string} text
   */
  async open(key, text) {
    const input = this.#widget.locator('input').first();
    // A key pressed while another view takes the focus goes nowhere, so it is pressed again until the box is there.
    const press = async () => {
      await this.#page.keyboard.press(key);
      return input.waitFor({ timeout: 2_000 }).then(
        () => true,
        () => false,
      );
    };
    await waitUntil(press, () => `${key} to open the quick input`);
    await input.fill(text);
  }

  /**
   * Opens the box with a key, fills it, and returns the text of the first row once the list offers one with `row`. A window that
   * takes the focus away meanwhile closes the box; then it is opened again.
   */
  async openOn(key, text, row) {
    const rows = this.#widget.locator('.quick-input-list .monaco-list-row');
    const offered = async () => {
      await this.open(key, text);
      const shown = await rows
        .filter({ hasText: row })
        .first()
        .waitFor({ timeout: 4_000 })
        .then(
          () => true,
          () => false,
        );
      if (!shown) await this.#page.keyboard.press('Escape');
      return shown;
    };
    await waitUntil(offered, async () => `a row like ${row}, found ${listOf((await rows.allTextContents()).map(plain))}`);
    return plain(await rows.first().textContent());
  }

  /** Waits until the question says something that matches, such as why an answer was refused. */
  waitForMessage(pattern) {
    const message = async () => plain(await this.#widget.locator('.quick-input-message').textContent());
    return waitUntil(
      async () => pattern.test(await message()),
      async () => `a message like ${pattern}, found ${await message()}`,
    );
  }

  /** Waits for a question, and returns what it says. */
  async question() {
    await this.#widget.waitFor();
    const text = async (selector) => plain(await this.#widget.locator(selector).textContent());
    return {
      title: await text('.quick-input-title'),
      placeholder: (await this.#widget.locator('input.input').first().getAttribute('placeholder')) ?? '',
      message: await text('.quick-input-message'),
      choices: (await this.#widget.locator('.quick-input-list .monaco-list-row').allInnerTexts()).map(plain),
    };
  }

  /** Waits until the list offers a row. */
  waitForRow(pattern) {
    return this.#widget.locator('.quick-input-list .monaco-list-row').filter({ hasText: pattern }).first().waitFor();
  }

  /** Waits until the box holds a text that matches, such as the name that a dialog for files offers. */
  waitForValue(pattern) {
    const value = () => this.#widget.locator('input').first().inputValue();
    return waitUntil(
      async () => pattern.test(await value()),
      async () => `a text like ${pattern} in the box, found ${await value()}`,
    );
  }

  /** Answers the editor's dialog for files with a whole path. */
  async fillFile(file) {
    await this.waitForValue(/^\//);
    const input = this.#widget.locator('input').first();
    // The dialog writes its folder anew when it has listed it, in front of what was typed meanwhile: typed again until it stays.
    let looks = 0;
    await waitUntil(
      async () => {
        const stays = (await input.inputValue()) === file;
        looks = stays ? looks + 1 : 0;
        if (!stays) await input.fill(file);
        return looks > STAYS;
      },
      async () => `${file} in the box, found ${await input.inputValue()}`,
    );
    await this.waitForRow(file.slice(file.lastIndexOf('/') + 1));
    await this.#page.keyboard.press('Enter');
  }

  /** Types the text, if any, and accepts. */
  async answer(text) {
    if (text !== undefined) await this.#page.keyboard.insertText(text);
    await this.#page.keyboard.press('Enter');
  }

  /** Empties the box. */
  async clear() {
    await this.#page.keyboard.press('Control+A');
    await this.#page.keyboard.press('Delete');
  }

  waitUntilGone() {
    return this.#widget.waitFor({ state: 'hidden' });
  }

  /** Waits until the palette gave way to nothing, or to the command's own question in the same box. */
  async waitUntilPaletteGone() {
    await this.#page.waitForFunction(() => {
      const box = document.querySelector('.quick-input-widget');
      return box === null || box.style.display === 'none' || !box.querySelector('input')?.value.startsWith('>');
    });
  }
}
