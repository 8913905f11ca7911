// Warns before a session ends unused, and goes on with it when told to. Nothing is asked of the
// server before somebody presses: a page left open keeps no session alive.

const place = document.getElementById('idle');
const SOON = 5 * 60 * 1000;
const tabs = new BroadcastChannel('session');
let timers = [];

/** Shows what a template holds; none takes the words away. */
function say(name) {
  place.classList.toggle('idle', Boolean(name));
  const words = name ? document.getElementById(name).content.cloneNode(true) : '';
  place.replaceChildren(words);
  place.querySelector('button')?.addEventListener('click', goOn);
}

/** Counts anew from now: the session ends after so many milliseconds. */
function count(left) {
  timers.forEach(clearTimeout);
  say(null);
  timers = [
    setTimeout(() => say('idle-soon'), Math.max(left - SOON, 0)),
    setTimeout(() => say('idle-over'), left),
  ];
}

async function goOn() {
  const reply = await fetch('/session', { redirect: 'manual', cache: 'no-store' });
  const left = reply.ok ? Number(await reply.text()) : 0;
  if (left > 0) {
    count(left);
    tabs.postMessage(left);
  } else {
    say('idle-over');
  }
}

if (place) {
  const left = Number(place.dataset.left);
  count(left);
  // What is used in one tab is used in all, and so is a form that is tried.
  tabs.postMessage(left);
  tabs.addEventListener('message', (event) => count(event.data));
  document.addEventListener('session-used', () => {
    count(left);
    tabs.postMessage(left);
  });
}
