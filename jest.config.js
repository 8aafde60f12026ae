/** Three kinds of test: pure code, the executable against this kernel, and real clients that drive the executable. */
const shared = {
  testEnvironment: "node",
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "es6" } },
    ],
    "^.+\\.sh$": "<rootDir>/conformance/node/text-module.js",
  },
  extensionsToTreatAsEsm: [".ts", ".sh"],
  setupFiles: ["<rootDir>/jest.setup.js"],
  testPathIgnorePatterns: ["/node_modules/", "/dist/"],
};

export default {
  reporters: [
    "default",
    "<rootDir>/conformance/node/skip-reporter.js",
    "<rootDir>/conformance/node/count-reporter.js",
  ],
  maxWorkers: 2,
  projects: [
    {
      ...shared,
      displayName: "unit",
      testMatch: ["<rootDir>/**/*.test.ts"],
      testPathIgnorePatterns: [
        ...shared.testPathIgnorePatterns,
        "/conformance/kernel/",
        "/conformance/mutants/",
        "/conformance/node/",
        "/conformance/runtimes/",
      ],
    },
    {
      ...shared,
      displayName: "kernel",
      testMatch: ["<rootDir>/conformance/{kernel,mutants,node}/**/*.test.ts"],
    },
    { ...shared, displayName: "runtimes", testMatch: ["<rootDir>/conformance/runtimes/**/*.test.ts"] },
  ],
};
