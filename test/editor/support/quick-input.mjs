// The box at the top of the window: the palette, the file list, and the questions that extensions ask.
import { plain, waitUntil } from './wait.mjs';

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

  /** Waits until the list offers a row with this text, and returns the text of the first row. */
  async waitForRow(text) {
    const rows = this.#widget.locator('.quick-input-list .monaco-list-row');
    await rows.filter({ hasText: text }).first().waitFor();
    return plain(await rows.first().textContent());
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
