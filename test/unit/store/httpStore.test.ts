import { expect } from "chai";
import {
  cidOf,
  ContentMismatch,
  ContentMissing,
  ContentTooLarge,
  ContentUnavailable,
  digestOf,
  HttpStore,
  type HttpStoreOptions,
} from "../../../src/store";
import { FakeIpfsNode, failure, send } from "./fakeIpfsNode";
import { rejection } from "./rejection";

const BYTES = Buffer.from([0, 1, 2, 13, 10, 45, 45, 255, 254, 13, 10]);
const DIGEST = digestOf(BYTES);
const CID = cidOf(DIGEST);

describe("HttpStore", () => {
  let node: FakeIpfsNode;
  let url: string;

  beforeEach(async () => {
    node = new FakeIpfsNode();
    url = await node.start();
  });
  afterEach(async () => node.stop());

  const open = (options: Partial<HttpStoreOptions> = {}) =>
    new HttpStore({ url, timeoutMs: 2_000, attempts: 3, backoffMs: 5, ...options });

  describe("against an honest node", () => {
    it("puts raw pinned sha2-256 blocks and gets them back", async () => {
      expect(await open().put(BYTES)).to.deep.equal({ digest: DIGEST, cid: CID, size: BYTES.length });
      expect(node.blocks.get(CID)).to.deep.equal(BYTES);
      expect(Buffer.from(await open().get(DIGEST))).to.deep.equal(BYTES);
      expect(node.seen.map((seen) => `${seen.method} ${seen.path}`)).to.deep.equal([
        "POST /api/v0/block/put",
        "POST /api/v0/block/get",
      ]);
      expect(node.seen[0]?.query.get("pin")).to.equal("true");
      expect(node.seen[1]?.query.get("arg")).to.equal(CID);
    });

    it("stores blocks over 1 MiB and the empty block", async () => {
      const big = new Uint8Array(3 * 1024 * 1024).fill(7);
      await open().put(big);
      expect(digestOf(await open().get(digestOf(big)))).to.equal(digestOf(big));
      await open().put(new Uint8Array());
      expect((await open().get(digestOf(new Uint8Array()))).length).to.equal(0);
    });

    it("tells present from absent without asking the network", async () => {
      expect(await open().has(DIGEST)).to.equal(false);
      node.blocks.set(CID, BYTES);
      expect(await open().has(DIGEST)).to.equal(true);
      expect(node.seen.every((seen) => seen.query.get("offline") === "true")).to.equal(true);
    });

    it("rejects absent content with ContentMissing after one request", async () => {
      expect(await rejection(open().get(DIGEST)))
        .to.be.instanceOf(ContentMissing)
        .with.property("digest", DIGEST);
      expect(node.seen.length).to.equal(1);
    });

    it("sends credentials as a header, from the option or from the URL", async () => {
      node.blocks.set(CID, BYTES);
      await open({ authorization: "Bearer t0ken" }).get(DIGEST);
      await open({ url: url.replace("http://", "http://user:p%40ss@") }).get(DIGEST);
      expect(node.seen.map((seen) => seen.authorization)).to.deep.equal([
        "Bearer t0ken",
        `Basic ${Buffer.from("user:p@ss").toString("base64")}`,
      ]);
    });

    it("keeps the path of its URL in front of the RPC's", async () => {
      node.blocks.set(CID, BYTES);
      expect(await rejection(open({ url: `${url}/gate` }).get(DIGEST))).to.be.instanceOf(ContentUnavailable);
      expect(node.seen[0]?.path).to.equal("/gate/api/v0/block/get");
    });
  });

  describe("against a node that lies", () => {
    it("never returns other bytes than asked for: ContentMismatch after the last attempt", async () => {
      node.misbehave = (_, response) => (send(response, 200, "something else"), true);
      const error = await rejection(open().get(DIGEST));
      expect(error)
        .to.be.instanceOf(ContentMismatch)
        .with.property("found", digestOf(Buffer.from("something else")));
      expect(node.seen.length).to.equal(3);
    });

    it("rejects a put acknowledged under another CID", async () => {
      const other = cidOf(digestOf(Buffer.from("other")));
      node.misbehave = (_, response) => (send(response, 200, JSON.stringify({ Key: other, Size: BYTES.length })), true);
      expect(await rejection(open().put(BYTES)))
        .to.be.instanceOf(ContentMismatch)
        .with.property("found", other);
      expect(await rejection(open().has(DIGEST))).to.be.instanceOf(ContentMismatch);
    });

    it("rejects an acknowledgement that is not an IPFS node's", async () => {
      node.misbehave = (_, response) => (send(response, 200, "<html>welcome</html>"), true);
      expect(await rejection(open().put(BYTES))).to.be.instanceOf(ContentUnavailable);
      expect(await rejection(open().has(DIGEST))).to.be.instanceOf(ContentUnavailable);
    });

    it("recovers when it lies once", async () => {
      node.blocks.set(CID, BYTES);
      node.misbehave = (_, response) => node.seen.length === 1 && (send(response, 200, "lie"), true);
      expect(Buffer.from(await open().get(DIGEST))).to.deep.equal(BYTES);
    });
  });

  describe("against a node that truncates", () => {
    it("recovers from a connection cut in mid-answer", async () => {
      node.blocks.set(CID, BYTES);
      node.misbehave = (_, response) => {
        if (node.seen.length > 1) return false;
        response.writeHead(200, { "content-length": String(BYTES.length) });
        response.write(BYTES.subarray(0, 4), () => response.destroy());
        return true;
      };
      expect(Buffer.from(await open().get(DIGEST))).to.deep.equal(BYTES);
      expect(node.seen.length).to.equal(2);
    });

    it("rejects with ContentUnavailable when it never completes", async () => {
      node.misbehave = (_, response) => {
        response.writeHead(200, { "content-length": String(BYTES.length) });
        response.write(BYTES.subarray(0, 4), () => response.destroy());
        return true;
      };
      expect(await rejection(open().get(DIGEST))).to.be.instanceOf(ContentUnavailable);
      expect(node.seen.length).to.equal(3);
    });
  });

  describe("against a node that stalls", () => {
    it("gives up in time, whether no byte or a trickle arrives", async () => {
      for (const trickle of [false, true]) {
        node.misbehave = (_, response) => {
          if (trickle) {
            response.writeHead(200);
            const timer = setInterval(() => response.write("x"), 10);
            response.once("close", () => clearInterval(timer));
          }
          return true;
        };
        const from = Date.now();
        const error = await rejection(open({ timeoutMs: 60, attempts: 2 }).get(DIGEST));
        expect(error).to.be.instanceOf(ContentUnavailable);
        expect((error as Error).message).to.contain("no complete answer in time");
        expect(Date.now() - from).to.be.within(110, 1_500);
      }
    });

    it("is told how long the reader waits", async () => {
      node.blocks.set(CID, BYTES);
      await open({ timeoutMs: 1234 }).get(DIGEST);
      expect(node.seen[0]?.query.get("timeout")).to.equal("1234ms");
    });

    it("stops at once when the caller aborts, with the caller's reason", async () => {
      node.misbehave = () => true;
      const controller = new AbortController();
      const reason = new Error("no longer wanted");
      setTimeout(() => controller.abort(reason), 30);
      const from = Date.now();
      expect(await rejection(open().get(DIGEST, { signal: controller.signal }))).to.equal(reason);
      expect(Date.now() - from).to.be.lessThan(1_000);
      expect(node.seen.length).to.equal(1);
    });

    it("stops in the middle of a pause when the caller aborts", async () => {
      node.misbehave = (_, response) => (send(response, 503, "{}"), true);
      const controller = new AbortController();
      const reason = new Error("no longer wanted");
      setTimeout(() => controller.abort(reason), 50);
      const pending = open({ backoffMs: 60_000 }).get(DIGEST, { signal: controller.signal });
      expect(await rejection(pending)).to.equal(reason);
    });
  });

  describe("against a node that sends too much", () => {
    for (const announce of [true, false]) {
      it(`rejects with ContentTooLarge, ${announce ? "announced" : "not announced"}, without reading it all`, async () => {
        let sent = 0;
        node.misbehave = (_, response) => {
          response.writeHead(200, announce ? { "content-length": "1000000000" } : {});
          const pump = (): void => {
            if (response.destroyed || sent > 200_000_000) return;
            sent += 65_536;
            response.write(Buffer.alloc(65_536), pump);
          };
          pump();
          return true;
        };
        expect(await rejection(open({ maxBytes: 100_000 }).get(DIGEST))).to.be.instanceOf(ContentTooLarge);
        expect(node.seen.length).to.equal(1);
        expect(sent).to.be.lessThan(50_000_000);
      });
    }

    it("refuses to put more than its limit without a request", async () => {
      expect(await rejection(open({ maxBytes: 3 }).put(BYTES))).to.be.instanceOf(ContentTooLarge);
      expect(node.seen.length).to.equal(0);
    });

    it("survives an endless error page", async () => {
      node.misbehave = (_, response) => (send(response, 500, "x".repeat(1_000_000)), true);
      expect(await rejection(open().get(DIGEST))).to.be.instanceOf(ContentUnavailable);
    });
  });

  describe("against a node in trouble", () => {
    for (const status of [429, 500, 502, 503, 504]) {
      it(`asks again after status ${status}`, async () => {
        node.blocks.set(CID, BYTES);
        node.misbehave = (_, response) => node.seen.length < 3 && (send(response, status, "busy"), true);
        expect(Buffer.from(await open().get(DIGEST))).to.deep.equal(BYTES);
        expect(node.seen.length).to.equal(3);
      });
    }

    for (const status of [400, 401, 403, 404, 405]) {
      it(`does not ask again after status ${status}`, async () => {
        node.misbehave = (_, response) => (send(response, status, "no"), true);
        const error = await rejection(open().get(DIGEST));
        expect(error).to.be.instanceOf(ContentUnavailable);
        expect((error as Error).message).to.contain(`status ${status}`);
        expect(node.seen.length).to.equal(1);
      });
    }

    it("does not take an error about something else for absence", async () => {
      node.misbehave = (_, response) => (failure(response, "context deadline exceeded"), true);
      expect(await rejection(open().get(DIGEST))).to.be.instanceOf(ContentUnavailable);
      expect(await rejection(open().has(DIGEST))).to.be.instanceOf(ContentUnavailable);
    });

    it("waits longer each time, and as long as it is told", async () => {
      node.misbehave = (_, response) => (send(response, 503, "busy"), true);
      await rejection(open({ attempts: 4, backoffMs: 40 }).get(DIGEST));
      const gaps = node.seen.slice(1).map((seen, index) => seen.at - (node.seen[index]?.at ?? 0));
      // The n-th pause is at least half of 40 ms * 2^n.
      [20, 40, 80].forEach((least, index) => expect(gaps[index]).to.be.at.least(least - 2));

      node.seen.length = 0;
      node.misbehave = (_, response) => (send(response, 429, "busy", { "retry-after": "1" }), true);
      await rejection(open({ attempts: 2, backoffMs: 1 }).get(DIGEST));
      expect((node.seen[1]?.at ?? 0) - (node.seen[0]?.at ?? 0)).to.be.at.least(990);
    });

    it("follows no redirect", async () => {
      node.misbehave = (_, response) => (send(response, 307, "", { location: "http://127.0.0.1:1/" }), true);
      expect(await rejection(open().get(DIGEST))).to.be.instanceOf(ContentUnavailable);
    });

    it("reports a node that is not there, without its credentials", async () => {
      await node.stop();
      const error = await rejection(open({ url: url.replace("http://", "http://user:secret@") }).get(DIGEST));
      expect(error).to.be.instanceOf(ContentUnavailable);
      expect((error as Error).message)
        .to.contain(url)
        .and.not.contain("secret");
      expect(await rejection(open().put(BYTES))).to.be.instanceOf(ContentUnavailable);
    });
  });
});
