/** For jest: a shell script as a module of its text, which the bundler makes of `with { type: "text" }`. */
export default {
  process: (text) => ({ code: `export default ${JSON.stringify(text)};` }),
};
