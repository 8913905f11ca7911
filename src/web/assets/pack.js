// Reads an audit pack, a .tar.gz, in this browser as it streams by, and judges it: records, their
// tree, the kept heads, signatures and cosignatures. What it is made of stands in schemas/record.md
// section 6. Nothing of it is sent, run or believed.

const BLOCK = 512;
const FOLDER = 'audit-pack/';
const RECORDS = 'records.jsonl';
const HEAD = 'records.jsonl.checkpoint';
const SMALL_BYTES_MAX = 1 << 20;
const ENTRIES_MAX = 100000;
// What a broken archive still gave is lost by the piece, so pieces are small.
const PIECE_BYTES = 16 << 10;
const proof = await import(document.getElementById('proof').href);
const { Chain, Wrong, linesOf, slicesOf } = await import(document.getElementById('chain').href);
const refuse = (code, detail) => { throw new proof.Refuted(code, detail); };

/** A pack's first bytes: gzip. */
export const isPack = (bytes) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** The archive breaks off, or its own sums do not hold. */
class Damaged extends Error {}

async function* piecesOf(slices) {
  for await (const slice of slices) {
    for (let at = 0; at < slice.length; at += PIECE_BYTES) yield slice.subarray(at, at + PIECE_BYTES);
  }
}

/** Bytes as they come, given out in the parts that are asked for. */
class Stream {
  #reader;
  #rest = new Uint8Array();

  constructor(file, progress) {
    const pieces = piecesOf(slicesOf(file, progress));
    const source = new ReadableStream({
      async pull(controller) {
        const { value, done } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    });
    this.#reader = source.pipeThrough(new DecompressionStream('gzip')).getReader();
  }

  async #more() {
    if (this.#rest.length) return true;
    try {
      const { value, done } = await this.#reader.read();
      if (done) return false;
      this.#rest = value;
      return true;
    } catch {
      throw new Damaged();
    }
  }

  /** So many bytes, in slices. */
  async* take(bytes) {
    for (let left = bytes; left > 0;) {
      if (!await this.#more()) throw new Damaged();
      const part = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }

  /** So many bytes at once; few. */
  async whole(bytes) {
    const all = new Uint8Array(bytes);
    let at = 0;
    for await (const part of this.take(bytes)) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  async skip(bytes) {
    for await (const part of this.take(bytes)) void part;
  }

  /** Reads to the end, so that the archive's own sum is held; all that is left are zeros. */
  async end() {
    while (await this.#more()) {
      if (this.#rest.some((byte) => byte !== 0)) throw new Damaged();
      this.#rest = new Uint8Array();
    }
  }

  cancel() {
    return this.#reader.cancel().catch(() => {});
  }
}

const ascii = (bytes) => String.fromCharCode(...bytes).replace(/\0.*$/s, '');
const octal = (bytes) => (/^[0-7]+ ?$/.test(ascii(bytes)) ? parseInt(ascii(bytes), 8) : NaN);

/** The header of an entry; null at the end of the archive. */
function headerOf(block) {
  if (block.every((byte) => byte === 0)) return null;
  const sum = block.reduce((all, byte, at) => all + (at >= 148 && at < 156 ? 32 : byte), 0);
  const size = octal(block.subarray(124, 136));
  if (sum !== octal(block.subarray(148, 156).filter((byte) => byte)) || !Number.isSafeInteger(size)) {
    throw new Damaged();
  }
  const name = ascii(block.subarray(0, 100));
  // Plain files alone, below the one folder; a pack holds nothing else.
  const plain = [0, 0x30].includes(block[156]) && name.startsWith(FOLDER) && !name.includes('..');
  return plain ? { name: name.slice(FOLDER.length), size } : refuse('not_a_pack', { name });
}

/** What small files a verdict needs. */
const isWanted = (name) => [HEAD, 'log.vkey', 'policy.txt'].includes(name) || name.startsWith('checkpoints/');

async function readAll(stream, found) {
  for (let block; (block = headerOf(await stream.whole(BLOCK)));) {
    const { name, size } = block;
    if (found.files.has(name) || found.files.size === ENTRIES_MAX) refuse('not_a_pack', { name });
    found.files.set(name, null);
    found.at = name;
    if (name === RECORDS) {
      const sizes = [...found.files.keys()].map((one) => /^checkpoints\/([0-9]+)$/.exec(one)?.[1]);
      found.chain = new Chain(proof, sizes.filter(Boolean).map(Number));
      await found.chain.take(linesOf(stream.take(size)));
    } else if (isWanted(name)) {
      if (size > SMALL_BYTES_MAX) refuse('not_a_pack', { name });
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
      found.files.set(name, text.decode(await stream.whole(size)));
    } else {
      await stream.skip(size);
    }
    await stream.skip((BLOCK - size % BLOCK) % BLOCK);
  }
  await stream.end();
}

/** The reader's keys, else those that came along, which prove less. */
async function keysOf(found, brought) {
  const own = await proof.bring({ file: found.files.get('policy.txt'), outside: false, stated: [] });
  if (brought.whose === 'site' || brought.policy === null) return { ...own, stated: own.keys };
  return { ...brought, stated: [...own.keys, ...brought.keys] };
}

/** The kept heads: each signed, each of these records at its size. The largest that holds. */
async function heldHeads(found, origin, keys) {
  let [kept, largest] = [0, 0];
  for (const [name, text] of found.files) {
    if (!name.startsWith('checkpoints/')) continue;
    const head = await proof.openHead(proof.parseNote(text), keys);
    if (head.origin !== origin || `checkpoints/${head.size}` !== name) refuse('other_log', { name });
    const root = found.chain.roots.get(head.size);
    if (root && proof.hex(root) === proof.hex(head.root)) {
      kept += 1;
      largest = Math.max(largest, head.size);
    } else {
      found.differs ??= head.size;
    }
  }
  return { kept, largest };
}

async function judged(found, brought) {
  for (const name of [RECORDS, HEAD, 'log.vkey', 'policy.txt']) {
    if (!found.files.has(name)) refuse('not_a_pack', { name });
  }
  const { chain, files } = found;
  const keys = await keysOf(found, brought);
  const head = await proof.openHead(proof.parseNote(files.get(HEAD)), keys);
  const stated = chain.first?.event?.data?.vkey;
  if (`${stated}\n` !== files.get('log.vkey')) refuse('log_key_differs');
  const { kept, largest } = await heldHeads(found, head.origin, keys);
  const root = chain.count ? await chain.root() : new Uint8Array();
  if (chain.count !== head.size || proof.hex(root) !== proof.hex(head.root)) {
    return { ...found, verdict: 'from', first: largest, size: head.size };
  }
  if (found.differs !== undefined) refuse('kept_head_differs', { size: found.differs });
  if (chain.belowZero !== null) refuse('below_zero', { seq: chain.belowZero });
  return { ...found, ...head, kept, records: chain.count, outside: keys.outside };
}

/**
 * Judges a pack. `brought` are the reader's keys. The verdict is `witnessed` or `included`; else
 * `altered` (record `first`), `from` (somewhere from `first` on), `damaged` (the archive, `at` a
 * file), or a `Refuted` is thrown.
 */
export async function judgePack(file, brought, progress) {
  const stream = new Stream(file, progress);
  const found = { files: new Map(), chain: null, at: '' };
  try {
    await readAll(stream, found);
    return await judged(found, brought);
  } catch (error) {
    if (error instanceof Wrong) {
      return { ...found, verdict: error.exact ? 'altered' : 'from', first: error.first };
    }
    if (!(error instanceof Damaged)) throw error;
    // A record that is the last to come may still be accused by the one behind it.
    return { ...found, verdict: 'damaged', first: found.chain?.linked ?? 0 };
  } finally {
    await stream.cancel();
  }
}
