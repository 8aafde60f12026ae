/** What was looked for in a node is not there, and the tools that looked work: an observation, unlike any other error. */
export class Absent extends Error {
  override readonly name = "Absent";
}
