// The donor's page: takes the code out of the address bar before anything else, tells a wrong
// length while typing, and shows the verdict that this browser computes by proof.js.

const POLICY_KEY = 'policy';
const CODE_LENGTH = 26;
const SLOW_MS = 10000;
const $ = (id) => document.getElementById(id);

/** The fragment of a receipt's QR code: CODE.POLICY. It never reached the server. */
function takeFragment() {
  const [, code, policy] = /^#([0-9A-Za-z-]{26,40})(?:\.([0-9a-fA-F]{64}))?$/.exec(location.hash) ?? [];
  if (!code) return false;
  if (policy) sessionStorage.setItem(POLICY_KEY, policy.toLowerCase());
  history.replaceState(null, '', '/gift');
  let form = $('entry');
  if (!form) {
    // A gift is open already: the code of the receipt opens its own.
    form = document.createElement('form');
    form.method = 'post';
    form.action = '/gift';
    const token = document.querySelector('[name=form_token]')?.value ?? '';
    for (const [name, value] of [['code', ''], ['form_token', token]]) {
      form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
    }
    document.body.append(form);
  }
  form.elements.code.value = code;
  form.submit();
  return true;
}

function watchTyping() {
  const [field, told] = [$('code'), $('code-count')];
  const tell = () => {
    const typed = field.value.replace(/[- ]/g, '').toUpperCase();
    const odd = [...typed].find((one) => !/[0-9A-TV-Z]/.test(one));
    const missing = CODE_LENGTH - typed.length;
    const words = odd ? told.dataset.odd.replace('{c}', odd)
      : missing > 0 ? told.dataset.few.replace('{n}', missing)
        : missing < 0 ? told.dataset.many.replace('{n}', -missing) : told.dataset.good;
    told.textContent = typed ? words : '';
  };
  field.addEventListener('input', tell);
}

const CLASS = { witnessed: 'ok', included: 'exc', refuted: 'bad' };

function fill(root, values) {
  for (const [name, value] of Object.entries(values)) {
    for (const at of root.querySelectorAll(`[data-fill=${name}]`)) at.textContent = value;
  }
}

function show(name, { reason = null, ...values } = {}) {
  const [verdict, slot] = [$('verdict'), $('verdict-slot')];
  verdict.className = `verdict ${CLASS[name] ?? 'wait'}`;
  verdict.setAttribute('role', name === 'refuted' ? 'alert' : 'status');
  slot.replaceChildren($(`v-${name}`).content.cloneNode(true));
  for (const one of slot.querySelectorAll('[data-reason]')) {
    one.hidden = !one.dataset.reason.split(' ').includes(reason);
  }
  fill(verdict, values);
}

function check(name, state) {
  const item = document.querySelector(`[data-check=${name}]`);
  if (!item) return;
  item.className = { done: 't-done', bad: 't-bad', wait: 't-wait' }[state];
  item.querySelector('.ico').replaceChildren($(`m-${state}`).content.cloneNode(true));
}

/** The policy by the hash of the receipt, a file that was compared, or the ledger's own word. */
async function policyOf(proof, bundle) {
  const { kept, policyFile, FILE, COMPARED, RECEIPT } = await import($('keys').href);
  const wanted = kept(RECEIPT, true);
  const named = wanted ? await policyFile(proof, wanted) : null;
  if (named !== null) return { file: named, outside: true, whose: 'receipt' };
  const file = kept(COMPARED) === 'yes' ? kept(FILE) : null;
  if (file !== null) return { file, outside: true, whose: 'file' };
  return { file: bundle.policy, outside: false, missing: Boolean(wanted) };
}

const REASONS = { 409: 'not_covered', 413: 'too_many', 503: 'not_covered' };

/** An amount of yuan as it is printed, in fen. */
function fenOf(printed) {
  const [, yuan, rest = ''] = /([0-9][0-9,]*)(?:\.([0-9]{2}))?/.exec(printed) ?? [];
  return yuan === undefined ? null : Number(yuan.replaceAll(',', '')) * 100 + Number(rest);
}

async function compute() {
  const proof = await import($('proof').href);
  // A letter names the proof that it is of.
  const address = document.querySelector('[data-proof]')?.dataset.proof ?? '/gift/proof';
  const answer = await fetch(address, { headers: { accept: 'application/json' } });
  if (!answer.ok) return { verdict: 'none', reason: REASONS[answer.status] ?? 'unreachable' };
  const whole = await answer.text();
  let bundle;
  try {
    bundle = JSON.parse(whole);
  } catch {
    return { verdict: 'none', reason: 'unreachable' };
  }
  const policy = await policyOf(proof, bundle);
  const stated = bundle.log_keys ?? [];
  const brought = await proof.bring({ file: policy.file, outside: policy.outside, stated });
  const judged = await proof.judgeGift(bundle, brought);
  // What is printed must be what the records give, to the fen.
  const differs = [...document.querySelectorAll('[data-figure]')].some((at) =>
    judged.figures && fenOf(at.textContent) !== judged.figures[`${at.dataset.figure}_fen`]);
  if (differs) {
    // Unless the ledger moved on between the page and its proof, which is nobody's fault.
    const known = Number(document.querySelector('[data-records]')?.dataset.records ?? Infinity);
    if (bundle.records.some(({ seq }) => seq >= known)) return { verdict: 'none', reason: 'moved_on' };
    return { verdict: 'refuted', reason: 'figures_differ', seq: null, whole };
  }
  if (judged.verdict === 'included' && policy.missing) judged.reason = 'policy_missing';
  if (judged.verdict === 'witnessed') judged.reason = policy.whose;
  const bytes = new TextEncoder().encode(policy.file ?? '');
  const hash = policy.file ? proof.hex(await proof.sha256(bytes)) : '–';
  return { ...judged, policy: hash, whole };
}

const AMOUNTS = ['figures_differ', 'below_zero', 'amount_malformed'];

function draw(judged) {
  const { verdict, reason, seq } = judged;
  const holds = verdict === 'witnessed' || verdict === 'included';
  const counted = (value) => Number(value).toLocaleString('en-US');
  const wrong = seq !== null && seq !== undefined
    ? $('w-record').innerHTML.replace('{n}', counted(seq))
    : AMOUNTS.includes(reason) ? $('w-sum').innerHTML : '';
  show(verdict, {
    reason, wrong,
    records: judged.records ?? '–',
    size: judged.size ? counted(judged.size) : '–',
    witnesses: judged.witnesses?.join(' · ') || '–',
    witness_count: judged.witnesses?.length ?? 0,
    policy: judged.policy ?? '–',
  });
  const sums = AMOUNTS.includes(reason);
  const state = (good) => (verdict === 'none' ? 'wait' : good ? 'done' : 'bad');
  check('content', state(holds || sums));
  check('tree', state(holds || sums));
  check('outside', verdict === 'witnessed' ? 'done' : 'wait');
  check('sum', holds ? 'done' : sums ? 'bad' : 'wait');
  if (verdict === 'refuted') {
    const above = $('above');
    if (above) above.append($('verdict'));
    $('figures')?.classList.add('unproved');
    for (const list of document.querySelectorAll('.steps')) list.classList.add('unproved');
    if ($('not-so')) $('not-so').hidden = false;
    document.querySelector('[data-save]')?.addEventListener('click', () => save(judged.whole));
  }
}

function save(whole) {
  const url = URL.createObjectURL(new Blob([whole], { type: 'application/json' }));
  Object.assign(document.createElement('a'), { href: url, download: 'evidence.json' }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

async function judge() {
  if ($('verdict')) show('running');
  const slow = $('verdict') ? setTimeout(() => show('slow'), SLOW_MS) : null;
  let judged;
  try {
    judged = await compute();
  } catch (error) {
    const network = error instanceof TypeError;
    judged = { verdict: 'none', reason: error.code ?? (network ? 'unreachable' : 'failed') };
  }
  clearTimeout(slow);
  if ($('verdict')) draw(judged);
  const printed = $('printed-verdict');
  if (printed) {
    const { witnessedReceipt, witnessedFile } = printed.dataset;
    printed.textContent = judged.verdict !== 'witnessed' ? printed.dataset[judged.verdict]
      : judged.reason === 'file' ? witnessedFile : witnessedReceipt;
    if (judged.verdict === 'refuted') $('not-so').hidden = false;
  }
  document.documentElement.dataset.verdict = judged.verdict;
}

if (!takeFragment()) {
  if ($('entry')) watchTyping();
  if ($('verdict') || $('printed-verdict')) judge();
}
