// Builds ../static/vendor from what package-lock.json pins: `make assets`.
// The same lock file gives the same bytes; `node build.mjs FOLDER` builds into another, new folder.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import postcss from 'postcss';

const HERE = dirname(fileURLToPath(import.meta.url));
const MODULES = join(HERE, 'node_modules');
const VENDOR = resolve(HERE, '..', 'static', 'vendor');
const OUT = process.argv[2] ? resolve(process.argv[2]) : VENDOR;

// EUPL-1.2, article 5: a derivative work says when it was changed. Set it when the versions,
// the components or this pruning change.
const CHANGED_ON = '2026-11-23';

// The order is the order in nlds.css.
const COMPONENTS = [
  'heading-1', 'heading-2', 'heading-3', 'heading-4', 'paragraph', 'link', 'skip-link',
  'breadcrumb-nav', 'ordered-list', 'unordered-list', 'separator', 'blockquote', 'code', 'mark',
  'data-list', 'table', 'data-badge', 'status-badge', 'alert',
  'button', 'form-field', 'form-fieldset', 'form-label', 'form-field-description',
  'form-field-error-message', 'textbox', 'textarea', 'select', 'checkbox', 'radio-button',
];

// Classes of these components that we do not use: they imitate a state that the browser itself
// knows (:hover, :disabled), or are variants for other forms than ours.
const DROPPED = [
  /^\.utrecht-(link|skip-link|button|textbox|textarea|select|checkbox|radio-button|breadcrumb-nav__link)--(active|checked|disabled|focus|focus-visible|hover|read-only|visited)$/,
  /^\.utrecht-button--(ready|submit|warning|danger)$/,
  /^\.utrecht-breadcrumb-nav(--arrows|__list--html-p)$/,
  /^\.utrecht-(ordered|unordered)-list--(arabic|center)$/,
  /^\.utrecht-table(--(busy|fixed|oneline|row-focus-within)|__footer--sticky|__(row|cell|header-cell)--selected|__figcaption|__header-cell-button|__header-cell--sticky-inline|__row--alternate-(odd|even))$/,
  /^\.utrecht-textbox--([\w-]+-size|placeholder-(ltr|rtl)|numeric|password|url)$/,
  /^\.utrecht-text(box|area)__placeholder$/,
  /^\.utrecht-link--(box-content|forced-colors|placeholder|telephone)$/,
  /^\.utrecht-status-badge--(active|inactive|invalid|valid)$/,
  /^\.utrecht-mark--(print|windows-high-contrast)$/,
];

const THEME = '@nl-design-system-unstable/voorbeeld-design-tokens';
const THEME_CLASS = '.voorbeeld-theme';
const LIBRARY = '@utrecht/component-library-css';
const FONT = '@fontsource-variable/noto-sans';
const HTMX = 'htmx.org';
const FONT_SUBSETS = ['latin-ext', 'latin'];

// Forbidden outside their own organisation; nothing may bring them in unnoticed.
const FORBIDDEN = ['@utrecht/design-tokens', 'rijkshuisstijl', '@rijkshuisstijl-community'];
// What the authors write in package.json, as SPDX names it.
const LICENCES = { 'EUPL-1.2': 'EUPL-1.2', 'OFL-1.1': 'OFL-1.1', 'BSD-0-Clause': '0BSD', '0BSD': '0BSD' };
const BUILD_LICENCES = [...Object.keys(LICENCES), 'MIT', 'ISC', 'BSD-3-Clause'];

const component = (name) => `@utrecht/${name}-css`;
const read = (...parts) => readFileSync(join(MODULES, ...parts));
const text = (...parts) => read(...parts).toString('utf8').replaceAll('\r\n', '\n');
const about = (name) => JSON.parse(text(name, 'package.json'));
const squeeze = (value) => value.replace(/\s+/g, ' ').replace(/\( /g, '(').replace(/ \)/g, ')').replaceAll(', var(', ',var(').trim();
const references = (value) => [...value.matchAll(/var\(\s*(--[\w-]+)/g)].map((found) => found[1]);
const byName = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

function refuseForbidden() {
  const { packages } = JSON.parse(readFileSync(join(HERE, 'package-lock.json'), 'utf8'));
  for (const [path, { license }] of Object.entries(packages)) {
    if (!path) continue;
    if (FORBIDDEN.some((name) => path.includes(name))) throw new Error(`${path} may not be used`);
    if (!BUILD_LICENCES.includes(license)) throw new Error(`${path}: licence ${license} was not weighed`);
  }
}

function shippedLicence(name) {
  const licence = LICENCES[about(name).license];
  if (!licence) throw new Error(`${name}: licence ${about(name).license} may not be shipped`);
  return licence;
}

/** Whether a selector asks for a dropped class; what stands inside :not() asks for nothing. */
function isDropped(selector) {
  const asked = selector.replace(/:not\([^)]*\)/g, '');
  return (asked.match(/\.[\w-]+/g) ?? []).some((name) => DROPPED.some((pattern) => pattern.test(name)));
}

/** Where the bracket that opens just before `start` closes, and its first comma on that level. */
function bracket(value, start) {
  let comma = -1;
  for (let at = start, depth = 1; at < value.length; at += 1) {
    if (value[at] === '(') depth += 1;
    else if (value[at] === ')' && (depth -= 1) === 0) return { end: at, comma };
    else if (value[at] === ',' && depth === 1 && comma < 0) comma = at;
  }
  throw new Error(`unclosed bracket in ${value}`);
}

/**
 * Every var() without what can never count: a private property (--_…) that no rule sets gives way
 * to its fallback, and a property that the theme always gives needs no fallback.
 */
function shortened(value, { set, given }) {
  let result = value;
  for (let at = result.indexOf('var(--'); at >= 0; at = result.indexOf('var(--', at)) {
    const { end, comma } = bracket(result, at + 4);
    if (comma >= 0) {
      const name = result.slice(at + 4, comma).trim();
      if (name.startsWith('--_') && !set.has(name)) {
        result = result.slice(0, at) + result.slice(comma + 1, end).trim() + result.slice(end + 1);
        continue; // the fallback now stands here, and may start with a var() of its own
      }
      if (given.has(name) && !set.has(name)) result = result.slice(0, comma) + result.slice(end);
    }
    at += 1;
  }
  return result;
}

/** Leaves out what we do not use, and what that leaves without a purpose. */
function prune(root, given) {
  root.walkComments((comment) => comment.remove());
  root.walkAtRules('charset', (rule) => rule.remove());
  root.walkRules((rule) => {
    const kept = rule.selectors.filter((selector) => !isDropped(selector));
    if (kept.length) rule.selectors = kept;
    else rule.remove();
  });
  const set = new Set();
  root.walkDecls(/^--/, ({ prop }) => set.add(prop));
  root.walkDecls((decl) => (decl.value = shortened(squeeze(decl.value), { set, given })));
  for (let found = true; found; ) {
    found = false;
    const used = new Set();
    root.walkDecls(({ value }) => references(value).forEach((name) => used.add(name)));
    root.walkDecls(/^--_/, (decl) => {
      if (used.has(decl.prop)) return;
      found = true;
      decl.remove();
    });
  }
}

/** One rule a line, without spare spaces. */
function print(node) {
  if (node.type === 'decl') return `${node.prop}:${node.value}${node.important ? '!important' : ''}`;
  const body = node.nodes.map(print).filter(Boolean);
  if (!body.length) return '';
  if (node.type === 'atrule') return `@${node.name} ${squeeze(node.params)}{\n${body.join('\n')}\n}`;
  return `${node.selectors.map(squeeze).join(',')}{${body.join(';')}}`;
}

function readComponents(given) {
  const copyrights = new Set();
  const used = new Set();
  const parts = COMPONENTS.map((name) => {
    const root = postcss.parse(text(component(name), 'dist', 'index.css'));
    root.walkComments(({ text: comment }) => {
      for (const [line] of comment.matchAll(/Copyright.*/g)) copyrights.add(line.trim());
    });
    prune(root, given);
    root.walkDecls(({ value }) => references(value).forEach((token) => used.add(token)));
    return root.nodes.map(print).filter(Boolean).join('\n');
  });
  return { css: parts.join('\n'), used, copyrights: [...copyrights].sort(byName) };
}

function readTheme() {
  const tokens = new Map();
  for (const rule of postcss.parse(text(THEME, 'dist', 'theme.css')).nodes) {
    if (rule.type === 'comment') continue;
    if (rule.selector !== THEME_CLASS) throw new Error(`unexpected in the theme: ${rule.selector ?? rule.name}`);
    rule.walkDecls(({ prop, value }) => tokens.set(prop, squeeze(value)));
  }
  for (const [token, value] of tokens) {
    const missing = references(value).find((next) => !tokens.has(next));
    if (missing) throw new Error(`${token} leads to ${missing}, which the theme lacks`);
  }
  return tokens;
}

/** The theme's properties that the components reach, through each other too. */
function pruneTheme(tokens, used) {
  const kept = new Set();
  const waiting = [...used];
  while (waiting.length) {
    const token = waiting.pop();
    if (kept.has(token) || !tokens.has(token)) continue;
    kept.add(token);
    waiting.push(...references(tokens.get(token)));
  }
  const lines = [...kept].sort(byName).map((token) => `${token}:${tokens.get(token)}`);
  return `${THEME_CLASS}{\n${lines.join(';\n')}\n}`;
}

function nldsCss() {
  const tokens = readTheme();
  const { css, used, copyrights } = readComponents(tokens);
  const header = [
    '/*! Changed: a selection, with the theme tokens it needs. Made by bot/console/assets/build.mjs',
    `on ${CHANGED_ON} from ${LIBRARY} ${about(LIBRARY).version} and`,
    `${THEME} ${about(THEME).version}.`,
    'Licence: EUPL-1.2, see LICENCES.md.',
    ...copyrights,
    'Copyright (c) 2021 NL Design System Community */',
  ];
  return `${header.join('\n')}\n${pruneTheme(tokens, used)}\n${css}\n`;
}

/** The theme names 'Noto Sans'; fontsource calls the same family 'Noto Sans Variable'. */
function fontCss() {
  const faces = [];
  postcss.parse(text(FONT, 'index.css')).walkAtRules('font-face', (face) => {
    const subset = FONT_SUBSETS.find((name) => face.toString().includes(`noto-sans-${name}-wght-normal`));
    if (!subset) return;
    const ranges = face.nodes.find(({ prop }) => prop === 'unicode-range').value;
    faces.push(
      `@font-face{font-family:"Noto Sans";font-style:normal;font-weight:100 900;font-display:swap;` +
        `src:url("noto-sans-${subset}.woff2") format("woff2");unicode-range:${squeeze(ranges)}}`,
    );
  });
  if (faces.length !== FONT_SUBSETS.length) throw new Error('a subset of the font is missing');
  return `/*! Noto Sans ${about(FONT).version} (${FONT}), OFL-1.1, see LICENCES.md */\n${faces.join('\n')}\n`;
}

function licencesMd() {
  const source = (name) => {
    const { repository } = about(name);
    const url = typeof repository === 'string' ? repository : repository.url;
    return url
      .replace(/^git\+/, '')
      .replace(/^ssh:\/\/git@|^git@/, 'https://')
      .replace('github.com:', 'github.com/')
      .replace(/\.git$/, '');
  };
  const row = (name, files) =>
    `| ${name} | ${about(name).version} | ${shippedLicence(name)} | ${files} | ${source(name)} |`;
  const own = Object.keys(JSON.parse(readFileSync(join(HERE, 'package.json'), 'utf8')).devDependencies);
  const shipped = [FONT, THEME, LIBRARY, HTMX];
  const tools = own.filter((name) => !shipped.includes(name)).sort(byName);
  return [
    '# Licences of what is in this folder',
    '',
    'Made by `bot/console/assets/build.mjs` (`make assets`); do not edit by hand.',
    'Every package comes from https://www.npmjs.com/ under the name given.',
    '',
    '| package | version | licence | files here | source |',
    '|---|---|---|---|---|',
    row(HTMX, '`htmx.min.js`, `hx-sse.min.js` (unchanged)'),
    row(LIBRARY, '`nlds.css` (components, by way of the packages below)'),
    row(THEME, '`nlds.css` (tokens)'),
    row(FONT, '`noto-sans-*.woff2` (unchanged), `noto-sans.css`'),
    '',
    `\`nlds.css\` is a changed work: components chosen, comments and spacing dropped, and only the tokens kept`,
    `that these components reach (${CHANGED_ON}). Its components:`,
    '',
    '| package | version | licence |',
    '|---|---|---|',
    ...COMPONENTS.map(component)
      .sort(byName)
      .map((name) => `| ${name} | ${about(name).version} | ${shippedLicence(name)} |`),
    '',
    'Texts: `LICENCE-EUPL-1.2.md`, `LICENCE-OFL-1.1.txt`, `LICENCE-0BSD.txt`.',
    '',
    'Used to build, not shipped:',
    '',
    '| package | version | licence |',
    '|---|---|---|',
    ...tools.map((name) => `| ${name} | ${about(name).version} | ${about(name).license} |`),
    '',
  ].join('\n');
}

function files() {
  return {
    'LICENCE-0BSD.txt': text(HTMX, 'LICENSE'),
    'LICENCE-EUPL-1.2.md': text(LIBRARY, 'LICENSE.md'),
    'LICENCE-OFL-1.1.txt': text(FONT, 'LICENSE'),
    'LICENCES.md': licencesMd(),
    'htmx.min.js': read(HTMX, 'dist', 'htmx.min.js'),
    'hx-sse.min.js': read(HTMX, 'dist', 'ext', 'hx-sse.min.js'),
    'nlds.css': nldsCss(),
    'noto-sans.css': fontCss(),
    ...Object.fromEntries(
      FONT_SUBSETS.map((subset) => [
        `noto-sans-${subset}.woff2`,
        read(FONT, 'files', `noto-sans-${subset}-wght-normal.woff2`),
      ]),
    ),
  };
}

refuseForbidden();
const built = Object.entries(files()).sort(([a], [b]) => byName(a, b));
if (OUT === VENDOR) rmSync(OUT, { recursive: true, force: true });
else if (existsSync(OUT) && readdirSync(OUT).length) throw new Error(`${OUT} is not empty`);
mkdirSync(OUT, { recursive: true });
const manifest = {};
for (const [name, content] of built) {
  writeFileSync(join(OUT, name), content);
  manifest[name] = createHash('sha256').update(content).digest('hex');
}
writeFileSync(join(OUT, 'MANIFEST.json'), `${JSON.stringify(manifest, null, 2)}\n`);
console.log(`${built.length} files in ${OUT}`);
