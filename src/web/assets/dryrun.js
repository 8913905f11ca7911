// Tries a form while somebody types, by the real rules on the server. Without this module the form
// works by its buttons.

const form = document.querySelector('form[data-try]');
const RETRIES = 3;
const RETRY_MS = 2000;
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

/** Says in the panel why nothing was tried: the title of the page that was answered. */
function tell(answer) {
  const title = answer?.querySelector('main h1')?.textContent;
  if (title) document.querySelector('#trial [role=status]').textContent = title;
}

/** Tries the form; a service that is busy is asked again, a few times. */
async function attempt(left = RETRIES) {
  running?.abort();
  running = new AbortController();
  const typed = new URLSearchParams(new FormData(form));
  typed.delete('act');
  typed.set('act', 'try');
  typed.set('live', '1');
  let answer = null;
  let again = false;
  try {
    const reply = await fetch(form.action, { method: 'POST', body: typed, signal: running.signal });
    answer = new DOMParser().parseFromString(await reply.text(), 'text/html');
    if (reply.ok && !reply.redirected) {
      take(answer);
      document.dispatchEvent(new Event('session-used'));
      return;
    }
    again = reply.status === 503 || reply.status === 429;
  } catch (fault) {
    if (fault.name === 'AbortError') return;
    again = true;
  }
  if (again && left > 0) {
    timer = setTimeout(() => attempt(left - 1), RETRY_MS);
  } else {
    tell(answer);
  }
}

if (form) {
  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => attempt(), 400);
  });
}
