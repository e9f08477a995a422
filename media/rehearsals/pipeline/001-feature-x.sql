CREATE TABLE reading_progress (
  reader TEXT NOT NULL,
  book TEXT NOT NULL,
  page INTEGER NOT NULL CHECK (page >= 0),
  PRIMARY KEY (reader, book)
);
