// Checks receipts in the reader's own browser, by WebCrypto alone: leaf hashes, the path to a head
// (RFC 6962), signatures and cosignatures of the head (C2SP), the quorum of a policy file, and that
// a gift's amounts add up. It draws nothing, fetches nothing and believes nothing that came along
// with what it judges. The same rules as the program's own `check`; it runs under node too.

const text = new TextEncoder();
const NOTE_BYTES_MAX = 1 << 20;
const SIGNATURES_MAX = 64;
const POLICY_BYTES_MAX = 65536;
const HASHES_MAX = 64;

/** Why something does not hold: the verdict is refuted. */
export class Refuted extends Error {
  constructor(code, detail = {}) {
    super(code + (Object.keys(detail).length ? ` ${JSON.stringify(detail)}` : ''));
    this.code = code;
    this.detail = detail;
  }
}

/** Why there can be no verdict: nothing was found wrong, and nothing right. */
export class Unknown extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

const refuse = (code, detail) => { throw new Refuted(code, detail); };
const need = (holds, code, detail) => holds || refuse(code, detail);

export const hex = (bytes) => Array.from(bytes, (one) => one.toString(16).padStart(2, '0')).join('');

/** Base64 in its one form, padding and unused bits included; null for anything else. */
export function unbase64(from) {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(from) || from.length % 4) return null;
  const bytes = Uint8Array.from(atob(from), (one) => one.charCodeAt(0));
  return base64(bytes) === from ? bytes : null;
}

export function base64(bytes) {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

const join = (...parts) => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

const same = (one, other) =>
  one.length === other.length && one.every((byte, at) => byte === other[at]);

export async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', join(...parts)));
}

/** The leaf hash of a record's line, without its LF. */
export const leafHash = (line) =>
  sha256([0], typeof line === 'string' ? text.encode(line) : line);
export const nodeHash = (left, right) => sha256([1], left, right);

const count = (line) => {
  const value = /^(0|[1-9][0-9]*)$/.test(line ?? '') ? Number(line) : NaN;
  return Number.isSafeInteger(value) ? value : null;
};

/** Does a leaf lie at an index of the tree of that size and root? RFC 6962, 2.1.1. */
export async function verifyInclusion(leaf, index, size, hashes, root) {
  need(index < size, 'beyond_tree', { index, size });
  let [at, last, hash] = [BigInt(index), BigInt(size) - 1n, leaf];
  for (const sibling of hashes) {
    need(last > 0n, 'path_length');
    if (at & 1n || at === last) {
      hash = await nodeHash(sibling, hash);
      while (!(at & 1n) && at !== 0n) [at, last] = [at >> 1n, last >> 1n];
    } else {
      hash = await nodeHash(hash, sibling);
    }
    [at, last] = [at >> 1n, last >> 1n];
  }
  need(last === 0n, 'path_length');
  need(same(hash, root), 'root_differs');
}

/** Does the tree of one size and root continue that of another? RFC 6962, 2.1.2. */
export async function verifyConsistency(oldSize, oldRoot, size, root, hashes) {
  need(oldSize <= size, 'shrinks', { old: oldSize, size });
  if (oldSize === size || oldSize === 0) {
    need(hashes.length === 0, 'path_length');
    return need(oldSize === 0 || same(oldRoot, root), 'root_differs');
  }
  let [at, last] = [BigInt(oldSize) - 1n, BigInt(size) - 1n];
  while (at & 1n) [at, last] = [at >> 1n, last >> 1n];
  const rest = [...hashes];
  const first = at === 0n ? oldRoot : rest.shift() ?? refuse('path_length');
  let [older, newer] = [first, first];
  for (const hash of rest) {
    need(last > 0n, 'path_length');
    if (at & 1n || at === last) {
      [older, newer] = [await nodeHash(hash, older), await nodeHash(hash, newer)];
      while (!(at & 1n) && at !== 0n) [at, last] = [at >> 1n, last >> 1n];
    } else {
      newer = await nodeHash(newer, hash);
    }
    [at, last] = [at >> 1n, last >> 1n];
  }
  need(last === 0n, 'path_length');
  need(same(older, oldRoot) && same(newer, root), 'root_differs');
}

// Points that sign anything, by their coordinate without its sign; none of them is a key.
const WEAK = new Set([
  '00'.repeat(32), '01' + '00'.repeat(31), 'ec' + 'ff'.repeat(30) + '7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
]);

function isSound(key) {
  const plain = Uint8Array.from(key);
  plain[31] &= 0x7f;
  const beyond = plain[31] === 0x7f && plain[0] >= 0xed
    && plain.slice(1, 31).every((byte) => byte === 0xff);
  return !beyond && !WEAK.has(hex(plain));
}

const isName = (name) => name !== '' && !/[\s+\p{Cc}]/u.test(name);

/** Reads a verifier key: NAME+ID+BASE64 of type and Ed25519 key. Null where it is none. */
export async function parseKey(vkey) {
  const [, name, id, tail] = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/s.exec(vkey) ?? [];
  const bytes = name !== undefined && isName(name) ? unbase64(tail) : null;
  if (bytes?.length !== 33 || ![1, 4].includes(bytes[0]) || !isSound(bytes.slice(1))) return null;
  const digest = await sha256(text.encode(name), [10], bytes);
  return hex(digest.slice(0, 4)) === id
    ? { vkey, name, id, kind: bytes[0], bytes: bytes.slice(1) } : null;
}

const imported = new Map();

async function verifySignature(key, message, signature) {
  if (signature.length !== 64) return false;
  const id = hex(key.bytes);
  try {
    if (!imported.has(id)) {
      const how = { name: 'Ed25519' };
      imported.set(id, await crypto.subtle.importKey('raw', key.bytes, how, false, ['verify']));
    }
  } catch (error) {
    if (error.name === 'NotSupportedError') throw new Unknown('no_ed25519');
    return false;
  }
  return crypto.subtle.verify({ name: 'Ed25519' }, imported.get(id), signature, message);
}

/** Takes a signed note apart: text and signature lines. */
export function parseNote(note) {
  need(note.length <= NOTE_BYTES_MAX, 'note_malformed');
  need(!/[\x00-\x09\x0b-\x1f]/.test(note), 'note_malformed');
  const blank = note.lastIndexOf('\n\n');
  need(blank >= 0 && note.endsWith('\n') && blank + 2 < note.length, 'note_malformed');
  const lines = note.slice(blank + 2, -1).split('\n').map((line) => {
    const [, name, tail] = /^— (\S+) (\S+)$/u.exec(line) ?? refuse('note_malformed');
    const bytes = unbase64(tail);
    need(bytes?.length > 4 && isName(name), 'note_malformed');
    return { name, id: hex(bytes.slice(0, 4)), payload: bytes.slice(4) };
  });
  need(lines.length <= SIGNATURES_MAX, 'note_malformed');
  return { text: note.slice(0, blank + 1), lines };
}

/** The signatures of a note by known keys; one that fails refutes the note. */
export async function verifyNote(note, keys) {
  const verified = [];
  for (const line of note.lines) {
    const named = keys.filter((key) => key.name === line.name && key.id === line.id);
    let holds = null;
    for (const key of named) holds ??= await verifyLine(note.text, line, key);
    need(!named.length || holds, 'signature_wrong', { name: line.name });
    if (holds) verified.push(holds);
  }
  return verified;
}

async function verifyLine(note, line, key) {
  if (key.kind === 1) {
    const holds = await verifySignature(key, text.encode(note), line.payload);
    return holds ? { key, cosignedAt: null } : null;
  }
  if (line.payload.length !== 72) return null;
  const time = new DataView(line.payload.buffer, line.payload.byteOffset).getBigUint64(0);
  if (time >= 1n << 63n) return null;
  const message = text.encode(`cosignature/v1\ntime ${time}\n${note}`);
  const holds = await verifySignature(key, message, line.payload.slice(8));
  return holds ? { key, cosignedAt: Number(time) } : null;
}

/** The three lines of a head: origin, size, root. */
export function parseCheckpoint(note) {
  const [origin, size, root, ...more] = note.split('\n');
  const bytes = unbase64(root ?? '');
  const head = { origin, size: count(size), root: bytes };
  need(origin && head.size !== null && bytes?.length === 32, 'checkpoint_malformed');
  need(more.length && more.pop() === '' && more.every((line) => line), 'checkpoint_malformed');
  return head;
}

/** Takes a receipt (C2SP tlog-proof) apart. */
export function parseProof(receipt) {
  const blank = receipt.indexOf('\n\n');
  need(blank >= 0, 'receipt_malformed');
  const lines = receipt.slice(0, blank).split('\n');
  need(lines.shift() === 'c2sp.org/tlog-proof@v1', 'receipt_malformed');
  if (lines[0]?.startsWith('extra ')) need(unbase64(lines.shift().slice(6)), 'receipt_malformed');
  const index = count(/^index (.*)$/.exec(lines.shift() ?? '')?.[1]);
  const hashes = lines.map(unbase64);
  need(index !== null && hashes.length <= HASHES_MAX, 'receipt_malformed');
  need(hashes.every((hash) => hash?.length === 32), 'receipt_malformed');
  return { index, hashes, checkpoint: receipt.slice(blank + 2) };
}

/** Reads a policy file (C2SP tlog-policy); null where it is none. */
export async function parsePolicy(file) {
  if (text.encode(file).length > POLICY_BYTES_MAX || !file.endsWith('\n')) return null;
  if (/[\x00-\x08\x0b-\x1f\x7f]/.test(file)) return null;
  const policy = { logs: [], witnesses: [], quorum: undefined };
  const names = new Map();
  for (const line of file.split('\n')) {
    const words = line.split(/[ \t]+/).filter(Boolean);
    if (!words.length || words[0].startsWith('#')) continue;
    if (!await addLine(policy, names, words)) return null;
  }
  return policy.quorum === undefined ? null : policy;
}

async function addLine(policy, names, [word, name, ...rest]) {
  const parties = word === 'log' ? policy.logs : policy.witnesses;
  const add = async (vkey, kind, more) => {
    const key = more.length < 2 ? await parseKey(vkey ?? '') : null;
    const known = [...policy.logs, ...policy.witnesses].some((one) => key && same(one.bytes, key.bytes));
    if (key?.kind !== kind || known) return null;
    parties.push(key);
    return key;
  };
  const free = (one) => one !== undefined && one !== 'none' && !names.has(one);
  switch (word) {
    case 'log':
      return await add(name, 1, rest) !== null;
    case 'witness': {
      const key = free(name) ? await add(rest[0], 4, rest.slice(1)) : null;
      return key !== null && names.set(name, { key }) && true;
    }
    case 'group': {
      const [how, ...members] = rest;
      const least = { all: members.length, any: 1 }[how] ?? count(how);
      const known = members.map((one) => names.get(one));
      if (!free(name) || !least || least > members.length) return false;
      if (new Set(members).size < members.length) return false;
      if (known.some((one) => !one || one.used)) return false;
      known.forEach((one) => { one.used = true; });
      return names.set(name, { least, members: known }) && true;
    }
    case 'quorum':
      if (policy.quorum !== undefined || rest.length || !(name === 'none' || names.has(name))) return false;
      policy.quorum = name === 'none' ? null : names.get(name);
      return true;
    default:
      return false;
  }
}

/** Is a policy's quorum among the signatures? A policy without one is met and proves nothing. */
export function isMet(policy, verified) {
  const by = (key) => verified.some((one) => one.key === key && one.cosignedAt !== null);
  const met = (rule) => rule.key
    ? by(rule.key) : rule.members.filter(met).length >= rule.least;
  return policy.quorum === null || met(policy.quorum);
}

const FIELDS = 'batch_left event movements posted_by prev recorded_at salt seq signatures v';

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

/** Reads a record's line, which must be in its one canonical form. */
export function parseRecord(line) {
  let record;
  try {
    record = JSON.parse(line);
  } catch {
    refuse('record_malformed');
  }
  const whole = record !== null && typeof record === 'object'
    && Object.keys(record).sort().join(' ') === FIELDS;
  need(whole && JSON.stringify(sorted(record)) === line, 'record_malformed');
  need(Number.isSafeInteger(record.seq) && Array.isArray(record.movements), 'record_malformed');
  return record;
}

const NO_KEYS = 'no_outside_keys';

/**
 * Judges one receipt of a record. `brought` is `{ keys, policy, outside }`: the log's keys that
 * count, the policy or null, and whether they came from elsewhere. The answer names verdict and
 * reason; what does not hold is thrown as `Refuted`.
 */
export async function hold(receipt, line, brought) {
  const record = parseRecord(line);
  return { record, ...await holdLeaf(receipt, await leafHash(line), record.seq, brought) };
}

/** The same of a leaf alone: that the tree holds this hash at this place, and who signed the tree. */
export async function holdLeaf(receipt, leaf, seq, brought) {
  const proof = parseProof(receipt);
  need(seq === proof.index, 'other_record', { seq, index: proof.index });
  const head = await openHead(parseNote(proof.checkpoint), brought);
  await verifyInclusion(leaf, proof.index, head.size, proof.hashes, head.root);
  return { leaf: hex(leaf), steps: proof.hashes.length, ...head };
}

/** Opens a signed head: what it says, who signed, and why it is no better than included. */
export async function openHead(note, { keys, policy, outside, stated = [] }) {
  const head = parseCheckpoint(note.text);
  const witnesses = policy?.witnesses ?? [];
  let verified = await verifyNote(note, [...keys, ...witnesses]);
  const by = (all) => verified.some((one) => all.includes(one.key) && one.key.name === head.origin);
  let reached = by(keys);
  if (!reached) {
    // Not signed by the reader's key: by the one that the ledger states it may still be.
    verified = await verifyNote(note, [...stated, ...witnesses]);
    need(by(stated), 'no_known_key');
  }
  const cosigned = verified.filter((one) => one.cosignedAt !== null);
  const reason = !reached ? 'log_key' : !policy ? 'no_policy'
    : policy.quorum === null ? 'no_quorum'
      : !isMet(policy, verified) ? 'quorum' : outside ? null : NO_KEYS;
  return {
    ...head,
    witnesses: [...new Set(cosigned.map((one) => one.key.name))].sort(),
    cosignedAt: Math.max(0, ...cosigned.map((one) => one.cosignedAt)),
    reason,
    verdict: reason === null ? 'witnessed' : 'included',
  };
}

/** As `hold`, with what does not hold answered as a verdict. */
export const judge = (receipt, line, brought) => answered(hold(receipt, line, brought));

/** A judgement on its way, with what does not hold answered as a verdict. */
export async function answered(held) {
  try {
    return await held;
  } catch (error) {
    if (error instanceof Refuted) return { verdict: 'refuted', reason: error.code, detail: error.detail };
    throw error;
  }
}

/** What a reader brings: a policy file from elsewhere, or nothing but the ledger's own word. */
export async function bring({ file, outside, stated }) {
  const own = [];
  for (const vkey of stated ?? []) own.push(await parseKey(vkey) ?? refuse('key_malformed'));
  const policy = file === null || file === undefined ? null : await parsePolicy(file);
  if (typeof file === 'string' && policy === null) throw new Unknown('policy_malformed');
  const logs = policy?.logs ?? [];
  return { keys: logs.length ? logs : own, policy, outside: Boolean(outside && logs.length), stated: own };
}

/** A gift's figures by the movements of its records, in their order; no place below zero. */
export function figures(lot, records) {
  const sum = { received_fen: 0, used_fen: 0, refunded_fen: 0 };
  const places = new Map();
  for (const record of records) {
    for (const { lot: of, from, to, amount_fen: fen } of record.movements) {
      if (of !== lot) continue;
      need(Number.isSafeInteger(fen) && fen > 0, 'amount_malformed', { seq: record.seq });
      for (const [place, change] of [[from, -fen], [to, fen]]) {
        const kind = place.split('/')[0];
        if (kind === 'spent') sum.used_fen += change;
        if (kind !== 'outside') places.set(place, (places.get(place) ?? 0) + change);
        else if (record.event.type === 'donation_refunded') sum.refunded_fen += change;
        else sum.received_fen -= change;
        need(kind === 'outside' || places.get(place) >= 0, 'below_zero', { seq: record.seq });
      }
    }
  }
  return { ...sum, remaining_fen: sum.received_fen - sum.used_fen - sum.refunded_fen };
}

/**
 * Judges a gift: every record and receipt of `bundle` (the proof file), and that the figures it
 * names follow from the records. The worst finding is the verdict.
 */
export async function judgeGift(bundle, brought) {
  const held = [];
  const found = { verdict: 'witnessed', reason: null, records: bundle.records?.length ?? 0, held };
  try {
    need(bundle.format === 'fundtrail-gift-proof-v1' && found.records > 0, 'bundle_malformed');
    let before = -1;
    for (const { seq, record, receipt } of bundle.records) {
      need(seq > before, 'order', { seq });
      before = seq;
      const one = await judge(receipt, record, brought);
      if (one.verdict === 'refuted') refuse(one.reason, { ...one.detail, seq });
      need(one.record.seq === seq, 'other_record', { seq });
      held.push(one);
      found.reason ??= one.reason;
    }
    found.figures = figures(bundle.lot, held.map((one) => one.record));
    for (const [name, fen] of Object.entries(found.figures)) {
      need(bundle.figures?.[name] === fen, 'figures_differ', { name });
    }
  } catch (error) {
    if (!(error instanceof Refuted)) throw error;
    return { ...found, verdict: 'refuted', reason: error.code, seq: error.detail.seq ?? null };
  }
  const last = held[held.length - 1];
  return {
    ...found,
    verdict: found.reason === null ? 'witnessed' : 'included',
    size: Math.min(...held.map((one) => one.size)),
    origin: last.origin,
    root: base64(last.root),
    witnesses: held.map((one) => one.witnesses).reduce((one, other) =>
      one.filter((name) => other.includes(name))),
    cosignedAt: Math.min(...held.map((one) => one.cosignedAt)),
  };
}
