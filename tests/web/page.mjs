// Opens a report in a headless Chromium and checks it: in light and dark, on a desk and on a phone.
// usage: node tests/web/page.mjs REPORT.html [AXE.js]      CHROMIUM names the browser
// Checked: nothing is asked of the network, nothing is said on the console, every figure is drawn,
// the page is no wider than the screen, no labels of a figure overlap or leave it, and axe-core finds nothing.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [report, axeFile] = process.argv.slice(2);
const axe = axeFile && readFileSync(axeFile, 'utf8');
const profile = mkdtempSync(join(tmpdir(), 'pushpull-page-'));
const browser = spawn(process.env.CHROMIUM ?? 'chromium',
  ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-pipe', `--user-data-dir=${profile}`],
  { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
browser.on('error', (problem) => { console.error(`no browser: ${problem.message}`); process.exit(77); });

// The DevTools protocol over a pipe: messages of JSON, each ended by a zero byte.
const [, , , input, output] = browser.stdio;
const waiting = new Map();
const heard = [];
let last = 0;
let rest = '';
output.setEncoding('utf8').on('data', (chunk) => {
  const parts = (rest + chunk).split('\0');
  rest = parts.pop();
  for (const message of parts.map((part) => JSON.parse(part))) {
    if (message.id) waiting.get(message.id)(message);
    else heard.push(message);
  }
});
async function call(method, params = {}, sessionId = undefined) {
  const id = ++last;
  const answer = new Promise((settle) => waiting.set(id, settle));
  input.write(JSON.stringify({ id, method, params, sessionId }) + '\0');
  const { result, error } = await answer;
  if (error) throw new Error(`${method}: ${error.message}`);
  return result;
}

const pause = (ms) => new Promise((settle) => setTimeout(settle, ms));
const problems = [];

// Runs in the page: labels of a figure that stand outside of it or overlap by more than a hair.
function misplaced() {
  const found = [];
  for (const figure of document.querySelectorAll('.pp-figure')) {
    const frame = figure.getBoundingClientRect();
    const labels = [...figure.querySelectorAll('svg text')].filter((t) => t.textContent.trim() && t.getAttribute('opacity') !== '0')
      .map((t) => ({ text: t.textContent, box: t.getBoundingClientRect() }));
    for (const { text, box } of labels) {
      if (box.left < frame.left - 2 || box.right > frame.right + 2) found.push(`${figure.dataset.spec}: "${text}" is outside`);
    }
    labels.forEach((a, i) => labels.slice(i + 1).forEach((b) => {
      const x = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
      const y = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
      if (x > 2 && y > 4) found.push(`${figure.dataset.spec}: "${a.text}" and "${b.text}" overlap`);
    }));
  }
  return found;
}

async function check(scheme, width) {
  const { targetId } = await call('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await call('Target.attachToTarget', { targetId, flatten: true });
  const page = (method, params) => call(method, params, sessionId);
  const ask = async (expression) => {
    const { result, exceptionDetails } = await page('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  const say = (text) => problems.push(`${scheme}, ${width} pixels: ${text}`);
  heard.length = 0;
  for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await page(`${domain}.enable`);
  await page('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
  await page('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: width < 500 });
  await page('Page.navigate', { url: pathToFileURL(resolve(report)).href });
  const undrawn = 'document.querySelectorAll(".pp-figure:not(.is-drawn)").length';
  for (let i = 0; i < 100 && (i < 5 || (await ask(undrawn)) > 0); i++) await pause(100);

  if (await ask(undrawn)) say('some figures are not drawn');
  if (await ask('document.querySelectorAll(".pp-figure > svg:not([aria-label]), .pp-figure div > svg:not([aria-label])").length')) say('a figure has no words for a screen reader');
  const tooWide = await ask('document.documentElement.scrollWidth - innerWidth');
  if (tooWide > 0) say(`the page is ${tooWide} pixels too wide`);
  for (const label of await ask(`(${misplaced})()`)) say(label);
  for (const { method, params } of heard) {
    if (method === 'Network.requestWillBeSent' && !/^(file|data):/.test(params.request.url)) say(`asks for ${params.request.url}`);
    if (method === 'Runtime.exceptionThrown') say(params.exceptionDetails.exception?.description ?? 'an exception');
    if (method === 'Log.entryAdded' && params.entry.level === 'error') say(params.entry.text);
    if (method === 'Runtime.consoleAPICalled' && ['error', 'warning'].includes(params.type)) say(params.args.map((a) => a.value).join(' '));
  }
  if (axe) {
    await ask(`${axe};0`);
    const found = await ask(`axe.run({ resultTypes: ['violations'] }).then((r) => r.violations.map((v) =>
      v.id + ': ' + v.help + ' (' + v.nodes.slice(0, 3).map((n) => n.target).join(', ') + ')'))`);
    for (const violation of found) say(violation);
  }
  await call('Target.closeTarget', { targetId });
}

for (const scheme of ['light', 'dark']) {
  for (const width of [1200, 360]) await check(scheme, width);
}
browser.on('exit', () => {
  rmSync(profile, { recursive: true, force: true });
  for (const problem of problems) console.error(problem);
  console.log(problems.length ? `${problems.length} problems` : 'the page is in order');
  process.exitCode = problems.length ? 1 : 0;
});
call('Browser.close');
