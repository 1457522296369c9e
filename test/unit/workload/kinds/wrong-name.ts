/** A file whose kind goes by another name. */
export const kind = { id: "other-name" };
