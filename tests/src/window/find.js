// Finds what a person would point at: arguments are what to find ("field", or a role), its name ("" for any), and
// whether the name need only begin so. Answers the visible elements, in the order of the page.
const [what, name, begins] = arguments;

const words = (text) => (text ?? '').replace(/\s+/g, ' ').trim();

const roles = {
  A: (e) => (e.hasAttribute('href') ? 'link' : ''),
  BUTTON: () => 'button',
  DIALOG: () => 'dialog',
  H1: () => 'heading', H2: () => 'heading', H3: () => 'heading', H4: () => 'heading',
  INPUT: (e) => ({ button: 'button', submit: 'button', checkbox: 'checkbox', radio: 'radio', search: 'searchbox' })[e.type] ?? 'textbox',
  LI: () => 'listitem',
  MAIN: () => 'main',
  NAV: () => 'navigation',
  OPTION: () => 'option',
  SELECT: () => 'combobox',
  TABLE: () => 'table',
  TD: () => 'cell',
  TEXTAREA: () => 'textbox',
  TR: () => 'row',
};
const roleOf = (e) => e.getAttribute('role') ?? roles[e.tagName]?.(e) ?? '';

// Shortcuts and decoration are drawn beside a name, not part of it.
const textOf = (e) => {
  if (e === null || e === undefined) return '';
  const walk = document.createTreeWalker(e, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) => {
    if (node.nodeType === Node.TEXT_NODE) return NodeFilter.FILTER_ACCEPT;
    return node.matches('[aria-hidden="true"], kbd, svg') ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
  });
  const parts = [];
  while (walk.nextNode()) parts.push(walk.currentNode.data);
  return parts.join(' ');
};
const nameOf = (e) => {
  const by = e.getAttribute('aria-labelledby');
  if (by) return words(by.split(/\s+/).map((id) => textOf(document.getElementById(id))).join(' '));
  const label = e.getAttribute('aria-label');
  if (label) return words(label);
  if (e.labels?.length) return words([...e.labels].map(textOf).join(' '));
  if (e.matches('input, textarea, select')) return words(e.placeholder ?? e.title);
  return words(textOf(e));
};

const isSeen = (e) => {
  if (e.closest('[aria-hidden="true"], [inert]')) return false;
  const box = e.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && getComputedStyle(e).visibility === 'visible';
};

const isWanted = (e) =>
  what === 'field' ? ['textbox', 'searchbox', 'combobox', 'spinbutton'].includes(roleOf(e)) : roleOf(e) === what;
// A required field's label may carry a mark.
const isNamed = (e) => {
  const found = nameOf(e).replace(/\s*\*$/, '');
  return name === '' || (begins ? found.startsWith(name) : found === name);
};

return [...document.querySelectorAll('a, button, dialog, h1, h2, h3, h4, input, li, main, nav, option, select, table, td, textarea, tr, [role]')]
  .filter((e) => isWanted(e) && isNamed(e) && isSeen(e));
