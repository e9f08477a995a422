/** How far a reader has come in a book, in whole percent. */
export const progress = (page, pages) => Math.min(100, Math.round((page / pages) * 100));
