// Gives the portal's own parameters, attributes and constants names that MicroPython has in its firmware anyway: bytecode
// refers to those by a number, so that they cost neither bytes on the wire nor memory on a board. Functions, classes and
// modules keep their names, because tracebacks show them.

/** What users, forms and templates know by name: docs/portal.md. */
const PUBLIC = [
  ...['essid', 'password', 'ap_ip', 'hostname', 'country', 'timeout_s', 'static_ip', 'form'],
  ...['ssid', 'options', 'self', 'station', 'access_point'],
];

/**
 * Names with a fixed number in the bytecode of 1.12 to 1.29 (MicroPython's py/makeqstrdata.py, static_qstr_list), as
 * far as no module of the portal uses them as what they are.
 */
const STATIC_NAMES =
  `all any abs append args bool builtins bytecode callable chr classmethod clear const copy count dict dir
  divmod end endswith eval exec extend from_bytes get globals hash id index insert int isalpha isdigit islower isspace
  issubclass isupper items iter join key keys little locals lower lstrip main map micropython next object oct pow popitem
  rfind rindex round rsplit rstrip send sep setdefault sorted staticmethod stop str sum super throw to_bytes tuple type
  upper value values zip remove replace repr reverse range readline readinto read pop print open max min`.split(
    /\s+/,
  );

const TOKEN = /b?"""[\s\S]*?"""|b?"(?:\\.|[^"\\])*"|b?'(?:\\.|[^'\\])*'|#.*|[A-Za-z_]\w*|\s+|[\s\S]/g;
const isName = (token) => /^[A-Za-z_]/.test(token) && !/["']$/.test(token);

/**
 * @param {string[]} sources all modules that know each other's names
 * @returns {(source: string) => string} shortens one of them
 */
export function nameShortener(sources) {
  const modules = sources.map((source) => source.match(TOKEN).filter((token) => !/^(#|[ \t]+$)/.test(token)));
  const counts = new Map();
  const [own, foreign] = [new Set(), new Set(PUBLIC)];
  for (const tokens of modules) {
    for (const name of tokens.filter(isName)) counts.set(name, (counts.get(name) ?? 0) + 1);
    collect(tokens, own, foreign);
  }
  const names = [...own].filter(
    (name) => !foreign.has(name) && name.length > 2 && !STATIC_NAMES.includes(name),
  );
  names.sort((a, b) => counts.get(b) - counts.get(a) || (a < b ? -1 : 1));
  const free = STATIC_NAMES.filter((name) => !counts.has(name));
  const short = new Map(names.slice(0, free.length).map((name, index) => [name, free[index]]));
  return (source) => source.replace(TOKEN, (token) => short.get(token) ?? token);
}

/** Sorts a module's names into those that are its own affair and those that are known elsewhere. */
function collect(tokens, own, foreign) {
  let depth = 0;
  let definition = 0; // depth of the parameters of the function that begins here
  const methods = new Set();
  for (const [index, token] of tokens.entries()) {
    const [before, after] = [tokens[index - 1], tokens[index + 1]];
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (depth < definition) definition = 0;
    if (!isName(token)) continue;
    if (before === 'def' || before === 'class') {
      foreign.add(token);
      if (before === 'def') definition = depth + 1;
    } else if (before === 'import' || before === 'from') foreign.add(token);
    else if (definition > 0 && depth === definition && /[(,*]/.test(before)) own.add(token);
    else if (before === '.' && after === '=' && tokens[index + 2] !== '=') own.add(token);
    else if (before === '.' && after === '(') methods.add(token);
    else if (depth > 0 && after === '=' && tokens[index + 2] !== '=')
      foreign.add(token); // a keyword
    else if (/^_[A-Z]/.test(token) && depth === 0 && after === '=') own.add(token);
  }
  for (const name of methods) foreign.add(name);
}
