/**
 * Four kinds of test: pure code, the executable against this kernel, real clients that drive the executable, and what runs in a
 * virtual machine, on another kernel (docs/lab.md).
 */
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

/** What runs in the lab when nothing is asked for: its own tests, and scenarios. Folders and files of other tests can be added. */
const labFolders = [
  "conformance/lab/tests",
  "conformance/scenarios/lab",
  // What needs no VLANs is seen on both kernels.
  "conformance/scenarios/s0[1-6]-*.test.ts",
];

/** The same project on both sides: outside it boots the machine, inside it is run as any other. */
const lab =
  process.env.TRESTLE_LAB === "inside"
    ? { testMatch: ["<rootDir>/**/*.test.ts"] }
    : {
        testMatch: (process.env.LAB ? process.env.LAB.split(" ") : labFolders).map(
          (path) => `<rootDir>/${path}{,/**/*.test.ts}`,
        ),
        runner: "<rootDir>/conformance/lab/runner.js",
      };

export default {
  reporters: [
    "default",
    "<rootDir>/conformance/node/skip-reporter.js",
    "<rootDir>/conformance/node/count-reporter.js",
  ],
  maxWorkers: 2,
  // For tests that hang, and no measure: a machine that is busy takes ten times as long as another.
  testTimeout: 60_000,
  projects: [
    {
      ...shared,
      displayName: "unit",
      testMatch: ["<rootDir>/**/*.test.ts"],
      testPathIgnorePatterns: [
        ...shared.testPathIgnorePatterns,
        "/conformance/kernel/",
        "/conformance/lab/tests/",
        "/conformance/mutants/",
        "/conformance/node/",
        "/conformance/runtimes/",
        "/conformance/scenarios/",
      ],
    },
    {
      ...shared,
      displayName: "kernel",
      testMatch: [
        "<rootDir>/conformance/{kernel,mutants,node}/**/*.test.ts",
        "<rootDir>/conformance/scenarios/*.test.ts",
      ],
    },
    { ...shared, displayName: "runtimes", testMatch: ["<rootDir>/conformance/runtimes/**/*.test.ts"] },
    { ...shared, ...lab, displayName: "lab" },
  ],
};
