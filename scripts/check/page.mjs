/**
 * `npm run test:page -- [--quick] [--only NAME]`: the page in Debian's chromium, served from a sub-folder: every view, the slider, links,
 * hostile links, a guest that boots, is paused and stepped, a broken image, counts of all prefixes equal to `worldswitch ladder --json`,
 * no console error, no serious finding of axe-core; screenshots at 360, 1280 and 2560 px, light and dark, in .cache/page; at the end a
 * Debian kernel that is dropped in and reaches user space (without `--quick`).
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { serveFolder } from '../lib/static-server.mjs';
import { filesBelow, root } from '../lib/workspace.mjs';

const { values } = parseArgs({ options: { quick: { type: 'boolean' }, only: { type: 'string' } } });
// They are the harness's, not the workspace's.
const require = createRequire(join(root, 'apps/harness/package.json'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const built = join(root, 'apps/harness/dist/page');
const shots = join(root, '.cache/page');
const guests = join(root, '.cache/guests/cloud');
const TIMEOUT = 120_000;
const BOOT_TIMEOUT = 300_000;
const MOST_BYTES = 400_000;
const PREFIXES = 41;
const WIDTHS = [360, 1280, 2560];
const VIEWS = ['switch', 'ladder', 'compare', 'machine'];
/** The last row of a complete table. @param {string} what */
const lastRow = (what) => `.ladder-table[data-ladder="${what}"] tbody tr:nth-child(${String(2 * PREFIXES)})`;
const SERIOUS = ['serious', 'critical'];
const READY = {
  switch: '.summary[aria-busy=false] .headline b',
  ladder: lastRow('hvc'),
  compare: 'p:has-text("all 15 measured")',
  machine: '.starter',
};

let passed = 0;
let failed = 0;
const problems = [];

/** @param {boolean} condition @param {string} what */
function expect(condition, what) {
  if (condition) passed++;
  else {
    failed++;
    process.stdout.write(`FAILED: ${what}\n`);
  }
}

mkdirSync(shots, { recursive: true });
const server = await serveFolder(built, { prefix: '/some/folder/' });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });

/** @param {import('playwright-core').BrowserContextOptions} [options] @returns {Promise<import('playwright-core').Page>} */
async function open(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('requestfailed', (request) => problems.push(`request failed: ${request.url()}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url) && !/^(?:data|blob):/.test(request.url())) problems.push(`a request leaves: ${request.url()}`);
  });
  return page;
}

/** @param {import('playwright-core').Page} page @param {string} what */
async function checkAxe(page, what) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  const found = violations.filter(one => SERIOUS.includes(one.impact));
  for (const { id, nodes } of found) process.stdout.write(`axe, ${what}: ${id}: ${nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | ')}\n`);
  expect(found.length === 0, `axe finds nothing serious in ${what}`);
}

const parts = { size, firstPaint, slider, links, hostile, search, trace, ladder, machine, broken, screens, ...(values.quick === true ? {} : { kernel }) };

async function size() {
  const bytes = filesBelow(built).reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).length, 0);
  process.stdout.write(`all files, gzipped: ${bytes.toLocaleString('en')} bytes\n`);
  expect(bytes < MOST_BYTES, `${String(bytes)} bytes are below ${String(MOST_BYTES)}`);
}

async function firstPaint() {
  const page = await open();
  await page.goto(server.url);
  await page.waitForSelector('.sides');
  const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity);
  process.stdout.write(`first contentful paint: ${paint.toFixed(0)} ms\n`);
  expect(paint < 1000, 'the first paint comes within a second');
  await page.waitForSelector(READY.switch);
  const [before = 0, after = 0] = await figures(page);
  expect(before === 2076 && after === 1076, `base 2076 and final 1076 cycles, not ${String(before)} and ${String(after)}`);
  expect((await page.locator('.gone li').count()) > 8, 'operations that are gone are listed at once');
  await page.context().close();
}

/** @param {import('playwright-core').Page} page */
async function figures(page) {
  return (await page.locator('.headline b').allTextContents()).map((text) => Number(text.replaceAll(',', '')));
}

async function slider() {
  const page = await open();
  await page.goto(server.url);
  await page.waitForSelector(READY.switch);
  const right = page.locator('.side-b input[type=range]');
  await right.focus();
  for (let press = 0; press < 13; press++) await page.keyboard.press('ArrowLeft');
  await page.waitForSelector('.summary[aria-busy=false] th[data-side=b]:text-is("p27")');
  const reads = async () => Number(await page.locator('[data-side=b][data-count=reads]').textContent());
  const before = await reads();
  expect(new URL(page.url()).hash === '#b=p27', 'the slider is in the link');
  await page.keyboard.press('ArrowRight');
  await page.waitForSelector('.summary[aria-busy=false] th[data-side=b]:text-is("p28")');
  expect((await reads()) === before - 26, `patch 28 takes 26 reads out: ${String(before)}, then ${String(await reads())}`);
  const row = page.locator('[data-operation="enter/restore-guest-el1"]');
  expect((await row.getAttribute('data-mark')) === 'away', 'restore-guest-el1 has left enter');
  await row.locator('.operation-name').press('Enter');
  await page.waitForSelector('.opened .entries td:text("MSR SCTLR_EL12")');
  await row.locator('.chip').last().click();
  await page.waitForSelector('.panel:has-text("Defer saving/restoring 64-bit sysregs")');
  await page.locator('.entries button.link').first().click();
  await page.waitForSelector('.fields tr');
  await checkAxe(page, 'an opened operation with a patch and a register');
  await page.locator('select').nth(1).selectOption('nvhe');
  await page.waitForSelector('.summary[aria-busy=false] [data-count=hvcs]');
  await page.locator('.side-a .set').fill('28');
  await page.locator('.side-a .set').press('Enter');
  await page.waitForSelector('.side-a .error:has-text("requires step 1")');
  await page.context().close();
}

async function links() {
  const page = await open();
  const hash = '#view=switch&machine=seattle-vhe&scenario=irq-1lr&a=p37&b=final%2C-33&open=exit%2Fdeactivate-hcr&patch=38';
  await page.goto(server.url + hash);
  await page.waitForSelector(READY.switch);
  expect((await page.locator('select').first().inputValue()) === 'seattle-vhe', 'the link restores the machine');
  expect((await page.locator('.side-b .set').inputValue()) === 'final,-33', 'the link restores a step set');
  await page.waitForSelector('[data-operation="exit/deactivate-hcr"] .opened');
  await page.waitForSelector('section[aria-label="Patch 38"]');
  await page.locator('.tab:text-is("Compare")').click();
  await page.waitForSelector(READY.compare);
  await page.goBack();
  await page.waitForSelector('section[aria-label="Patch 38"]');
  expect(new URL(page.url()).hash.includes('seattle-vhe'), 'back leads back');
  await page.goto(`${server.url}#modeA=nvhe&a=final`);
  await page.waitForSelector('.summary[aria-busy=false] th[data-side=a]:text-is("final, non-VHE")');
  const calls = await page.locator('[data-count=hvcs]').allTextContents();
  expect(calls.join(' ') === '1 0 \u22121', `a link has each side in its own mode: ${calls.join(' ')} calls of the hypervisor`);
  expect((await page.locator('label:has-text("Mode") select').inputValue()) === 'nvhe vhe', 'the choice of modes says so');
  await page.context().close();
}

async function hostile() {
  const page = await open();
  await page.goto(`${server.url}#view=__proto__&machine=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&a=constructor&b=p99&open=..%2F..&patch=99&find=%3Cscript%3Ealert(1)%3C%2Fscript%3E`);
  await page.waitForSelector('.error:has-text("constructor")');
  expect((await page.locator('main img, main script').count()) === 0, 'nothing of a link becomes markup');
  await page.goto(`${server.url}#machine=nosuch`);
  await page.waitForSelector('.error:has-text("There is no machine nosuch: known are generic")');
  expect(true, 'an unknown machine is answered with those that are known');
  await page.context().close();
}

async function search() {
  const page = await open();
  await page.goto(server.url);
  await page.waitForSelector(READY.switch);
  await page.keyboard.press('/');
  await page.keyboard.type('VBAR');
  await page.waitForSelector('p:has-text("operations have")');
  const shown = await page.locator('.operation').count();
  expect(shown > 0 && shown < 12, `a register leads to the operations that use it: ${String(shown)}`);
  await page.keyboard.press('Control+A');
  await page.keyboard.type('64-bit');
  await page.waitForSelector('[aria-label="Patches found"] .chip:text-is("28")');
  expect(true, 'a word of a title leads to the patch');
  await page.context().close();
}

async function trace() {
  const page = await open();
  await page.goto(server.url);
  await page.waitForSelector(READY.switch);
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('text=Save as a Chrome / Perfetto trace').click()]);
  const { traceEvents } = JSON.parse(readFileSync(await download.path(), 'utf8'));
  const phases = traceEvents.filter(event => event.cat === 'phase' && event.pid === 2);
  const trip = phases.filter(event => !['load', 'put'].includes(event.name)).reduce((sum, event) => sum + event.args.cycles, 0);
  expect(Math.abs(trip - 1076) < 1e-6, `the trace of final has 1076 cycles from flush to sync, not ${String(trip)}`);
  await page.context().close();
}

/** Interrupt controllers by their choice, as scenarios have them in their names. */
const CONTROLLERS = { '3-3': 'hvc', '3-2': 'gicv2-on-v3-irq', '2-2': 'gicv2-irq' };

/** Counts of all prefixes and both modes, on the page and from the command: of every scenario that the page offers, and of load and put. */
async function ladder() {
  const isQuick = values.quick === true;
  const page = await open();
  await page.goto(`${server.url}#view=ladder`);
  const command = promisify(execFile)(process.execPath, [join(root, 'apps/cli/dist/main.js'), 'ladder', '--scenario', isQuick ? 'hvc' : 'all', '--json'], { maxBuffer: 1 << 26 });
  await page.waitForSelector(READY.ladder, { state: 'attached' });
  const { rows: all, loadPut } = JSON.parse((await command).stdout);
  const rows = all.filter(row => row.skipped === undefined);
  const scenarios = [...new Set(rows.map(row => row.scenario))];
  if (!isQuick) {
    const offered = [];
    for (const value of ['3 3', '3 2', '2 2']) {
      await page.locator('label:has-text("Interrupt controller") select').selectOption(value);
      offered.push(...(await page.locator('label:has-text("What the guest does") option').evaluateAll(options => options.map(option => option.value))));
    }
    expect(offered.toSorted().join() === scenarios.toSorted().join(), `the page offers the scenarios of the command: ${offered.join(', ')}`);
  }
  let compared = 0;
  for (const scenario of scenarios) {
    await page.goto(`${server.url}#view=ladder&scenario=${scenario}`);
    compared += await compareRows(page, scenario, rows.filter(row => row.scenario === scenario), 13, (row, name) => row[name]);
  }
  for (const [controllers, scenario] of Object.entries(CONTROLLERS).slice(0, isQuick ? 1 : undefined)) {
    await page.goto(`${server.url}#view=ladder&scenario=${scenario}&shown=loadPut`);
    const own = loadPut.filter(({ gic, guestGic }) => `${String(gic)}-${String(guestGic)}` === controllers);
    compared += await compareRows(page, controllers, own, 14, (row, name) => row[name.split(' ')[0]][name.split(' ')[1]]);
  }
  process.stdout.write(`${compared.toLocaleString('en')} counts of ${String(scenarios.length)} scenarios, and of load and put, compared with worldswitch ladder --json\n`);
  await page.goto(`${server.url}#view=ladder`);
  await page.waitForSelector(READY.ladder, { state: 'attached' });
  await checkAxe(page, 'the ladder');
  await page.locator('[data-quantity=reads][data-mode=vhe] .column').nth(28).press('Enter');
  await page.waitForSelector('.summary[aria-busy=false] th[data-side=b]:text-is("p28")');
  expect((await page.locator('[data-side=difference][data-count=reads]').textContent()) === '\u221226', 'a bar leads to the switch behind it');
  await page.context().close();
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} what A scenario or a pair of controllers.
 * @param {readonly any[]} rows Of the command.
 * @param {number} columns
 * @param {(row: any, name: string) => number} valueOf
 */
async function compareRows(page, what, rows, columns, valueOf) {
  await page.waitForSelector(lastRow(what), { state: 'attached' });
  const shown = await page.locator('.ladder-table tbody tr').evaluateAll((all) =>
    all.map((row) => {
      const { dataset, cells } = row;
      return { mode: dataset['mode'], prefix: Number(dataset['prefix']), counts: [...cells].flatMap((cell) => (cell.dataset['count'] === undefined ? [] : [[cell.dataset['count'], Number(cell.textContent)]])) };
    }),
  );
  expect(rows.length === 2 * PREFIXES && shown.length === rows.length, `${what}: ${String(shown.length)} rows on the page, ${String(rows.length)} of the command`);
  for (const { mode, prefix, counts } of shown) {
    const row = rows.find(one => one.mode === mode && one.prefix === prefix);
    const different = counts.filter(([name, value]) => row === undefined || valueOf(row, String(name)) !== value);
    expect(different.length === 0 && counts.length === columns, `${what}: ${String(mode)} p${String(prefix)} as the command has it: ${JSON.stringify(different)}`);
  }
  return shown.length * columns;
}

/** @param {import('playwright-core').Page} page */
const instructions = async (page) => Number(await page.locator('[data-instructions]').getAttribute('data-instructions'));

async function machine() {
  const page = await open();
  await page.goto(`${server.url}#view=machine`);
  await page.locator('text=Start the benchmark guest').click();
  await page.waitForSelector('.console:has-text("4096 hypercalls:")');
  await page.locator('.console').focus();
  await page.keyboard.type('k');
  await page.waitForSelector('.console:has-text("you typed k")');
  await page.locator('button:text-is("Pause")').click();
  await page.waitForSelector('[data-state=paused]');
  const before = await instructions(page);
  await page.locator('button:text-is("Step")').click();
  await page.waitForFunction((count) => Number(document.querySelector('[data-instructions]')?.getAttribute('data-instructions')) > count, before);
  expect((await instructions(page)) === before + 1, 'a step is one instruction');
  await page.locator('button:text-is("Run to the next exit")').click();
  await page.waitForSelector('[data-state=paused]');
  await page.waitForSelector('.log li:has-text("HVC64")');
  await page.locator('button:text-is("Walk the pc")').click();
  await page.waitForSelector('.walk-result:has-text("physical 0x")');
  expect((await page.locator('section[aria-label="Walk of an address"] tbody tr').count()) > 0, 'the walk reads descriptors of stage 2');
  await page.waitForSelector('section[aria-label=Interrupts]:has-text("No interrupt of the guest is pending or active.")');
  await page.locator('.registers.wide button').first().click();
  await page.waitForSelector('.fields tr');
  await checkAxe(page, 'the machine');
  await page.context().close();
}

async function broken() {
  const page = await open();
  await page.goto(`${server.url}#view=machine`);
  await page.locator('text=Start the benchmark guest').click();
  await page.waitForSelector('.console:has-text("4096 hypercalls:")');
  const before = await instructions(page);
  await page.locator('[data-file=image]').setInputFiles({ name: '<b>broken</b>', mimeType: 'application/octet-stream', buffer: Buffer.from('no kernel at all') });
  await page.locator('button:text-is("Boot it")').click();
  await page.waitForSelector('.starter .error:has-text("<b>broken</b> is neither")');
  await page.locator('[data-file=image]').setInputFiles({ name: 'half.gz', mimeType: 'application/gzip', buffer: Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]) });
  await page.locator('button:text-is("Boot it")').click();
  await page.waitForSelector('.starter .error:has-text("cannot be unpacked")');
  await page.waitForFunction((count) => Number(document.querySelector('[data-instructions]')?.getAttribute('data-instructions')) > count, before);
  expect((await page.locator('.starter b').count()) === 0, 'the name of a file is text');
  await page.context().close();
}

async function screens() {
  for (const colorScheme of ['light', 'dark']) {
    const page = await open({ colorScheme });
    for (const view of VIEWS) {
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.goto(`${server.url}#view=${view}`);
      await page.waitForSelector(READY[view], { state: 'attached' });
      if (view === 'machine') {
        await page.locator('text=Start the benchmark guest').click();
        await page.waitForSelector('.console:has-text("4096 hypercalls:")');
        await page.locator('button:text-is("Pause")').click();
        await page.waitForSelector('[data-state=paused]');
      }
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: width < 700 ? 780 : 1100 });
        await page.screenshot({ fullPage: true, path: join(shots, `${view}-${String(width)}-${colorScheme}.png`) });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect(wide <= 0, `${view} at ${String(width)} px does not scroll sideways (${String(wide)} px)`);
      }
      await page.setViewportSize({ width: 1280, height: 900 });
      await checkAxe(page, `${view}, ${colorScheme}`);
    }
    await page.context().close();
  }
}

/** A kernel and an initial RAM disk dropped onto the page, on the machine by themselves and as a guest of the hypervisor. */
async function kernel() {
  for (const host of ['none', 'vhe']) {
    const page = await open();
    await page.goto(`${server.url}#view=machine&host=${host}`);
    await page.locator('[data-file=image]').setInputFiles(join(guests, 'Image'));
    await page.locator('[data-file=initrd]').setInputFiles(join(guests, 'initrd'));
    const started = performance.now();
    await page.evaluate(() => {
      const transfer = new DataTransfer();
      for (const field of document.querySelectorAll('input[type=file]')) for (const file of field.files ?? []) transfer.items.add(file);
      document.querySelector('.starter')?.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer }));
    });
    await page.waitForSelector('.console:has-text("Linux version")', { timeout: BOOT_TIMEOUT });
    await page.waitForFunction(() => /Run \/init|WORLDSWITCH|user space/i.test(document.querySelector('.console')?.textContent ?? ''), null, { timeout: BOOT_TIMEOUT });
    process.stdout.write(`the kernel reaches user space after ${((performance.now() - started) / 1000).toFixed(1)} s (hypervisor: ${host})\n`);
    expect(true, 'a kernel reaches user space');
    await page.screenshot({ path: join(shots, `kernel-${host}.png`) });
    await page.context().close();
  }
}

try {
  for (const [name, run] of Object.entries(parts)) {
    if (values.only !== undefined && values.only !== name) continue;
    const started = performance.now();
    try {
      await run();
    } catch (error) {
      expect(false, `${name}: ${error instanceof Error ? error.message.split('\n').slice(0, 4).join(' ') : String(error)}`);
    }
    process.stdout.write(`${name}: ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  }
  for (const problem of new Set(problems)) process.stdout.write(`${problem}\n`);
  expect(problems.length === 0, 'no error on the console, no request that fails or leaves');
} finally {
  await browser.close();
  await server.close();
}
process.stdout.write(`${String(passed)} passed, ${String(failed)} failed\n`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
