// One VS Code window, seen as a person sees it: what is on the screen, and which keys to press. Lines and columns are 1-based here,
// because that is how the editor shows them.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { editorFolder } from './editions.mjs';
import { QuickInput } from './quick-input.mjs';
import { workbenchUrl } from './server.mjs';
import { listOf, plain, VISIBLE_TIMEOUT_MS, waitUntil } from './wait.mjs';

const SHOTS = path.join(editorFolder, 'shots');

/** Colour themes a screenshot may be asked for, and the class by which the workbench says that it is applied. */
export const THEMES = {
  dark: { setting: 'Default Dark Modern', applied: 'vs-dark' },
  light: { setting: 'Default Light Modern', applied: 'vs' },
  contrast: { setting: 'Default High Contrast', applied: 'hc-black' },
};

export class Editor {
  #page;
  #server;
  #folder;
  #alive = true;

  /** @type {QuickInput} */
  quickInput;

  /**
   * @param {import('playwright-core').Page} page
   * @param {import('./server.mjs').EditorServer} server
   * @param {string} folder
   */
  constructor(page, server, folder) {
    this.#page = page;
    this.#server = server;
    this.#folder = folder;
    this.quickInput = new QuickInput(page);
    for (const end of ['crash', 'close']) page.once(end, () => (this.#alive = false));
  }

  /**
   * Opens a window on a folder and waits until it takes keys.
   * @param {import('playwright-core').Browser} browser
   * @param {import('./server.mjs').EditorServer} server
   * @param {string} folder
   * @param {object} [options]
   * @param {Record<string, string>} [options.payload] what the workbench is told at its start
   * @param {(page: import('playwright-core').Page) => Promise<void>} [options.prepare] runs before the page loads
   */
  static async open(browser, server, folder, { payload, prepare } = {}) {
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(VISIBLE_TIMEOUT_MS);
    await page.addInitScript(watchWindow);
    await prepare?.(page);
    await page.goto(workbenchUrl(server, folder, payload));
    await page.locator('.monaco-workbench').waitFor();
    await page.locator('.statusbar-item').first().waitFor();
    return new Editor(page, server, folder);
  }

  close() {
    return this.#page.context().close();
  }

  /** The page itself, for measurements. */
  get page() {
    return this.#page;
  }

  /** False once the page has crashed or was closed. */
  isAlive() {
    return this.#alive;
  }

  /** @param {string} file path inside the folder, with slashes */
  async openFile(file) {
    // A whole path needs no file search, which not every build of the server brings along.
    const name = path.posix.basename(file);
    await this.quickInput.openOn('Control+P', path.posix.join(this.#folder, file), name);
    await this.#page.keyboard.press('Enter');
    await this.#page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    await this.#page.locator('.editor-instance .monaco-editor .view-line').first().waitFor();
    await this.quickInput.waitUntilGone();
  }

  async goTo(line, column = 1) {
    await this.focusEditor();
    await this.quickInput.open('Control+G', `:${line}:${column}`);
    await this.#page.keyboard.press('Enter');
    await this.quickInput.waitUntilGone();
    await this.#page.locator('.statusbar-item', { hasText: `Ln ${line}, Col ${column}` }).waitFor();
    // The box is gone before the text has the focus back.
    await waitUntil(
      () => this.#hasTextFocus(),
      () => 'the text to have the focus again',
    );
  }

  waitForCursor(line) {
    return this.#page.locator('.statusbar-item', { hasText: `Ln ${line}, ` }).waitFor();
  }

  async typeAt(line, column, text) {
    await this.goTo(line, column);
    await this.#page.keyboard.insertText(text);
  }

  /** Selects `length` characters from there and deletes them: one step for undo. */
  async deleteAt(line, column, length) {
    await this.goTo(line, column);
    for (let pressed = 0; pressed < length; pressed++) await this.#page.keyboard.press('Shift+ArrowRight');
    await this.#page.keyboard.press('Delete');
  }

  /** Needs the editor to have the focus. */
  async undo() {
    await this.#page.keyboard.press('Control+Z');
  }

  async save() {
    await this.#page.keyboard.press('Control+S');
    await this.#page.locator('.tab.active:not(.dirty)').waitFor();
  }

  /**
   * Waits for a tab that shows a page, such as a report, and for the page in it.
   * @param {RegExp} title
   */
  async waitForPage(title) {
    await this.#page.locator('.tab.active').filter({ hasText: title }).waitFor();
    const page = this.#page.frameLocator('iframe.webview.ready').last().frameLocator('#active-frame');
    await page.locator('h1, h2').first().waitFor();
  }

  /** A key pressed while another view takes the focus goes nowhere, so it is pressed again until the text has it. */
  focusEditor() {
    const press = async () => {
      await this.#page.keyboard.press('Control+1');
      return this.#hasTextFocus();
    };
    return waitUntil(press, () => 'the editor to take the focus');
  }

  /** True once keys go to the text: a chord that comes before is not heard. */
  #hasTextFocus() {
    const focused = this.#page.locator('.editor-instance .monaco-editor.focused').first();
    return focused.waitFor({ timeout: 2_000 }).then(
      () => true,
      () => false,
    );
  }

  /** One key or, with spaces between them, a chord such as `Control+Alt+B N`. */
  async press(keys) {
    for (const key of keys.split(' ')) await this.#page.keyboard.press(key);
  }

  /** Runs a command from the palette by its title, such as `Brakeline: Export Acknowledgements`. */
  async runCommand(title) {
    const first = await this.quickInput.openOn('F1', `>${title}`, title);
    if (!first.includes(title)) throw new Error(`expected the command ${title} first in the palette, found ${first}`);
    await this.#page.keyboard.press('Enter');
    await this.quickInput.waitUntilPaletteGone();
  }

  /** Titles of the code lenses on the screen, top to bottom, without their icons, such as `high · 2 dependents in 1 file · Acknowledge`. */
  async codeLenses() {
    const texts = await this.#page.locator('.editor-instance .codelens-decoration a').allTextContents();
    return texts.map(plain);
  }

  /** @param {RegExp} pattern */
  waitForLens(pattern) {
    return waitUntil(
      async () => (await this.codeLenses()).find((title) => pattern.test(title)),
      async () => `a code lens like ${pattern}, found ${listOf(await this.codeLenses())}`,
    );
  }

  /** @param {RegExp} pattern */
  waitForNoLens(pattern) {
    return waitUntil(
      async () => !(await this.codeLenses()).some((title) => pattern.test(title)),
      async () => `no code lens like ${pattern}, found ${listOf(await this.codeLenses())}`,
    );
  }

  /** Brings the Problems panel up and leaves the focus in the editor. */
  async showProblems() {
    await this.runCommand('Problems: Focus on Problems View');
    await this.#page.locator('.markers-panel-container').waitFor();
    await this.focusEditor();
  }

  /** What the Problems panel says aloud for each of our diagnostics; the places they relate to have rows too, which are left out. */
  async problems() {
    const rows = this.#page.locator('.markers-panel .monaco-list-row');
    const labels = await rows.evaluateAll((found) => found.map((row) => row.getAttribute('aria-label') ?? ''));
    return labels.filter((label) => /^(Error|Warning|Info)/.test(label) && /generated by brakeline/i.test(label));
  }

  /** @param {RegExp} pattern */
  waitForProblem(pattern) {
    return waitUntil(
      async () => (await this.problems()).find((problem) => pattern.test(problem)),
      async () => `a problem of ours like ${pattern}, found ${listOf(await this.problems())}`,
    );
  }

  waitForNoProblem() {
    return waitUntil(
      async () => (await this.problems()).length === 0,
      async () => `no problem of ours, found ${listOf(await this.problems())}`,
    );
  }

  /** What the impact view says aloud, row by row. */
  impactRows() {
    const rows = this.#page.locator('.panel .pane-body .tree-explorer-viewlet-tree-view .monaco-list-row[aria-label]');
    return rows.evaluateAll((found) => found.map((row) => row.getAttribute('aria-label') ?? ''));
  }

  /** @param {RegExp} pattern */
  waitForImpact(pattern) {
    return waitUntil(
      async () => (await this.impactRows()).find((row) => pattern.test(row)),
      async () => `a row of the impact view like ${pattern}, found ${listOf(await this.impactRows())}`,
    );
  }

  /** What the sign-off view says aloud, row by row. */
  signoffRows() {
    return this.#signoffRows().evaluateAll((found) => found.map((row) => row.getAttribute('aria-label') ?? ''));
  }

  /** @param {RegExp} pattern */
  waitForSignoff(pattern) {
    return waitUntil(
      async () => (await this.signoffRows()).find((row) => pattern.test(row)),
      async () => `a row of the sign-off view like ${pattern}, found ${listOf(await this.signoffRows())}`,
    );
  }

  /** Shows the diff of the hunk whose row begins like that, and waits for its tab. */
  async openSignoffHunk(path) {
    await this.#signoffRows().filter({ hasText: path }).first().click();
    const name = path.slice(path.lastIndexOf('/') + 1);
    await this.#page.locator('.tab.active').filter({ hasText: name }).waitFor();
    await this.#page.locator('.monaco-diff-editor .modified .view-line').first().waitFor();
  }

  #signoffRows() {
    return this.#page.locator('[id="workbench.view.extension.brakeline-signoff"] .monaco-list-row[aria-label]');
  }

  /** @param {string} id such as `brakeline.status` */
  statusItem(id) {
    return this.#page.locator(`.statusbar-item[id="brakeline.brakeline.${id}"]`);
  }

  /** What the status bar item shows, and what a screen reader hears. */
  async statusText(id) {
    const item = this.statusItem(id);
    const spoken = await item.locator('a, [aria-label]').first().getAttribute('aria-label');
    return plain(`${await item.textContent()} ${spoken ?? ''}`);
  }

  async waitForStatus(id, pattern) {
    await this.statusItem(id).waitFor();
    return waitUntil(
      async () => {
        const text = await this.statusText(id);
        return pattern.test(text) ? text : undefined;
      },
      async () => `the status bar item to say ${pattern}, found ${await this.statusText(id)}`,
    );
  }

  /** Texts of all toasts since the window opened, also those that went away again. */
  toasts() {
    return this.#page.evaluate(() => window.toastsSeen);
  }

  /** Messages of ours in the notification centre, seen as a toast or not. Leaves the centre open. */
  async ownNotifications() {
    const centre = this.#page.locator('.notifications-center.visible');
    // A page that is still loading takes the focus, and with it the centre away.
    const show = async () => {
      if ((await centre.count()) === 0) await this.runCommand('Notifications: Show Notifications');
      return centre.waitFor({ timeout: 2_000 }).then(
        () => true,
        () => false,
      );
    };
    await waitUntil(show, () => 'the notification centre');
    const all = await this.#page.locator('.notifications-center .notification-list-item').allInnerTexts();
    return all.filter((text) => /brakeline/i.test(text)).map(plain);
  }

  /** Presses of a mouse, pen or finger since the window opened. */
  pointerPresses() {
    return this.#page.evaluate(() => window.pointerPresses);
  }

  /**
   * Waits until an extension is active. Milliseconds the editor says that took, the loading of its code included.
   * @param {string} name the display name
   */
  async activationTime(name) {
    await this.runCommand('Developer: Show Running Extensions');
    const rows = this.#page
      .locator('.runtime-extensions-editor .monaco-list-row')
      .filter({ has: this.#page.getByText(name, { exact: true }) });
    const said = await waitUntil(
      async () => /Activation: (\d+)ms/.exec((await rows.allTextContents()).join('\n')),
      async () => `${name} among the running extensions`,
    );
    // Newer editors show the list over everything else, where most keys do nothing.
    await this.#page.keyboard.press('Escape');
    return Number(said[1]);
  }

  /** @param {keyof THEMES} theme */
  async useTheme(theme) {
    const applied = this.#page.locator(`.monaco-workbench.${THEMES[theme].applied}`).first();
    // The editor watches its settings file, and on a busy machine may miss a change that follows another: it is written again then.
    for (let attempt = 1; ; attempt += 1) {
      this.#server.changeSettings({ 'workbench.colorTheme': THEMES[theme].setting });
      try {
        return await applied.waitFor({ timeout: VISIBLE_TIMEOUT_MS / 4 });
      } catch (error) {
        if (attempt === 4) throw error;
      }
    }
  }

  async screenshot(name) {
    mkdirSync(SHOTS, { recursive: true });
    const file = path.join(SHOTS, `${name}.png`);
    // A change of theme fades; a picture taken midway shows neither.
    await this.#page.evaluate(() => {
      const fading = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
      return Promise.allSettled(fading.map((animation) => animation.finished));
    });
    await this.#page.screenshot({ path: file });
  }

  /** One screenshot in each theme; ends in the dark one. */
  async screenshotInThemes(name) {
    for (const theme of ['light', 'contrast', 'dark']) {
      await this.useTheme(theme);
      await this.screenshot(`${name}-${theme}`);
    }
  }
}

/**
 * Runs in the page. Counts presses of a mouse, pen or finger, so that a journey can show that it used none, and keeps the text of
 * every toast, however short it stays.
 */
function watchWindow() {
  window.pointerPresses = 0;
  window.toastsSeen = [];
  window.addEventListener('pointerdown', () => window.pointerPresses++, true);
  const seen = new WeakSet();
  new MutationObserver(() => {
    for (const message of document.querySelectorAll('.notification-toast .notification-list-item-message')) {
      if (seen.has(message) || message.textContent === '') continue;
      seen.add(message);
      window.toastsSeen.push(message.textContent);
    }
  }).observe(document, { childList: true, subtree: true });
}
