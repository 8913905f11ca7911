// Checks files that a reader brings, by proof.js and what stands on it. Nothing is uploaded; the
// policy file that the reader brought stays in this browser until it is removed.

const $ = (id) => document.getElementById(id);
const CLASS = {
  witnessed: 'ok', included: 'exc', refuted: 'bad', altered: 'bad', from: 'bad', damaged: 'bad',
  broken: 'bad', stands: 'done',
};
const PROGRESS_MS = 1000;
const counted = (value) => Number(value).toLocaleString('en-US');

const load = (id) => import($(id).href);
const [proof, keysOf, { Chain, Wrong, linesOf, slicesOf }, { judgeSaved }, { isPack, judgePack }] =
  await Promise.all(['proof', 'keys', 'chain', 'heads', 'pack'].map(load));
const words = (id, values = {}) => Object.entries(values).reduce(
  (said, [name, value]) => said.replace(`{${name}}`, value), $(id).content.textContent);

function show(name, values = {}) {
  const [verdict, slot] = [$('verdict'), $('verdict-slot')];
  verdict.className = `verdict ${CLASS[name] ?? 'wait'}`;
  verdict.setAttribute('role', CLASS[name] === 'bad' ? 'alert' : 'status');
  slot.replaceChildren($(`v-${name}`).content.cloneNode(true));
  for (const one of slot.querySelectorAll('[data-only]')) {
    one.hidden = !one.dataset.only.split(' ').some((word) => values.only?.includes(word));
  }
  for (const [field, value] of Object.entries(values)) {
    for (const at of slot.querySelectorAll(`[data-fill=${field}]`)) at.textContent = value;
  }
  document.documentElement.dataset.verdict = name;
}

// Files.

function list(id, items) {
  $(id).replaceChildren(...items.map(([state, said]) => {
    const item = document.createElement('li');
    item.className = { done: 't-done', bad: 't-bad', wait: 't-wait' }[state];
    const text = document.createElement('span');
    text.textContent = said;
    item.append($(`m-${state}`).content.cloneNode(true), text);
    return item;
  }));
}

const NEVER = ['l-missing', 'l-rules', 'l-world'];

function tell(verdict, values, checked, unchecked, never = NEVER) {
  $('result').hidden = false;
  show(verdict, values);
  list('checked', checked);
  list('unchecked', [...unchecked, ...never].map((one) =>
    ['wait', Array.isArray(one) ? words(...one) : words(one)]));
}

const DOUBTS = {
  quorum: 'l-no-quorum', no_quorum: 'l-no-quorum', no_policy: 'l-no-keys',
  no_outside_keys: 'l-no-keys', log_key: 'l-other-key',
};
/** Why a verdict is no better: what the head lacks, and keys that nobody brought from outside. */
const reasons = (keys, judged) => [...new Set([
  ...(judged.reason === null ? [keys.whose] : [judged.reason]),
  ...(judged.outside ?? keys.outside ? [] : ['no_outside_keys']),
])];
const doubts = (keys, judged) =>
  [...new Set(reasons(keys, judged).map((reason) => DOUBTS[reason]).filter(Boolean))];

const good = (...lines) => lines.map((one) => ['done', words(...one)]);
const signed = (judged) =>
  good(['l-log'], ['l-witness', { n: judged.witnesses.join(' · ') || '0' }]);

async function checkGift(file, text, keys) {
  const judged = await proof.judgeGift(JSON.parse(text), keys);
  const values = { file: file(), reason: judged.reason ?? '', only: reasons(keys, judged) };
  if (judged.verdict === 'refuted') return tell('refuted', values, [['bad', judged.reason]], []);
  const lines = good(['l-content', { n: judged.records }], ['l-tree', { n: counted(judged.size) }], ['l-sum']);
  return tell(judged.verdict, values, [...lines, ...signed(judged)], doubts(keys, judged));
}

async function checkReceipt(file, receipt, line, keys) {
  const judged = await proof.judge(receipt, line.replace(/\n$/, ''), keys);
  const values = { file: file(), reason: judged.reason ?? '', only: reasons(keys, judged) };
  if (judged.verdict === 'refuted') return tell('refuted', values, [['bad', judged.reason]], []);
  const lines = good(['l-content', { n: 1 }], ['l-tree', { n: counted(judged.size) }]);
  return tell(judged.verdict, values, [...lines, ...signed(judged)], doubts(keys, judged));
}

/** What is said where a record is wrong: which is the first, and what of those before it holds. */
function altered(file, { first, exact }) {
  const values = { file: file(), first: counted(first), before: counted(first) };
  const before = first > 0 ? good(['l-before', { n: counted(first) }]) : [];
  const at = [...before, ['bad', words('l-at', { n: counted(first) })]];
  tell(exact ? 'altered' : 'from', values, at, ['l-behind', 'l-signatures']);
}

/** Whole records: each in its one form, continuing the one before; the tree against the head. */
async function checkRecords(file, records, note, keys, progress) {
  const head = note === null ? null : await proof.openHead(proof.parseNote(note), keys);
  const chain = new Chain(proof, head ? [head.size] : []);
  try {
    await chain.take(linesOf(slicesOf(records, progress)));
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    const begins = error.first > 0 || await startsAtZero(records);
    return begins ? altered(file, error) : tell('none', { file: file(), reason: 'not_from_0' }, [], []);
  }
  const lines = good(['l-content', { n: counted(chain.count) }], ['l-chain']);
  if (!head) return tell('none', { file: file(), reason: 'no_checkpoint' }, lines, ['l-no-head']);
  const at = chain.roots.get(head.size);
  const tree = { n: counted(head.size) };
  if (!at || proof.base64(at) !== proof.base64(head.root)) {
    const reason = at ? 'root_differs' : 'beyond_records';
    return tell('refuted', { file: file(), reason }, [...lines, ['bad', words('l-tree', tree)]], []);
  }
  const rest = chain.count > head.size ? [['l-uncovered', { n: counted(chain.count - head.size) }]] : [];
  return tell(head.verdict, { file: file(), only: reasons(keys, head) },
    [...lines, ...good(['l-tree', tree]), ...signed(head)], [...doubts(keys, head), ...rest]);
}

/** A part of a ledger begins elsewhere, which is no fault of it. */
async function startsAtZero(records) {
  const [line] = (await records.slice(0, 1 << 16).text()).split('\n');
  return !/"seq":[1-9][0-9]*,"signatures":/.test(line);
}

/** An audit pack, whole. */
async function checkPack(file, pack, keys, progress) {
  const judged = await judgePack(pack, keys, progress);
  const { verdict, first } = judged;
  if (verdict === 'altered' || verdict === 'from') return altered(file, { first, exact: verdict === 'altered' });
  if (verdict === 'damaged') {
    const values = { file: file(), where: judged.at, before: counted(first) };
    const before = first > 0 ? good(['l-before', { n: counted(first) }]) : [];
    return tell('damaged', values, [...before, ['bad', words('l-archive')]], ['l-pack-rest']);
  }
  const lines = good(['l-whole', { n: counted(judged.files.size) }], ['l-content', { n: counted(judged.records) }],
    ['l-chain'], ['l-tree', { n: counted(judged.size) }], ['l-kept', { n: counted(judged.kept) }], ['l-places']);
  return tell(verdict, { file: file(), only: reasons(keys, judged) }, [...lines, ...signed(judged)],
    [...doubts(keys, judged), 'l-stamps', 'l-papers', 'l-tools'], ['l-never', 'l-rules', 'l-world']);
}

/** A saved head, three lines or signed, against this ledger as it is now. */
async function checkHead(file, text, keys) {
  const { finding, old } = await judgeSaved(text, keys);
  const size = old?.size ? counted(old.size - 1) : '–';
  if (finding === 'stands') return tell('stands', { file: file(), size }, good(['l-head']), []);
  if (finding === 'fails') return tell('broken', { file: file() }, [['bad', words('l-head')]], []);
  return tell('none', { file: file(), reason: words(`l-${finding}`) }, [], []);
}

const LARGE_BYTES = 8 << 20;

/** What the files are, by what stands in them and never by their names. */
async function checkFiles(files, file, progress) {
  const keys = await keysOf.bringKeys(proof, $('drop'));
  const first = new Uint8Array(await files[0].slice(0, 2).arrayBuffer());
  if (files.length === 1 && isPack(first)) return checkPack(file, files[0], keys, progress);
  const texts = await Promise.all(files.map((one) => one.slice(0, LARGE_BYTES).text()));
  const find = (is) => texts.findIndex(is);
  const at = {
    receipt: find((text) => text.startsWith('c2sp.org/tlog-proof@v1\n')),
    gift: find((text) => /^\s*\{[^]*"format":\s*"fundtrail-gift-proof-v1"/.test(text)),
    head: find((text) => /^[A-Za-z0-9][A-Za-z0-9._/-]{2,127}\n\d+\n[A-Za-z0-9+/]{43}=(\n|$)/.test(text)),
    lines: find((text) => text.startsWith('{"batch_left":')),
  };
  if (at.gift >= 0) return checkGift(file, texts[at.gift], keys);
  if (at.receipt >= 0 && at.lines >= 0) return checkReceipt(file, texts[at.receipt], texts[at.lines], keys);
  if (at.lines >= 0) {
    const note = at.head >= 0 ? texts[at.head] : null;
    return checkRecords(file, files[at.lines], note, keys, progress);
  }
  if (at.head >= 0) return checkHead(file, texts[at.head], keys);
  return tell('unknown', { file: file() }, [], []);
}

/** A size as people read it. */
function sized(bytes) {
  const [unit, of] = bytes < 1 << 10 ? ['B', 1] : bytes < 1 << 20 ? ['KiB', 1 << 10] : ['MiB', 1 << 20];
  return `${(bytes / of).toLocaleString('en-US', { maximumFractionDigits: 1 })} ${unit}`;
}

let last = [];
let turn = 0;

/** Other files were chosen, or other keys, before these were done. */
class Overtaken extends Error {}

async function run(files) {
  last = [...files];
  if (!last.length) return;
  turn += 1;
  const mine = turn;
  const go = () => {
    if (mine !== turn) throw new Overtaken();
  };
  const since = performance.now();
  const name = last.map((file) => file.name).join(' + ');
  const size = sized(last.reduce((sum, file) => sum + file.size, 0));
  // What a verdict says of the file: its name, its size, how long it took until now.
  const about = () => {
    go();
    return words('l-about', { f: name, s: size, t: ((performance.now() - since) / 1000).toFixed(1) });
  };
  $('result').hidden = false;
  show('running', { file: name });
  list('checked', []);
  list('unchecked', []);
  const progress = (part) => {
    go();
    $('progress').hidden = performance.now() - since < PROGRESS_MS;
    $('progress').value = part;
  };
  try {
    await checkFiles(last, about, progress);
  } catch (error) {
    if (mine !== turn) return;
    const refuted = error instanceof proof.Refuted;
    const values = { file: about(), reason: error.code ?? error.message };
    tell(refuted ? 'refuted' : 'none', values, refuted ? [['bad', error.code]] : [], []);
  }
  $('progress').hidden = true;
}

async function showPolicy() {
  const file = keysOf.kept(keysOf.FILE);
  $('policy-hash').textContent = file === null ? $('policy-hash').dataset.none
    : proof.hex(await proof.sha256(new TextEncoder().encode(file)));
  const policy = file === null ? null : await proof.parsePolicy(file);
  $('log-key-line').hidden = !policy?.logs.length;
  $('log-key').textContent = policy?.logs.map((key) => key.vkey).join(' ') ?? '';
  $('compared').disabled = file === null;
  $('compared').checked = file !== null && keysOf.kept(keysOf.COMPARED) === 'yes';
  $('forget').disabled = file === null;
}

async function bringPolicy(file) {
  const text = await file.text();
  $('policy-wrong').hidden = await proof.parsePolicy(text) !== null;
  if (!$('policy-wrong').hidden) return;
  localStorage.setItem(keysOf.FILE, text);
  localStorage.removeItem(keysOf.COMPARED);
  await showPolicy();
  await run(last);
}

function listen() {
  const drop = $('drop');
  $('policy-hash').dataset.none = $('policy-hash').textContent;
  for (const name of ['dragover', 'drop']) drop.addEventListener(name, (event) => event.preventDefault());
  drop.addEventListener('drop', (event) => run(event.dataTransfer.files));
  $('file').addEventListener('change', () => run($('file').files));
  $('policy').addEventListener('change', () => $('policy').files[0] && bringPolicy($('policy').files[0]));
  $('compared').addEventListener('change', () => {
    if ($('compared').checked) localStorage.setItem(keysOf.COMPARED, 'yes');
    else localStorage.removeItem(keysOf.COMPARED);
    run(last);
  });
  $('forget').addEventListener('click', async () => {
    localStorage.removeItem(keysOf.FILE);
    localStorage.removeItem(keysOf.COMPARED);
    await showPolicy();
    run(last);
  });
}

listen();
await showPolicy();
// Chosen before this module was there.
if ($('file').files.length) await run($('file').files);
