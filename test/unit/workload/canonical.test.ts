import { expect } from "chai";
import { decodeCanonical, encodeCanonical, NotCanonical, type Json } from "../../../src/workload";

const text = (value: Json) => Buffer.from(encodeCanonical(value)).toString("utf8");

describe("canonical JSON", () => {
  it("sorts keys at every level and writes no white space", () => {
    expect(text({ b: 1, a: [true, null, { d: "x", c: -2 }], "€": "ü\n" })).to.equal(
      '{"a":[true,null,{"c":-2,"d":"x"}],"b":1,"€":"ü\\n"}',
    );
  });

  for (const value of [0.5, NaN, Infinity, -0, 2 ** 53, "\ud800"]) {
    it(`has no form for ${JSON.stringify(value)} (${String(value)})`, () => {
      expect(() => encodeCanonical({ value })).to.throw(NotCanonical);
    });
  }

  it("has no form for undefined and for nesting without end", () => {
    expect(() => encodeCanonical({ value: undefined } as unknown as Json)).to.throw(NotCanonical);
    let deep: Json = 0;
    for (let level = 0; level < 17; level++) deep = [deep];
    expect(() => encodeCanonical(deep)).to.throw(NotCanonical);
    expect(() => decodeCanonical(Buffer.from("[".repeat(100_000) + "]".repeat(100_000)))).to.throw(NotCanonical);
  });

  const foreign: readonly [string, string | Buffer][] = [
    ["white space", '{"a": 1}'],
    ["keys out of order", '{"b":1,"a":2}'],
    ["a key twice", '{"a":1,"a":1}'],
    ["a fraction", '{"a":1.5}'],
    ["another spelling of a number", '{"a":1e3}'],
    ["a needless escape", '{"a":"\\u0061"}'],
    ["a byte order mark", "\ufeff{}"],
    ["invalid UTF-8", Buffer.from([0x22, 0xff, 0x22])],
    ["something after the end", "{}\n"],
    ["nothing", ""],
  ];
  for (const [what, bytes] of foreign) {
    it(`refuses to read ${what}`, () => {
      expect(() => decodeCanonical(Buffer.from(bytes as string))).to.throw(NotCanonical);
    });
  }

  it("keeps a key called __proto__ as a key", () => {
    const bytes = Buffer.from('{"__proto__":{"a":1}}');
    expect(Buffer.from(encodeCanonical(decodeCanonical(bytes)))).to.deep.equal(bytes);
  });
});
