import { expect, test } from "@jest/globals";
import { catalogue } from "../catalogue/index.ts";
import { grouped, titleOf, titles } from "./groups.ts";

test("every group of the catalogue has a title, and every title its group, in the same order", () => {
  expect(Object.keys(titles)).toEqual([...grouped(catalogue, (clause) => clause).keys()]);
});

test("an unknown group is its own title, also where its name is one of every object's", () => {
  expect(["CHN", "NEW", "constructor"].map(titleOf)).toEqual(["Chaining", "NEW", "constructor"]);
});
