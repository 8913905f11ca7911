// The keys that a reader brought: a policy file kept in this browser, the policy that the scanned
// receipt named, or else what this site states, which proves less. Nothing here is sent anywhere.

export const FILE = 'policy-file';
export const COMPARED = 'policy-compared';
export const RECEIPT = 'policy';

/** What a browser keeps; none where it keeps nothing for this site. */
export function kept(name, session = false) {
  try {
    return (session ? sessionStorage : localStorage).getItem(name);
  } catch {
    return null;
  }
}

const hashOf = async (proof, text) => proof.hex(await proof.sha256(new TextEncoder().encode(text)));

/** A policy file of this site, if it is the one of that hash. */
export async function policyFile(proof, hash) {
  const answer = await fetch(`/policy/${hash}`);
  if (!answer.ok) return null;
  const text = await answer.text();
  return await hashOf(proof, text) === hash ? text : null;
}

/**
 * The keys to judge by, `whose` they are (`file`, `receipt`, `uncompared`, `site`) and the policy
 * file's `hash`. `at` is an element that carries what the site states: its log keys, the hash of the
 * policy in force, and whether a head was witnessed.
 */
export async function bringKeys(proof, at) {
  const stated = (at.dataset.keys ?? '').split(' ').filter(Boolean);
  const by = async (whose, file, outside) => ({
    ...await proof.bring({ file, outside, stated }), whose, witnessed: 'witnessed' in at.dataset,
    hash: file === null ? null : await hashOf(proof, file),
  });
  const file = kept(FILE);
  if (file !== null && kept(COMPARED) === 'yes') return by('file', file, true);
  const scanned = kept(RECEIPT, true);
  const named = scanned ? await policyFile(proof, scanned) : null;
  if (named !== null) return by('receipt', named, true);
  if (file !== null) return by('uncompared', file, false);
  const site = at.dataset.policy;
  return by('site', site ? await policyFile(proof, site) : null, false);
}
