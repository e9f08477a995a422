/** The books that there are. */
export const books = [{ title: 'Eden', pages: 100 }];
