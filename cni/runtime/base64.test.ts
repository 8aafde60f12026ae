import { expect, test } from "@jest/globals";
import { encodeBase64 } from "./base64.ts";

test.each(["", "f", "fo", "foo", "foob", "fooba", "foobar", '{"name":"Grüße"}', "\u{1f310}"])(
  "encodes %j as everybody does",
  (text) => {
    expect(encodeBase64(text)).toBe(Buffer.from(text).toString("base64"));
  },
);
