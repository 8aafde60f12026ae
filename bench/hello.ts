/** The empty program: what a start costs before a line of ours runs. */
process.exitCode = 0;
