/** Types of skip-reporter.js, for its test. */
export default class SkipReporter {
  constructor(configuration: { testNamePattern?: string }, options: { write?: (text: string) => void });
  onRunComplete(
    contexts: unknown,
    results: {
      readonly testResults: readonly {
        readonly testResults: readonly { status: string; title: string; ancestorTitles: string[] }[];
      }[];
    },
  ): void;
}
