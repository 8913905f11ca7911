// Holds proof.js to the golden receipt and to verdicts that the Rust verifier gave. Run by node:
// `node proof.mjs PROOF_MODULE CASES`, where CASES is a JSON array of receipt, record, policy and
// what the other verifier said; the first thing that differs ends it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [module, cases, golden] = process.argv.slice(2);
const proof = await import(pathToFileURL(module).href);
const read = (end) => readFileSync(`${golden}/16207.${end}`, 'utf8');
const [line, receipt, file] = [read('json').trimEnd(), read('tlog-proof'), read('policy')];
const outside = await proof.bring({ file, outside: true });

const sound = await proof.judge(receipt, line, outside);
assert.equal(sound.verdict, 'witnessed');
assert.equal(sound.steps, 15);
assert.deepEqual(sound.witnesses, ['witness.example/archive', 'witness.example/university']);
assert.equal(sound.leaf, '7f513b9c802b27b104f1ca3fa17c149ed2339be89c17c4ff4882764824979d68');

const alone = await proof.judge(receipt, line, await proof.bring({ file, outside: false }));
assert.deepEqual([alone.verdict, alone.reason], ['included', 'no_outside_keys']);
const one = receipt.split('\n').filter((it) => !it.startsWith('— witness.example/archive')).join('\n');
const few = await proof.judge(one, line, outside);
assert.deepEqual([few.verdict, few.reason], ['included', 'quorum']);
const none = await proof.bring({ file: file.replace('quorum witnesses', 'quorum none'), outside: true });
assert.equal((await proof.judge(receipt, line, none)).reason, 'no_quorum');

// Every byte of the record counts, and every character of the receipt but its form.
for (let at = 0; at < line.length; at += 37) {
  const changed = line.slice(0, at) + (line[at] === '1' ? '2' : '1') + line.slice(at + 1);
  assert.equal((await proof.judge(receipt, changed, outside)).verdict, 'refuted', `byte ${at}`);
}

// Keys that sign anything are no keys, whatever their sign.
for (const weak of ['00', '01', 'ec', 'ed', 'ee']) {
  const bytes = Buffer.alloc(32, weak === '00' || weak === '01' ? 0 : 0xff);
  bytes[0] = parseInt(weak, 16);
  if (bytes[31]) bytes[31] = 0x7f;
  const name = 'weak.example';
  const tail = Buffer.concat([Buffer.from([1]), bytes]);
  const id = proof.hex((await proof.sha256(Buffer.from(`${name}\n`), tail)).slice(0, 4));
  assert.equal(await proof.parseKey(`${name}+${id}+${tail.toString('base64')}`), null, weak);
}

// Consistency and inclusion of every pair of a small tree, and no other root.
const leaves = await Promise.all([...Array(21).keys()].map((n) => proof.leafHash(String(n))));
const tree = async (of) => {
  if (of.length === 1) return of[0];
  const at = 2 ** Math.ceil(Math.log2(of.length) - 1);
  return proof.nodeHash(await tree(of.slice(0, at)), await tree(of.slice(at)));
};
const path = async (m, of) => {
  if (of.length === 1) return [];
  const at = 2 ** Math.ceil(Math.log2(of.length) - 1);
  return m < at
    ? [...await path(m, of.slice(0, at)), await tree(of.slice(at))]
    : [...await path(m - at, of.slice(at)), await tree(of.slice(0, at))];
};
const sub = async (m, of, whole) => {
  if (m === of.length) return whole ? [] : [await tree(of)];
  const at = 2 ** Math.ceil(Math.log2(of.length) - 1);
  return m <= at
    ? [...await sub(m, of.slice(0, at), whole), await tree(of.slice(at))]
    : [...await sub(m - at, of.slice(at), false), await tree(of.slice(0, at))];
};
const refuses = (what) => assert.rejects(what, proof.Refuted);
for (let n = 1; n <= leaves.length; n += 1) {
  const all = leaves.slice(0, n);
  const root = await tree(all);
  for (let m = 0; m < n; m += 1) {
    const hashes = await path(m, all);
    await proof.verifyInclusion(leaves[m], m, n, hashes, root);
    await refuses(proof.verifyInclusion(leaves[m], m, n, [...hashes, root], root));
    if (n > 1) await refuses(proof.verifyInclusion(leaves[m], (m + 1) % n, n, hashes, root));
    const old = await tree(leaves.slice(0, m + 1));
    const more = await sub(m + 1, all, true);
    await proof.verifyConsistency(m + 1, old, n, root, more);
    await refuses(proof.verifyConsistency(m + 1, leaves[20], n, root, m === 0 && n > 20 ? [] : more));
    if (more.length) await refuses(proof.verifyConsistency(m + 1, old, n, root, more.slice(1)));
  }
}

// A gift's figures follow from its movements, and money that was never there is found.
const moved = (type, from, to, amount_fen) =>
  ({ seq: 1, event: { type }, movements: [{ lot: 'G', from, to, amount_fen }] });
const history = [
  moved('donation_received', 'outside', 'available/1', 500),
  moved('funds_committed', 'available/1', 'committed/P/1', 200),
  moved('disbursement_made', 'committed/P/1', 'spent/P/1', 150),
  moved('donation_refunded', 'available/1', 'outside', 100),
];
assert.deepEqual(proof.figures('G', history),
  { received_fen: 500, used_fen: 150, refunded_fen: 100, remaining_fen: 250 });
assert.throws(() => proof.figures('G', history.slice(1)), proof.Refuted);

// The same verdicts as the program's own verifier.
const given = JSON.parse(readFileSync(cases, 'utf8'));
for (const it of given) {
  const keys = await proof.bring({ file: it.policy, outside: it.outside, stated: [it.key] });
  const judged = await proof.judge(it.receipt, it.record, keys);
  assert.equal(judged.verdict, it.verdict, `${it.name}: ${JSON.stringify(judged.reason)}`);
}
console.log(given.length);
