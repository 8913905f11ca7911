// Checks files that a reader brings, and the one record of a record's page, by proof.js. Nothing is
// uploaded; the policy file that the reader brought stays in this browser until it is removed.

const $ = (id) => document.getElementById(id);
const CLASS = { witnessed: 'ok', included: 'exc', refuted: 'bad', altered: 'bad', broken: 'bad', stands: 'done' };
const POLICY_KEY = 'policy-file';
const COMPARED_KEY = 'policy-compared';
const SLICE_BYTES = 4 << 20;
const PROGRESS_MS = 1000;
const counted = (value) => Number(value).toLocaleString('en-US');

function show(name, values = {}) {
  const [verdict, slot] = [$('verdict'), $('verdict-slot')];
  verdict.className = `verdict ${CLASS[name] ?? 'wait'}`;
  verdict.setAttribute('role', CLASS[name] === 'bad' ? 'alert' : 'status');
  slot.replaceChildren($(`v-${name}`).content.cloneNode(true));
  for (const [field, value] of Object.entries(values)) {
    for (const at of slot.querySelectorAll(`[data-fill=${field}]`)) at.textContent = value;
  }
  document.documentElement.dataset.verdict = name;
}

const proof = await import($('proof').href);
const words = (id, n) => $(id).content.textContent.replace('{n}', n);

/** The reader's own policy, or none; `stated` are the keys that this site states. */
async function brought(stated) {
  const file = localStorage.getItem(POLICY_KEY);
  const outside = localStorage.getItem(COMPARED_KEY) === 'yes';
  return proof.bring({ file, outside: file !== null && outside, stated });
}

async function policyHash() {
  const file = localStorage.getItem(POLICY_KEY);
  return file === null ? null : proof.hex(await proof.sha256(new TextEncoder().encode(file)));
}

// The one record of its page.

async function judgeRecord(at) {
  show('running');
  try {
    const [line, receipt] = await Promise.all(['bytes', 'proof'].map(async (what) => {
      const answer = await fetch(`/records/${at.dataset.record}/${what}`);
      if (!answer.ok) throw new TypeError(what);
      return answer.text();
    }));
    const keys = await brought(at.dataset.keys.split(' ').filter(Boolean));
    const judged = await proof.judge(receipt, line, keys);
    const differs = judged.leaf && judged.leaf !== $('leaf').textContent;
    show(differs ? 'refuted' : judged.verdict, {
      steps: judged.steps, witnesses: judged.witnesses?.join('、') || '–',
      policy: await policyHash() ?? '–', reason: differs ? 'leaf_differs' : judged.reason,
    });
  } catch {
    show('none');
  }
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

function tell(verdict, values, checked, unchecked) {
  $('result').hidden = false;
  show(verdict, values);
  list('checked', checked);
  list('unchecked', [...unchecked, ...NEVER].map((one) =>
    ['wait', Array.isArray(one) ? words(...one) : words(one)]));
}

const doubts = (judged) => ({
  quorum: ['l-no-quorum'], no_quorum: ['l-no-quorum'], no_policy: ['l-no-keys'],
  no_outside_keys: ['l-no-keys'], log_key: ['l-no-keys'],
}[judged.reason] ?? []);

const good = (...lines) => lines.map((one) => ['done', words(...one)]);
const signed = (judged) => good(['l-log'], ['l-witness', judged.witnesses.join('、') || '0']);

async function checkGift(file, text, keys) {
  const bundle = JSON.parse(text);
  const judged = await proof.judgeGift(bundle, keys(bundle.log_keys));
  const values = { file, reason: judged.reason ?? '' };
  if (judged.verdict === 'refuted') return tell('refuted', values, [['bad', judged.reason]], []);
  const lines = good(['l-content', judged.records], ['l-tree', counted(judged.size)], ['l-sum']);
  return tell(judged.verdict, values, [...lines, ...signed(judged)], doubts(judged));
}

async function checkReceipt(file, receipt, line, keys) {
  const judged = await proof.judge(receipt, line.replace(/\n$/, ''), keys([]));
  const values = { file, reason: judged.reason ?? '' };
  if (judged.verdict === 'refuted') return tell('refuted', values, [['bad', judged.reason]], []);
  const lines = good(['l-content', 1], ['l-tree', counted(judged.size)]);
  return tell(judged.verdict, values, [...lines, ...signed(judged)], doubts(judged));
}

/** The lines of a file, in slices, so that a large one never stands in memory whole. */
async function* linesOf(file, progress) {
  let rest = new Uint8Array();
  for (let at = 0; at < file.size; at += SLICE_BYTES) {
    const slice = new Uint8Array(await file.slice(at, at + SLICE_BYTES).arrayBuffer());
    const bytes = new Uint8Array(rest.length + slice.length);
    bytes.set(rest);
    bytes.set(slice, rest.length);
    let from = 0;
    for (let end; (end = bytes.indexOf(10, from)) >= 0; from = end + 1) yield bytes.subarray(from, end);
    rest = bytes.slice(from);
    progress(Math.min(1, (at + SLICE_BYTES) / file.size));
  }
  if (rest.length) yield rest;
}

/** The stack of a growing tree: roots of complete subtrees, the largest first. */
async function push(stack, count, leaf) {
  stack.push(leaf);
  for (let left = count; left & 1; left = Math.floor(left / 2)) {
    const right = stack.pop();
    stack.push(await proof.nodeHash(stack.pop(), right));
  }
}

async function rootOf(stack) {
  let root = stack[stack.length - 1];
  for (let at = stack.length - 2; at >= 0; at -= 1) root = await proof.nodeHash(stack[at], root);
  return root;
}

/** Whole records: each in its one form, continuing the one before; the tree against the head. */
async function checkRecords(file, note, keys, progress) {
  const head = note === null ? null : await proof.openHead(proof.parseNote(note), keys([]));
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const stack = [];
  let [count, before, at] = [0, '0'.repeat(64), null];
  const altered = (first) => tell('altered', { file: file.name, first: counted(first), before: counted(first) },
    [['bad', words('l-chain')]], []);
  for await (const bytes of linesOf(file, progress)) {
    let record;
    try {
      record = proof.parseRecord(decoder.decode(bytes));
    } catch {
      return altered(count);
    }
    if (record.seq !== count) return count === 0 ? tell('none', { file: file.name, reason: 'not_from_0' }, [], []) : altered(count);
    // A link that does not hold accuses the record that it points at.
    if (record.prev !== before) return altered(Math.max(0, count - 1));
    const leaf = await proof.leafHash(bytes);
    before = proof.hex(leaf);
    await push(stack, count, leaf);
    count += 1;
    if (head && count === head.size) at = await rootOf(stack);
  }
  const lines = good(['l-content', counted(count)], ['l-chain']);
  const values = { file: file.name };
  if (!head) return tell('none', { ...values, reason: 'no_checkpoint' }, lines, ['l-no-head']);
  if (!at || proof.base64(at) !== proof.base64(head.root)) {
    return tell('refuted', { ...values, reason: at ? 'root_differs' : 'beyond_records' }, [['bad', words('l-tree', counted(head.size))]], []);
  }
  const rest = count > head.size ? [['l-uncovered', counted(count - head.size)]] : [];
  return tell(head.verdict, values, [...lines, ...good(['l-tree', counted(head.size)]), ...signed(head)],
    [...doubts(head), ...rest]);
}

/** A saved head, three lines or signed, against this ledger as it is now. */
async function checkHead(file, text) {
  const [origin, size, root] = text.split('\n');
  const old = proof.parseCheckpoint(`${origin}\n${size}\n${root}\n`);
  const note = await (await fetch('/checkpoint')).text();
  const now = proof.parseCheckpoint(proof.parseNote(note).text);
  const values = { file, size: counted(old.size) };
  if (now.origin !== old.origin || old.size > now.size) return tell('broken', values, [['bad', words('l-head')]], []);
  const answer = await fetch(`/v1/consistency?old=${old.size}&new=${now.size}`);
  if (!answer.ok) return tell('none', { ...values, reason: `HTTP ${answer.status}` }, [], []);
  const hashes = (await answer.text()).split('\n').filter(Boolean).map(proof.unbase64);
  try {
    await proof.verifyConsistency(old.size, old.root, now.size, now.root, hashes);
  } catch (error) {
    if (!(error instanceof proof.Refuted)) throw error;
    return tell('broken', values, [['bad', words('l-head')]], []);
  }
  return tell('stands', values, good(['l-head']), []);
}

const LARGE_BYTES = 8 << 20;

/** What the files are, by what stands in them and never by their names. */
async function checkFiles(files, progress) {
  const texts = await Promise.all(files.map((file) => file.slice(0, LARGE_BYTES).text()));
  const find = (is) => texts.findIndex(is);
  const name = files.map((file) => file.name).join(' + ');
  const [own, site] = [localStorage.getItem(POLICY_KEY), $('drop').dataset.keys.split(' ').filter(Boolean)];
  const cache = await brought(site);
  const keys = (more) => (own !== null || !more?.length ? cache : { ...cache, stated: cache.stated });
  const at = {
    receipt: find((text) => text.startsWith('c2sp.org/tlog-proof@v1\n')),
    gift: find((text) => /^\s*\{[^]*"format":\s*"fundtrail-gift-proof-v1"/.test(text)),
    head: find((text) => /^[A-Za-z0-9][A-Za-z0-9._/-]{2,127}\n\d+\n[A-Za-z0-9+/]{43}=(\n|$)/.test(text)),
    lines: find((text) => text.startsWith('{"batch_left":')),
  };
  if (at.gift >= 0) return checkGift(name, texts[at.gift], keys);
  if (at.receipt >= 0 && at.lines >= 0) return checkReceipt(name, texts[at.receipt], texts[at.lines], keys);
  if (at.lines >= 0) {
    const note = at.head >= 0 ? texts[at.head] : null;
    return checkRecords(files[at.lines], note, keys, progress);
  }
  if (at.head >= 0) return checkHead(name, texts[at.head]);
  return tell('unknown', { file: name }, [], []);
}

let last = [];

async function run(files) {
  last = [...files];
  if (!last.length) return;
  const since = performance.now();
  $('result').hidden = false;
  show('running', { file: last.map((file) => file.name).join(' + ') });
  list('checked', []);
  list('unchecked', []);
  const progress = (part) => {
    $('progress').hidden = performance.now() - since < PROGRESS_MS;
    $('progress').value = part;
  };
  try {
    await checkFiles(last, progress);
  } catch (error) {
    const refuted = error instanceof proof.Refuted;
    const values = { file: last.map((file) => file.name).join(' + '), reason: error.code ?? error.message };
    tell(refuted ? 'refuted' : 'none', values, refuted ? [['bad', error.code]] : [], []);
  }
  $('progress').hidden = true;
}

async function showPolicy() {
  const hash = await policyHash();
  if (hash !== null) $('policy-hash').textContent = hash;
  else $('policy-hash').textContent = $('policy-hash').dataset.none;
  $('compared').disabled = hash === null;
  $('compared').checked = hash !== null && localStorage.getItem(COMPARED_KEY) === 'yes';
  $('forget').disabled = hash === null;
}

async function bringPolicy(file) {
  const text = await file.text();
  if (await proof.parsePolicy(text) === null) return;
  localStorage.setItem(POLICY_KEY, text);
  localStorage.removeItem(COMPARED_KEY);
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
    if ($('compared').checked) localStorage.setItem(COMPARED_KEY, 'yes');
    else localStorage.removeItem(COMPARED_KEY);
    run(last);
  });
  $('forget').addEventListener('click', async () => {
    localStorage.removeItem(POLICY_KEY);
    localStorage.removeItem(COMPARED_KEY);
    await showPolicy();
    run(last);
  });
}

const record = document.querySelector('[data-record]');
if (record) await judgeRecord(record);
else if ($('drop')) {
  listen();
  await showPolicy();
}
