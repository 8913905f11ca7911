// The one record of its page, judged in this browser: its bytes where the reader may have them, else
// its hash alone. Whose keys it was judged by is said beside the verdict.

const $ = (id) => document.getElementById(id);
const CLASS = { witnessed: 'ok', included: 'exc', refuted: 'bad' };
const proof = await import($('proof').href);
const { bringKeys } = await import($('keys').href);
const at = document.querySelector('[data-record]');
const withheld = at.dataset.withheld !== undefined;

function show(name, { only = [], ...values } = {}) {
  const [verdict, slot] = [$('verdict'), $('verdict-slot')];
  verdict.className = `verdict ${CLASS[name] ?? 'wait'}`;
  verdict.setAttribute('role', name === 'refuted' ? 'alert' : 'status');
  slot.replaceChildren($(`v-${name}`).content.cloneNode(true));
  for (const one of slot.querySelectorAll('[data-only]')) {
    one.hidden = !one.dataset.only.split(' ').some((word) => only.includes(word));
  }
  for (const [field, value] of Object.entries(values)) {
    for (const one of slot.querySelectorAll(`[data-fill=${field}]`)) one.textContent = value;
  }
  $('verdict-chip').replaceChildren($(`c-${name}`)?.content.cloneNode(true) ?? '');
  document.documentElement.dataset.verdict = name;
}

async function text(what) {
  const answer = await fetch(`/records/${at.dataset.record}/${what}`);
  if (!answer.ok) throw new proof.Unknown('unreachable');
  return answer.text();
}

const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

async function judge(keys) {
  const printed = $('leaf').textContent.trim();
  const receipt = await text('proof');
  if (withheld) {
    return proof.answered(proof.holdLeaf(receipt, bytesOf(printed), Number(at.dataset.record), keys));
  }
  const judged = await proof.judge(receipt, await text('bytes'), keys);
  const differs = judged.leaf && judged.leaf !== printed;
  return differs ? { verdict: 'refuted', reason: 'leaf_differs' } : judged;
}

show('running');
try {
  const keys = await bringKeys(proof, at);
  const judged = await judge(keys);
  show(judged.verdict, {
    only: [keys.whose, judged.reason, keys.outside ? '' : 'no_outside_keys', withheld ? 'hash' : 'bytes'],
    steps: judged.steps, witnesses: judged.witnesses?.join(' · ') || '–',
    policy: keys.hash ?? '–', reason: judged.reason,
  });
} catch (error) {
  show('none', { only: [error.code ?? (error instanceof TypeError ? 'unreachable' : 'failed')] });
}
