// Hashes the file that somebody chooses into the field beside it: the file itself never leaves the
// browser. Without this module, or on a line that gives no hashes, the field is typed.

async function hash(input) {
  const file = input.files[0];
  if (!file) return;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  const target = document.getElementById(input.dataset.hash);
  target.value = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  target.dispatchEvent(new Event('input', { bubbles: true }));
}

function show() {
  for (const input of document.querySelectorAll('[data-hash]')) {
    input.hidden = !globalThis.crypto?.subtle;
  }
}

// Fields may come later: an exception brings its own.
document.addEventListener('change', (event) => {
  if (event.target.dataset?.hash) hash(event.target);
});
document.addEventListener('session-used', show);
show();
