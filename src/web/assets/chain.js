// Whole records in their order: each in its one form, each continuing the one before, their tree
// hashed as it grows, no place below zero. It names the first wrong record and how many before it
// are right, by the rule of the program's own `verify`. It holds one block of hashes, never a file.

const BLOCK = 256;
const LINE_BYTES_MAX = 65535;
const SLICE_BYTES = 4 << 20;
const ZEROS = '0'.repeat(64);

/**
 * The first wrong record; those before it are right. Where two records disagree and nothing tells
 * which of them was changed, it is not `exact`: `first` is the earlier one.
 */
export class Wrong extends Error {
  constructor(first, exact = true) {
    super(`record ${first} is wrong`);
    Object.assign(this, { first, exact });
  }
}

/** The slices of a file, so that a large one never stands in memory whole. */
export async function* slicesOf(file, progress) {
  for (let at = 0; at < file.size; at += SLICE_BYTES) {
    yield new Uint8Array(await file.slice(at, at + SLICE_BYTES).arrayBuffer());
    progress(Math.min(1, (at + SLICE_BYTES) / file.size));
  }
}

/** The lines of slices, without their LF; null stands for one that is too long or has no LF. */
export async function* linesOf(slices) {
  let rest = new Uint8Array();
  for await (const slice of slices) {
    const bytes = new Uint8Array(rest.length + slice.length);
    bytes.set(rest);
    bytes.set(slice, rest.length);
    let from = 0;
    for (let end; (end = bytes.indexOf(10, from)) >= 0; from = end + 1) {
      yield end - from > LINE_BYTES_MAX ? null : bytes.subarray(from, end);
    }
    rest = bytes.slice(from);
    if (rest.length > LINE_BYTES_MAX) break;
  }
  if (rest.length) yield null;
}

/** Records on their way in. `sizes` are those at which the root of the tree is wanted. */
export class Chain {
  constructor(proof, sizes = []) {
    Object.assign(this, { proof, sizes: new Set(sizes), roots: new Map(), first: null });
    Object.assign(this, { count: 0, blocks: [], block: [], before: ZEROS, places: new Map() });
    Object.assign(this, { belowZero: null, broken: null, linked: 0 });
    this.decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  }

  /** Takes lines in; throws `Wrong` at the first that cannot stand where it stands. */
  async take(lines) {
    let many = [];
    try {
      for await (const line of lines) {
        many.push(line);
        if (many.length === BLOCK) {
          await this.#takeMany(many.splice(0));
        }
      }
    } finally {
      // Also where the lines break off: those that came are judged first.
      await this.#takeMany(many);
    }
    if (this.broken) throw new Wrong(this.broken.seq - 1, false);
  }

  async #takeMany(lines) {
    const leaves = await Promise.all(lines.map((line) => line && this.proof.leafHash(line)));
    for (let at = 0; at < lines.length; at += 1) await this.#takeOne(lines[at], leaves[at]);
  }

  async #takeOne(line, leaf) {
    const seq = this.count;
    let record;
    try {
      if (line === null) throw new Wrong(seq);
      record = this.proof.parseRecord(this.decoder.decode(line));
    } catch {
      throw this.broken ? new Wrong(this.broken.seq - 1, false) : new Wrong(seq);
    }
    if (this.broken) {
      // If this one links to the record whose own link did not hold, that one is as it was, so the
      // one before it was changed.
      throw new Wrong(record.prev === this.before ? this.broken.seq - 1 : this.broken.seq);
    }
    if (record.seq !== seq) throw new Wrong(seq);
    if (record.prev !== this.before) {
      if (seq === 0) throw new Wrong(0);
      this.broken = { seq };
    } else {
      this.linked = seq;
    }
    this.first ??= record;
    this.#move(record);
    this.before = this.proof.hex(leaf);
    this.count += 1;
    this.block.push(leaf);
    if (this.block.length === BLOCK) {
      await this.#push(await this.#subtree(this.block));
      this.block = [];
    }
    if (this.sizes.has(this.count)) this.roots.set(this.count, await this.root());
  }

  /** What a movement leaves behind is never below zero. The first record that does is kept. */
  #move(record) {
    for (const { lot, from, to, amount_fen: fen } of record.movements) {
      if (!Number.isSafeInteger(fen) || fen <= 0) this.belowZero ??= record.seq;
      for (const [place, change] of [[from, -fen], [to, fen]]) {
        if (place === 'outside' || String(place).startsWith('outside/')) continue;
        const key = `${lot}\n${place}`;
        const left = (this.places.get(key) ?? 0) + change;
        if (left < 0) this.belowZero ??= record.seq;
        if (left === 0) this.places.delete(key);
        else this.places.set(key, left);
      }
    }
  }

  /** The root of a full subtree. */
  async #subtree(leaves) {
    let level = leaves;
    while (level.length > 1) {
      const pairs = Array.from({ length: level.length / 2 }, (_, at) => at * 2);
      level = await Promise.all(pairs.map((at) => this.proof.nodeHash(level[at], level[at + 1])));
    }
    return level[0];
  }

  /** Puts a full block behind the others: roots of full subtrees, the largest first. */
  async #push(root) {
    this.blocks.push(root);
    for (let left = this.count / BLOCK - 1; left & 1; left = Math.floor(left / 2)) {
      const right = this.blocks.pop();
      this.blocks.push(await this.proof.nodeHash(this.blocks.pop(), right));
    }
  }

  /** The root of the records so far. */
  async root() {
    const parts = [...this.blocks];
    for (let at = 0, width = BLOCK / 2; at < this.block.length; width /= 2) {
      if (this.block.length - at < width) continue;
      parts.push(await this.#subtree(this.block.slice(at, at + width)));
      at += width;
    }
    let root = parts.pop();
    while (parts.length) root = await this.proof.nodeHash(parts.pop(), root);
    return root;
  }
}
