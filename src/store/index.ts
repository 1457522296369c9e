export { openStore, storeConfigSchema, type StoreConfig } from "./config";
export { DEFAULT_MAX_BYTES, type ContentStore, type GetOptions, type Stored, type WaitOptions } from "./contentStore";
export {
  cidOf,
  cidSchema,
  digestBytes,
  digestFromBytes,
  digestFromCid,
  digestOf,
  digestSchema,
  InvalidDigest,
  parseDigest,
  ZERO_DIGEST,
  type Digest,
} from "./digest";
export { DirectoryStore, type DirectoryStoreOptions } from "./directoryStore";
export {
  ContentError,
  ContentMismatch,
  ContentMissing,
  ContentTooLarge,
  ContentUnavailable,
  type ContentErrorCode,
} from "./errors";
export { HttpStore, type HttpStoreOptions } from "./httpStore";
export { MemoryStore } from "./memoryStore";
