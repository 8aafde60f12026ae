/** What the pure folders use of the platform beyond the language itself; tsconfig.pure.json compiles them with this alone. */
declare class TextEncoder {
  encode(text: string): Uint8Array;
  encodeInto(text: string, into: Uint8Array): { read: number; written: number };
}
declare class TextDecoder {
  constructor(label?: string, options?: { ignoreBOM?: boolean; fatal?: boolean });
  decode(bytes?: Uint8Array): string;
}
