// Holds heads against the ledger as it is now: the head that a reader saved, and the one that home
// prints. It fetches the newest head, the newest that witnesses signed, and the proofs between them,
// and computes the rest by proof.js. A server that answers nothing proves nothing.

const $ = (id) => document.getElementById(id);
const CLASS = { witnessed: 'ok', included: 'exc', refuted: 'bad', stands: 'done', fails: 'bad' };
const counted = (value) => Number(value).toLocaleString('en-US');
const proof = await import($('proof').href);
const { bringKeys } = await import($('keys').href);

/** A text of this site; null where there is none of that name. */
async function text(path) {
  const answer = await fetch(path);
  if (answer.status === 404) return null;
  if (!answer.ok) throw new proof.Unknown('unreachable');
  return answer.text();
}

/** The newest head and the newest witnessed one, each opened with the keys that count. */
export async function fetchHeads(keys) {
  // The witnessed one first: what is newer later still continues it.
  const cosigned = keys.witnessed ? await text('/checkpoint/witnessed') : null;
  const newest = await text('/checkpoint');
  if (newest === null) throw new proof.Unknown('unreachable');
  const open = async (note) => ({ ...await proof.openHead(proof.parseNote(note), keys), note });
  const heads = { newest: await open(newest), witnessed: cosigned === null ? null : await open(cosigned) };
  if (heads.witnessed) await continues(heads.witnessed, heads.newest);
  return heads;
}

/** Does one head continue another? The proof comes from the site, the judgement from here. */
export async function continues(old, now) {
  if (old.origin !== now.origin) throw new proof.Refuted('other_log');
  const answer = await text(`/v1/consistency?old=${old.size}&new=${now.size}`);
  if (answer === null) throw new proof.Unknown('unreachable');
  const hashes = answer.split('\n').filter(Boolean).map(proof.unbase64);
  if (hashes.some((hash) => hash?.length !== 32)) throw new proof.Refuted('proof_malformed');
  await proof.verifyConsistency(old.size, old.root, now.size, now.root, hashes);
}

/** What was saved: three lines, signed or not, or the root alone; null where it is none. */
export function parseSaved(saved) {
  const [lines] = saved.replaceAll('\r', '').trimStart().split('\n\n');
  const words = lines.split(/\s+/).filter(Boolean);
  const root = proof.unbase64(words[words.length - 1] ?? '');
  if (root?.length !== 32) return null;
  if (words.length === 1) return { root };
  const size = /^[1-9][0-9,]*$/.test(words[1]) ? Number(words[1].replaceAll(',', '')) : NaN;
  return words.length === 3 && Number.isSafeInteger(size) ? { origin: words[0], size, root } : null;
}

/** The head that a root alone is of: the present one, or one that the site keeps. */
async function placed(root, heads) {
  const same = (one) => one && proof.hex(one.root) === proof.hex(root);
  const found = [heads.newest, heads.witnessed].find(same);
  if (found) return { origin: found.origin, size: found.size, root };
  const lines = await text(`/head.txt?root=${encodeURIComponent(proof.base64(root))}`);
  return lines === null ? null : { ...parseSaved(lines), root };
}

/**
 * What comes of a saved head: `stands`, `fails`, or why it cannot be told (`longer`, `unknown`,
 * `other`, `malformed`); with the head it is of, and the heads it was held against.
 */
export async function judgeSaved(saved, keys) {
  const read = parseSaved(saved);
  if (read === null) return { finding: 'malformed' };
  let heads = null;
  try {
    heads = await fetchHeads(keys);
    const old = read.size === undefined ? await placed(read.root, heads) : read;
    if (old === null) return { finding: 'unknown', heads };
    if (old.origin !== heads.newest.origin) return { finding: 'other', heads };
    if (old.size > heads.newest.size) return { finding: 'longer', old, heads };
    await continues(old, heads.newest);
    return { finding: 'stands', old, heads };
  } catch (error) {
    if (!(error instanceof proof.Refuted)) throw error;
    return { finding: 'fails', old: read, heads, reason: error.code };
  }
}

/** Draws a template into a box and fills its values in. */
function draw(box, slot, name, prefix, values) {
  box.setAttribute('role', CLASS[name] === 'bad' ? 'alert' : 'status');
  slot.replaceChildren($(`${prefix}-${name}`).content.cloneNode(true));
  for (const one of slot.querySelectorAll('[data-only]')) {
    one.hidden = !one.dataset.only.split(' ').some((word) => values.only?.includes(word));
  }
  for (const [field, value] of Object.entries(values)) {
    for (const at of slot.querySelectorAll(`[data-fill=${field}]`)) at.textContent = value;
  }
}

const reasonOf = (error) => error.code ?? (error instanceof TypeError ? 'unreachable' : 'failed');

// The head that a reader saved.

function save(saved, found) {
  const now = found.heads?.newest.note ?? '';
  const parts = [saved.trim(), now.trimEnd(), `${found.reason}`];
  const url = URL.createObjectURL(new Blob([`${parts.join('\n\n')}\n`], { type: 'text/plain' }));
  Object.assign(document.createElement('a'), { href: url, download: 'two-heads.txt' }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

async function answer(saved) {
  const [section, box, slot] = [$('answer'), $('saved-verdict'), $('saved-slot')];
  const show = (name, values = {}) => {
    box.className = `verdict ${CLASS[name] ?? 'wait'}`;
    draw(box, slot, name, 's', values);
    section.dataset.finding = name;
  };
  section.hidden = false;
  if ($('by-server')) $('by-server').hidden = true;
  show('running');
  try {
    const keys = await bringKeys(proof, $('ledger'));
    const found = await judgeSaved(saved, keys);
    const { finding, old, heads } = found;
    show(finding, {
      only: [keys.whose], last: old?.size ? counted(old.size - 1) : '–', size: old?.size ? counted(old.size) : '–',
      now: heads ? counted(heads.newest.size) : '–', hash: keys.hash ?? '–',
      witnesses: heads?.witnessed?.witnesses.join(' · ') || '–',
    });
    slot.querySelector('[data-save]')?.addEventListener('click', () => save(saved, found));
  } catch (error) {
    show('none', { only: [reasonOf(error)] });
  }
}

function watchForm() {
  const [form, field] = [$('saved').form, $('saved')];
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    await answer(field.value);
    $('answer').scrollIntoView({ block: 'nearest' });
  });
  // The page that the server answered: the same is computed here at once.
  if ($('by-server') && field.value.trim()) answer(field.value);
}

// The head that home prints.

async function judgePrinted(at) {
  const slot = at.firstElementChild;
  const show = (name, values = {}) => {
    draw(at, slot, name, 'h', values);
    document.documentElement.dataset.head = name;
  };
  show('running');
  try {
    const keys = await bringKeys(proof, $('ledger'));
    const printed = proof.parseCheckpoint($('lines').textContent);
    const heads = await fetchHeads(keys);
    await continues(printed, heads.newest);
    const best = heads.witnessed ?? heads.newest;
    show(best.verdict, {
      only: [best.reason ?? keys.whose, keys.outside ? '' : 'no_outside_keys'],
      size: counted(best.size), rest: counted(heads.newest.size - best.size),
      witnesses: best.witnesses.join(' · ') || '–', hash: keys.hash ?? '–',
    });
    const rest = slot.querySelector('[data-rest]');
    if (rest) rest.hidden = heads.newest.size === best.size;
  } catch (error) {
    const refuted = error instanceof proof.Refuted;
    show(refuted ? 'refuted' : 'none', { only: [reasonOf(error)], reason: reasonOf(error) });
  }
}

// How long ago, from the clock of whoever signed to that of the reader.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS = [[2 * DAY, DAY, 'days'], [2 * HOUR, HOUR, 'hours'], [2 * MINUTE, MINUTE, 'minutes'], [0, 1, 'seconds']];

function tellAges() {
  const words = $('ages').dataset;
  for (const at of document.querySelectorAll('[data-since]')) {
    const passed = Math.floor(Date.now() / 1000) - Number(at.dataset.since);
    const unit = UNITS.find(([least]) => passed >= least);
    if (!unit) continue;
    at.textContent = words[unit[2]].replace('{n}', counted(Math.floor(passed / unit[1])));
    at.hidden = false;
  }
}

if ($('saved')) watchForm();
if ($('ages')) tellAges();
if ($('head-verdict')) judgePrinted($('head-verdict'));
