// file: ui/web/static/morph.js
/** What the reader set and the server does not know of: it stays. */
const OWN = new Set(["open"]);

/**
 * Make `old` look like `fresh` and change as little as possible: an element that is still meant stays the same one, so
 * that a click that began on it ends on it, and focus, selection and scroll stay where they are.
 */
export function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType === Node.TEXT_NODE) {
    old.data = fresh.data;
    return;
  }
  attributes(old, fresh);
  children(old, fresh);
}

function attributes(old, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !OWN.has(name)) old.removeAttribute(name);
  }
}

function children(old, fresh) {
  let at = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const match = meant(at, wanted);
    if (!match) {
      old.insertBefore(wanted, at);
      continue;
    }
    while (at !== match) at = drop(at);
    at = match.nextSibling;
    morph(match, wanted);
  }
  while (at) at = drop(at);
}

/** The first of the siblings from `at` on that is the one meant: by its id, or without one by its kind and place. */
function meant(at, wanted) {
  if (wanted.id) {
    for (let one = at; one; one = one.nextSibling) if (one.id === wanted.id && alike(one, wanted)) return one;
    return null;
  }
  return at && !at.id && alike(at, wanted) ? at : null;
}

function alike(one, other) {
  return one.nodeType === other.nodeType && one.nodeName === other.nodeName;
}

function drop(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}
