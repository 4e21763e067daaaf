// Python as text: programs of this folder minified by the build, see scripts/board-scripts.js.
declare module '*.py' {
  const source: string;
  export default source;
}
