/** How far a reader has come in a book, in whole percent; a book without pages is not begun. */
export const progress = (page, pages) => (pages > 0 ? Math.min(100, Math.round((page / pages) * 100)) : 0);
