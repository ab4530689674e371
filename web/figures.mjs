// Draws Vega-Lite specifications as SVG and, where resvg can be loaded, as PNG.
// usage: node figures.mjs FOLDER [NODE_MODULES]    every FOLDER/*.vl.json gets its twins beside it
// Vega, Vega-Lite and resvg are the files beside this one (resvg may be another's NODE_MODULES'). A figure that cannot be drawn is named on
// stderr, the others are drawn, and the exit status is 1.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInThisContext } from 'node:vm';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

const [folder, modules] = process.argv.slice(2);
const ending = '.vl.json';
const names = readdirSync(folder).filter((n) => n.endsWith(ending)).sort();

// Many figures are drawn on two threads, each of which takes the next one that is left.
const MANY = 8;
const taken = new Int32Array(workerData?.taken ?? new SharedArrayBuffer(4));
if (isMainThread && names.length > MANY) {
  const argv = modules ? [folder, modules] : [folder];
  const other = new Worker(new URL(import.meta.url), { argv, workerData: { taken: taken.buffer } });
  other.on('error', (problem) => { console.error(problem.message); process.exitCode = 1; });
  other.on('exit', (code) => { if (code) process.exitCode = 1; });
}

for (const script of ['vega.min.js', 'vega-lite.min.js']) {
  runInThisContext(readFileSync(new URL(script, import.meta.url), 'utf8'), script);
}
const { vega, vegaLite } = globalThis;

const resvgFile = modules
  ? pathToFileURL(join(resolve(modules), '@resvg/resvg-js/index.js'))
  : new URL('resvg/index.js', import.meta.url);
const resvg = await import(resvgFile.href).catch(() => null);
const quiet = { warn() {}, info() {}, debug() {}, error: console.error, level() {} };

const PNG_ZOOM = 1.5; // a PNG of twice the size takes twice the time, and there is the SVG

const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

async function draw(stem) {
  const spec = JSON.parse(readFileSync(`${stem}.vl.json`, 'utf8'));
  const compiled = vegaLite.compile(spec, { logger: quiet }).spec;
  const view = new vega.View(vega.parse(compiled), { renderer: 'none' });
  const label = `role="img" aria-label="${escaped(spec.description)}"`;
  const svg = (await view.toSVG()).replace('<svg ', `<svg ${label} `);
  view.finalize();
  writeFileSync(`${stem}.svg`, svg + '\n');
  if (resvg) {
    const font = { loadSystemFonts: true, defaultFontFamily: 'DejaVu Sans' };
    const options = { fitTo: { mode: 'zoom', value: PNG_ZOOM }, font };
    writeFileSync(`${stem}.png`, new resvg.Resvg(svg, options).render().asPng());
  }
}

for (let i; (i = Atomics.add(taken, 0, 1)) < names.length;) {
  const name = names[i];
  try {
    await draw(join(folder, name.slice(0, -ending.length)));
  } catch (problem) {
    console.error(`${name}: ${problem.message}`);
    process.exitCode = 1;
  }
}
