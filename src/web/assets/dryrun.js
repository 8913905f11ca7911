// Tries a form while somebody types, by the real rules on the server, and hashes files here: a file
// never leaves the browser. Without this module the form works by its buttons.

const form = document.querySelector('form[data-try]');
let timer = 0;
let running = null;

/** Takes over from the answer what the trial says: the panel, the buttons, the words at fields. */
function take(answer) {
  for (const id of ['trial', 'act']) {
    const made = answer.getElementById(id);
    if (made) document.getElementById(id).replaceChildren(...made.childNodes);
  }
  takeException(answer);
  for (const field of form.querySelectorAll('[data-field]')) {
    const name = CSS.escape(field.dataset.field);
    const other = answer.querySelector(`[data-field="${name}"]`);
    const input = field.querySelector('[name]');
    field.querySelector('.error')?.remove();
    const error = other?.querySelector('.error');
    field.classList.toggle('wrong', Boolean(error));
    if (error) {
      field.querySelector('label').after(error);
      input.setAttribute('aria-invalid', 'true');
      input.setAttribute('aria-describedby', error.id);
    } else {
      input.removeAttribute('aria-invalid');
      input.removeAttribute('aria-describedby');
    }
  }
}

/** Shows the fields of an exception once a refusal allows one. */
function takeException(answer) {
  const parts = form.querySelectorAll('.desk-part');
  answer.querySelectorAll('.desk-part').forEach((part, at) => {
    for (const id of ['f-data.exceptions', 'f-by.approver']) {
      const made = part.querySelector(`[id="${id}"]`)?.closest('.desk-group, .field');
      if (made && !document.getElementById(id)) {
        parts[at].querySelector('.desk-fields').append(made);
      }
    }
  });
}

async function attempt() {
  running?.abort();
  running = new AbortController();
  const typed = new URLSearchParams(new FormData(form));
  typed.delete('act');
  typed.set('act', 'try');
  typed.set('live', '1');
  try {
    const reply = await fetch(form.action, { method: 'POST', body: typed, signal: running.signal });
    if (!reply.ok || reply.redirected) return;
    take(new DOMParser().parseFromString(await reply.text(), 'text/html'));
  } catch (fault) {
    if (fault.name !== 'AbortError') throw fault;
  }
}

async function hash(input) {
  const file = input.files[0];
  if (!file) return;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  const target = document.getElementById(input.dataset.hash);
  target.value = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  target.dispatchEvent(new Event('input', { bubbles: true }));
}

if (form) {
  for (const input of form.querySelectorAll('[data-hash]')) {
    input.hidden = !globalThis.crypto?.subtle;
    input.addEventListener('change', () => hash(input));
  }
  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(attempt, 400);
  });
}
