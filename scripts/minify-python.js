// Makes Python short for the wire: no comments and docstrings, one space of indentation, short names. Supports of Python's
// grammar what programs for boards need: functions that are called by position, no classes, no f-strings.

const TOKEN =
  /(?<comment>#[^\n]*)|(?<string>[rRbBuU]{0,2}(?:"""[\s\S]*?"""|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"))|(?<number>\d[\w.]*)|(?<name>[A-Za-z_]\w*)|(?<newline>\n)|(?<space>[ \t]+|\\\n)|(?<operator>[\s\S])/gy;

const KEYWORDS = new Set(
  'False None True and as break continue def del elif else except finally for from if import in is lambda not or pass raise return try while with'.split(
    ' ',
  ),
);
/** Of MicroPython and CPython. */
const BUILT_INS = new Set(
  [
    'ArithmeticError AssertionError AttributeError BaseException EOFError Exception ImportError IndexError',
    'KeyError KeyboardInterrupt LookupError MemoryError NameError NotImplementedError OSError OverflowError RuntimeError',
    'StopIteration SyntaxError SystemExit TypeError UnicodeError ValueError ZeroDivisionError abs all any bin bool',
    'bytearray bytes callable chr classmethod delattr dict dir divmod enumerate eval exec filter float frozenset getattr',
    'globals hasattr hash hex id input int isinstance issubclass iter len list locals map max memoryview min next object',
    'oct open ord pow print property range repr reversed round set setattr slice sorted staticmethod str sum super tuple',
    'type zip',
  ].flatMap((names) => names.split(' ')),
);
/** Where a value comes from that the computer fills in when it sends the program. */
const PARAMETERS = 'parameters';
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const CONSTANT = /^_[A-Z][A-Z0-9_]*$/;

/**
 * @param {ReadonlyMap<string, string>} sources programs by their module names. They share their global names, because
 *   they run one after the other in one session: `from other import name` only documents the source of a name.
 * @returns {{ texts: Map<string, string>, names: Map<string, string> }} programs with one statement a line, in which
 *   `$NAME$` is a parameter; the short names of what they share
 */
export function minifyPython(sources) {
  const programs = [...sources].map(([name, source]) => readProgram(name, source, sources));
  const kept = new Set(programs.flatMap((program) => [...program.kept]));
  const isOurs = (name) => !KEYWORDS.has(name) && !BUILT_INS.has(name) && !kept.has(name);
  for (const program of programs) findScopes(program, isOurs);
  const names = new Set(programs.flatMap((program) => [...program.globals]));
  const scopes = programs.flatMap((program) => program.scopes);
  const globals = shortNames(
    countNames(scopes, (name) => names.has(name)),
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  );
  const locals = shortNames(
    countNames(scopes, (name) => !names.has(name)),
    LETTERS,
  );
  const texts = new Map(programs.map((program) => [program.name, rename(program, globals, locals)]));
  return { texts, names: globals };
}

/** Logical lines of tokens, less what only readers need. */
function readProgram(name, source, sources) {
  const lines = [];
  let line = { indent: 0, tokens: [] };
  let depth = 0;
  let column = 0;
  const end = () => {
    const isDocstring = line.tokens.length === 1 && line.tokens[0].kind === 'string';
    if (line.tokens.length > 0 && !isDocstring) lines.push(line);
    line = { indent: 0, tokens: [] };
  };
  for (const { 0: text, groups } of source.matchAll(TOKEN)) {
    const kind = Object.keys(groups).find((key) => groups[key] !== undefined);
    if (kind === 'newline' && depth === 0) end();
    if (kind === 'newline') column = 0;
    if (kind === 'space') column += text.length;
    if (kind === 'newline' || kind === 'space' || kind === 'comment') continue;
    if ('([{'.includes(text)) depth += 1;
    if (')]}'.includes(text)) depth -= 1;
    if (line.tokens.length === 0) line.indent = column / 4;
    line.tokens.push({ kind, text: kind === 'string' ? singleQuoted(text) : text, depth });
  }
  end();
  return readImports(
    { name, lines: inlineConstants(lines), kept: new Set(), imported: new Set(), parameters: new Set() },
    sources,
  );
}

function singleQuoted(text) {
  return /^[rRbBuU]{0,2}"[^"'\\]*(?:\\[^"'][^"'\\]*)*"$/.test(text) ? text.replaceAll('"', "'") : text;
}

/** `_SIZE = 63` at the top: its value goes where its name is. */
function inlineConstants(lines) {
  const values = new Map();
  const others = lines.filter(({ indent, tokens: [name, equals, ...value] }) => {
    const isConstant = indent === 0 && equals?.text === '=' && CONSTANT.test(name.text) && value.length === 1;
    if (isConstant) values.set(name.text, value[0]);
    return !isConstant;
  });
  for (const { tokens } of others) {
    for (const [index, { text }] of tokens.entries()) {
      const value = values.get(text);
      if (value) tokens[index] = { ...tokens[index], kind: value.kind, text: value.text };
    }
  }
  return others;
}

/** Takes out imports from other programs, and puts neighbouring imports of modules on one line. */
function readImports(program, sources) {
  const lines = [];
  for (const line of program.lines) {
    const { indent, tokens } = line;
    const [first, module, , ...names] = tokens;
    if (first.text === 'from' && (module.text === PARAMETERS || sources.has(module.text))) {
      const target = module.text === PARAMETERS ? program.parameters : program.imported;
      for (const { kind, text } of names) if (kind === 'name') target.add(text);
      continue;
    }
    if (first.text !== 'import') {
      lines.push(line);
      continue;
    }
    module.isKept = true;
    if (tokens.length === 2) program.kept.add(module.text);
    const before = lines.at(-1);
    if (before?.tokens[0].text === 'import' && before.indent === indent) {
      before.tokens.push({ kind: 'operator', text: ',', depth: 0 }, ...tokens.slice(1));
    } else lines.push(line);
  }
  return { ...program, lines };
}

/** Marks each token that is a name of the program with its function, and finds the global ones. */
function findScopes(program, isOurs) {
  const topLevel = new Map();
  program.scopes = [topLevel];
  let definition;
  let scope = topLevel;
  for (const { indent, tokens } of program.lines) {
    if (definition !== undefined && indent <= definition) {
      definition = undefined;
      scope = topLevel;
    }
    const isDefinition = tokens[0].text === 'def';
    const outer = scope;
    if (isDefinition && definition === undefined) {
      definition = indent;
      scope = new Map();
      program.scopes.push(scope);
    }
    for (const [index, token] of tokens.entries()) {
      if (token.kind !== 'name' || token.isKept || !isOurs(token.text)) continue;
      if (program.parameters.has(token.text)) continue;
      if (tokens[index - 1]?.text === '.' || isKeywordArgument(tokens, index, isDefinition)) continue;
      token.scope = isDefinition && index === 1 ? outer : scope;
      token.scope.set(token.text, (token.scope.get(token.text) ?? 0) + 1);
    }
  }
  const [, ...functions] = program.scopes;
  const isUsedInside = (name) => functions.some((names) => names.has(name));
  program.globals = new Set([...program.imported, ...[...topLevel.keys()].filter(isUsedInside)]);
}

/** `name=value` in the brackets of a call. */
function isKeywordArgument(tokens, index, isDefinition) {
  const [before, , equals, after] = tokens.slice(index - 1, index + 3);
  const isFirst = before?.text === '(' || before?.text === ',';
  return !isDefinition && tokens[index].depth > 0 && isFirst && equals?.text === '=' && after?.text !== '=';
}

/** How often each of these names occurs in all programs. */
function countNames(scopes, isCounted) {
  const counts = new Map();
  for (const [name, count] of scopes.flatMap((scope) => [...scope])) {
    if (isCounted(name)) counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return counts;
}

/** The more often a name occurs, the shorter it becomes. */
function shortNames(counts, letters) {
  const byCount = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return new Map(
    byCount.map(([name], index) => {
      const first = letters[index % letters.length];
      return [name, index < letters.length ? first : `${first}${Math.floor(index / letters.length)}`];
    }),
  );
}

/** A letter for each name of a function: wherever it can, the same as everywhere, which deflates better. */
function lettersOf(scope, globals, preferred) {
  const letters = new Map();
  const free = new Set(LETTERS);
  for (const [name] of [...scope].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))) {
    if (globals.has(name)) continue;
    const [wanted] = preferred.get(name);
    const [first] = free;
    const letter = free.has(wanted) ? wanted : first;
    if (letter === undefined) throw new Error('a function has more names than letters');
    free.delete(letter);
    letters.set(name, letter);
  }
  return letters;
}

function rename({ lines, scopes, parameters }, globals, preferred) {
  const locals = new Map(scopes.map((scope) => [scope, lettersOf(scope, globals, preferred)]));
  const textOf = ({ kind, text, scope, isKept }) => {
    if (kind === 'name' && !isKept && parameters.has(text)) return `$${text}$`;
    return scope === undefined ? text : (globals.get(text) ?? locals.get(scope)?.get(text) ?? text);
  };
  return lines.map(({ indent, tokens }) => ' '.repeat(indent) + joined(tokens.map(textOf))).join('\n');
}

/** With spaces only where words would run into each other. */
function joined(texts) {
  return texts.reduce(
    (line, text) => (/[\w$]$/.test(line) && /^[\w$]/.test(text) ? `${line} ${text}` : line + text),
    '',
  );
}
