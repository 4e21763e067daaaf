// Gives the portal's own parameters, attributes and constants names that MicroPython has in its firmware anyway: bytecode
// refers to those by a number, so that they cost neither bytes on the wire nor memory on a board. Functions, classes and
// modules keep their names, because tracebacks show them.

/** What users, forms and templates know by name: docs/portal.md. */
const PUBLIC = [
  ...['essid', 'password', 'ap_ip', 'hostname', 'country', 'timeout_s', 'static_ip', 'button', 'form'],
  ...['ssid', 'options', 'self', 'station', 'access_point', 'minutes', 'own'],
];

/**
 * Names with a fixed number in the bytecode of 1.12 to 1.29 (MicroPython's py/makeqstrdata.py, static_qstr_list), as
 * far as no module of the portal uses them as what they are. Those of exceptions come first: their numbers take one byte.
 */
const STATIC_NAMES =
  `ArithmeticError AssertionError AttributeError BaseException EOFError GeneratorExit IndentationError IndexError
  KeyError LookupError NameError NotImplementedError OverflowError RuntimeError StopIteration SyntaxError SystemExit
  TypeError ZeroDivisionError
  all any abs append args bool builtins bytecode callable chr classmethod clear const copy count dict dir
  divmod end endswith eval exec extend from_bytes get globals hash id index insert int isalpha isdigit islower isspace
  issubclass isupper items iter join key keys little locals lower lstrip main map micropython next object oct pow popitem
  rfind rindex round rsplit rstrip send sep setdefault sorted staticmethod stop str sum super throw to_bytes tuple type
  upper value values zip remove replace repr reverse range readline readinto read pop print open max min`.split(
    /\s+/,
  );

const TOKEN = /b?"""[\s\S]*?"""|b?"(?:\\.|[^"\\])*"|b?'(?:\\.|[^'\\])*'|#.*|[A-Za-z_]\w*|\s+|[\s\S]/g;
const isName = (token) => /^[A-Za-z_]/.test(token) && !/["']$/.test(token);
const isBlank = (token) => /^(#|[ \t]+$)/.test(token);
/** The compiler replaces these by their values, also where `const` is not imported. */
const CONSTANT = /^(_[A-Z]\w*) = const\(/gm;
const CONST_IMPORT = /^from micropython import const\n/m;

/**
 * @param {string[]} sources all modules that know each other's names
 * @param {string[]} others that are shortened as well, whose own names stay
 * @returns {(source: string) => string} shortens one of them
 */
export function nameShortener(sources, others = []) {
  const modules = sources.map((source) => source.match(TOKEN).filter((token) => !isBlank(token)));
  const counts = new Map();
  const [own, foreign] = [new Set(), new Set(PUBLIC)];
  for (const tokens of modules) {
    for (const name of tokens.filter(isName)) counts.set(name, (counts.get(name) ?? 0) + 1);
    collect(tokens, own, foreign);
  }
  const taken = new Set(others.flatMap((source) => source.match(TOKEN)));
  for (const [, name] of sources.flatMap((source) => [...source.matchAll(CONSTANT)])) own.delete(name);
  const names = [...own].filter((name) => !foreign.has(name) && !STATIC_NAMES.includes(name));
  names.sort((a, b) => counts.get(b) - counts.get(a) || (a < b ? -1 : 1));
  const free = STATIC_NAMES.filter((name) => !counts.has(name) && !taken.has(name));
  const short = new Map(names.slice(0, free.length).map((name, index) => [name, free[index]]));
  return (source) => {
    const tokens = source.replace(CONST_IMPORT, '').match(TOKEN);
    const meant = tokens.filter((token) => !isBlank(token));
    const kept = keptPlaces(meant);
    let place = -1;
    return tokens
      .map((token) => {
        if (isBlank(token)) return token;
        place += 1;
        return kept.has(place) ? token : (short.get(token) ?? token);
      })
      .join('');
  };
}

/** Sorts a module's names into those that are its own affair and those that are known elsewhere. */
function collect(tokens, own, foreign) {
  for (const { token, before, after, isAssigned, isParameter, depth } of places(tokens)) {
    if (/^(def|class|import|from)$/.test(before)) foreign.add(token);
    else if (isParameter || (before === '.' && isAssigned)) own.add(token);
    else if (/^_[A-Z]/.test(token) && depth === 0 && after === '=') own.add(token);
  }
}

/** Where a name is not the module's own, whatever else it is called so: keywords and methods of a call. */
function keptPlaces(tokens) {
  const kept = new Set();
  for (const { index, before, after, isAssigned, isParameter, depth } of places(tokens)) {
    const isKeyword = depth > 0 && isAssigned && before !== '.' && !isParameter;
    if (isKeyword || (before === '.' && after === '(')) kept.add(index);
  }
  return kept;
}

/** The names of a module, each with what is around it. */
function* places(tokens) {
  let depth = 0;
  let definition = 0; // depth of the parameters of the function that begins here
  for (const [index, token] of tokens.entries()) {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (depth < definition) definition = 0;
    if (!isName(token)) continue;
    const [before, after] = [tokens[index - 1], tokens[index + 1]];
    const isAssigned = after === '=' && tokens[index + 2] !== '=';
    const isParameter = definition > 0 && depth === definition && /[(,*]/.test(before);
    yield { index, token, before, after, isAssigned, isParameter, depth };
    if (before === 'def') definition = depth + 1;
  }
}
